namespace Dragoman.Gateway.Settings;

/// <summary>Whether a text can be sent as a credential in a header.</summary>
public static class HeaderSafe
{
    /// <summary>What is said of a key that cannot be sent.</summary>
    public const string Problem = "The key contains a space or a character that no header can carry.";

    /// <summary>Whether the text is visible ASCII without spaces.</summary>
    public static bool Check(string key)
    {
        ArgumentNullException.ThrowIfNull(key);
        return key.All(letter => letter is > ' ' and < (char)127);
    }
}
