namespace Dragoman.Gateway.Persistence;

/// <summary>
/// Wraps secrets for rest: authenticated encryption under a key that lies outside the database. An envelope names the key it was made with,
/// so that keys can be rotated, and is bound to its purpose, so that an envelope moved to another row is refused.
/// </summary>
public interface ISecretProtector
{
    /// <summary>Wraps a secret under the current key.</summary>
    /// <param name="secret">The secret.</param>
    /// <param name="purpose">What it is for (see <see cref="SecretPurpose"/>); the same is needed to open it.</param>
    byte[] Protect(ReadOnlySpan<byte> secret, string purpose);

    /// <summary>Opens an envelope.</summary>
    /// <exception cref="SecretUnreadableException">Its key is not here, it was altered, or it was made for another purpose.</exception>
    byte[] Unprotect(ReadOnlySpan<byte> envelope, string purpose);

    /// <summary>Whether the envelope was made under the current key, so that a rotation has nothing to do.</summary>
    bool IsCurrent(ReadOnlySpan<byte> envelope);
}

/// <summary>An envelope that cannot be opened.</summary>
/// <param name="message">Why, and what to do; never anything of the secret.</param>
/// <param name="inner">The cause, or null.</param>
public sealed class SecretUnreadableException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>What an envelope is for. The store's rotation of keys relies on these names.</summary>
public static class SecretPurpose
{
    /// <summary>The credential of an account.</summary>
    public static string Account(string id) => $"account:{id}";

    /// <summary>The hash of a client key (the current and the previous one).</summary>
    public static string ClientKey(string id) => $"key:{id}";

    /// <summary>A secret setting.</summary>
    public static string Setting(string name) => $"setting:{name}";
}
