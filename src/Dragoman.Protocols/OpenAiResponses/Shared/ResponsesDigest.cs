using System.Security.Cryptography;
using System.Text;

namespace Dragoman.Protocols.OpenAiResponses.Shared;

/// <summary>Shortens texts that the protocol allows only up to a length.</summary>
internal static class ResponsesDigest
{
    /// <summary>The first hexadecimal digits of the text's SHA-256.</summary>
    public static string Compute(string text, int digits) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..digits];
}
