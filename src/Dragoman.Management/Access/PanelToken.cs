using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Dragoman.Management.Access;

/// <summary>The token of a panel's session: the session's id, a dot, and 256 random bits.</summary>
internal static class PanelToken
{
    private const int IdLength = 16;
    private const int RandomBytes = 32;
    private static readonly SearchValues<char> Hexadecimal = SearchValues.Create("0123456789abcdef");

    /// <summary>The length of every token.</summary>
    private static readonly int Length = IdLength + 1 + Base64Url.GetEncodedLength(RandomBytes);

    /// <summary>A new token, with the session's id in it.</summary>
    public static (string Token, string Id) Make()
    {
        var id = RandomNumberGenerator.GetHexString(IdLength, lowercase: true);
        return ($"{id}.{Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(RandomBytes))}", id);
    }

    /// <summary>The session's id in a token; null for what is no token.</summary>
    public static string? IdOf(string token) => token.Length == Length && token[IdLength] == '.' && !token.AsSpan(0, IdLength).ContainsAnyExcept(Hexadecimal) ? token[..IdLength] : null;

    /// <summary>What is kept of a token. It is random enough that one round will do.</summary>
    public static byte[] HashOf(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));
}
