using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Dragoman.Gateway.ClientKeys;

/// <summary>
/// Client keys as text: <c>dgm_&lt;id&gt;_&lt;secret&gt;</c>, the id 12 letters of which nothing is secret, the secret 256 random bits as
/// base64url. Keys of the configuration may be any text.
/// </summary>
public static class KeyText
{
    private const string Mark = "dgm_";
    private const int IdLength = 12;
    private const int SecretBytes = 32;

    /// <summary>A new id, free with all likelihood.</summary>
    public static string NewId() => RandomNumberGenerator.GetString("abcdefghijklmnopqrstuvwxyz234567", IdLength);

    /// <summary>A new key for an id. It is shown once and kept nowhere; see <see cref="HashOf"/>.</summary>
    public static string New(string id) => $"{PrefixOf(id)}_{Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(SecretBytes))}";

    /// <summary>The part of a key that may be shown.</summary>
    public static string PrefixOf(string id) => Mark + id;

    /// <summary>What is kept of a key: the SHA-256 of its text. A key holds 256 random bits, so nothing slower is needed.</summary>
    public static byte[] HashOf(string key) => SHA256.HashData(Encoding.UTF8.GetBytes(key));

    /// <summary>The id of a key of the configuration: made of its hash, so that it outlives a restart and a change of order.</summary>
    internal static string ConfigIdOf(ReadOnlySpan<byte> hash) => $"config-{Convert.ToHexStringLower(hash[..6])}";
}
