using System.Globalization;

namespace Dragoman.Management.Access;

/// <summary>
/// Checks a secret against a bcrypt hash (<c>$2a$</c>, <c>$2b$</c>, <c>$2y$</c>), so that a configuration whose <c>secret-key</c> another
/// gateway hashed goes on working; and makes one where a new secret is written into that file.
/// </summary>
internal static class BcryptHash
{
    private const int Length = 60;
    private const int LeastCost = 4;
    private const int Cost = 10;
    private const int MostCost = 16;

    /// <summary>Hashes a secret at the cost that such files have.</summary>
    public static string Make(string secret) => BCrypt.Net.BCrypt.HashPassword(secret, Cost);

    /// <summary>Whether the secret is the one that was hashed, in constant time. False, too, for hashes that would take minutes to check.</summary>
    public static bool Matches(string hash, string secret)
    {
        if (hash.Length != Length || hash[6] != '$' || !int.TryParse(hash.AsSpan(4, 2), NumberStyles.None, CultureInfo.InvariantCulture, out var cost) || cost is < LeastCost or > MostCost) return false;
        try
        {
            return BCrypt.Net.BCrypt.Verify(secret, hash);
        }
        catch (Exception ex) when (ex is BCrypt.Net.SaltParseException or ArgumentException or BCrypt.Net.HashInformationException)
        {
            return false;
        }
    }
}
