using System.Security.Cryptography;
using System.Text;

namespace Dragoman.Protocols.Json;

/// <summary>SHA-256 of texts: what stands for an id or a name that a protocol takes only up to a length. The same text always gives the same.</summary>
public static class TextDigest
{
    /// <summary>The hash, 32 bytes.</summary>
    public static byte[] Bytes(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text));

    /// <summary>The first hexadecimal digits of the hash; all 64 where no number is given.</summary>
    public static string Hex(string text, int digits = 64) => Convert.ToHexStringLower(Bytes(text))[..digits];
}
