using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Dragoman.Management.Logins;

/// <summary>Unguessable values of logins: states, PKCE verifiers with their challenges (RFC 7636, S256), ids of sessions.</summary>
internal static class PkceCode
{
    /// <summary>256 random bits in 43 letters that an address can carry.</summary>
    public static string Create() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));

    /// <summary>The S256 challenge of a verifier.</summary>
    public static string ChallengeOf(string verifier) => Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(verifier)));

    /// <summary>Whether two values are the same; how long it takes says nothing about where they differ.</summary>
    public static bool AreSame(string one, string other) => CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(one), Encoding.UTF8.GetBytes(other));
}
