using System.Security.Cryptography;
using System.Text;

namespace Dragoman.Management.Access;

/// <summary>The hash that the management secret is kept as: PBKDF2 with SHA-512 over a salt of its own, as <c>pbkdf2-sha512$rounds$salt$hash</c>.</summary>
internal static class SecretHash
{
    private const string Name = "pbkdf2-sha512";
    private const int Rounds = 210_000;
    private const int MostRounds = 10_000_000;
    private const int SaltLength = 16;
    private const int HashLength = 32;

    public static string Make(string secret)
    {
        var salt = RandomNumberGenerator.GetBytes(SaltLength);
        return $"{Name}${Rounds}${Convert.ToBase64String(salt)}${Convert.ToBase64String(Derive(secret, salt, Rounds))}";
    }

    /// <summary>Whether a secret is the one that was hashed, in constant time.</summary>
    public static bool Matches(string hash, string secret)
    {
        var parts = hash.Split('$');
        if (parts.Length != 4 || parts[0] != Name || !int.TryParse(parts[1], out var rounds) || rounds is < 1 or > MostRounds) return false;
        var wanted = new byte[HashLength];
        var salt = new byte[64];
        if (!Convert.TryFromBase64String(parts[2], salt, out var saltLength) || !Convert.TryFromBase64String(parts[3], wanted, out var length) || length != HashLength) return false;
        return CryptographicOperations.FixedTimeEquals(wanted, Derive(secret, salt.AsSpan(0, saltLength), rounds));
    }

    private static byte[] Derive(string secret, ReadOnlySpan<byte> salt, int rounds)
        => Rfc2898DeriveBytes.Pbkdf2(Encoding.UTF8.GetBytes(secret), salt, rounds, HashAlgorithmName.SHA512, HashLength);
}
