using System.Security.Cryptography;
using Dragoman.Gateway.Requests;

namespace Dragoman.Gateway.ClientKeys;

/// <summary>One secret that is known, and what becomes of whoever shows it. A key that was rotated stands twice while the old secret is taken.</summary>
internal sealed record ClientKeyRecord(byte[] Hash, ClientIdentity Client)
{
    /// <summary>When the key ends, or null.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>Until when this secret is taken, where it is the one before a rotation; else null.</summary>
    public DateTimeOffset? ReplacedUntil { get; init; }

    /// <summary>Whether it is switched on.</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>Whether it was revoked.</summary>
    public bool Revoked { get; init; }

    /// <summary>What stands against the key now.</summary>
    public ClientKeyStatus StatusAt(DateTimeOffset now)
    {
        if (Revoked) return ClientKeyStatus.Revoked;
        if (ReplacedUntil <= now) return ClientKeyStatus.Replaced;
        if (!Enabled) return ClientKeyStatus.Disabled;
        return ExpiresAt <= now ? ClientKeyStatus.Expired : ClientKeyStatus.Good;
    }

    /// <summary>Whether the hash is this one's, in a time that tells nothing.</summary>
    public bool Is(ReadOnlySpan<byte> hash) => CryptographicOperations.FixedTimeEquals(Hash, hash);
}

/// <summary>Whether a key may be used.</summary>
public enum ClientKeyStatus
{
    /// <summary>It may.</summary>
    Good,

    /// <summary>No such key.</summary>
    Unknown,

    /// <summary>Its time is over.</summary>
    Expired,

    /// <summary>It is switched off.</summary>
    Disabled,

    /// <summary>It was revoked.</summary>
    Revoked,

    /// <summary>It was rotated and the time of grace is over.</summary>
    Replaced,

    /// <summary>It stands in a sample configuration that everybody can read.</summary>
    Sample,
}
