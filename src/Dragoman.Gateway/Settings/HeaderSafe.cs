namespace Dragoman.Gateway.Settings;

/// <summary>Texts that are sent in a header: credentials, and settings that a vendor wants to hear.</summary>
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

    /// <summary>A setting that is sent in a header, or its default; what cannot be sent is reported.</summary>
    /// <param name="entry">Where it stands.</param>
    /// <param name="field">The setting; it has a default.</param>
    /// <param name="remedy">What to write instead.</param>
    public static string Read(SettingsReader entry, SettingField field, string remedy = "Write one word.")
    {
        ArgumentNullException.ThrowIfNull(entry);
        ArgumentNullException.ThrowIfNull(field);
        var value = entry.Text(field.Name) is { Length: > 0 } text ? text : field.Default!;
        if (!Check(value)) entry.ErrorAt(field.Name, "The value contains a space or a character that no header can carry.", remedy);
        return value;
    }
}
