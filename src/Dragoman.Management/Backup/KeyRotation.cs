using Dragoman.Gateway.Configuration;
using Dragoman.Storage.Secrets;

namespace Dragoman.Management.Backup;

/// <summary>Whether the master key may be changed.</summary>
public static class KeyRotation
{
    /// <summary>What speaks against it, for people; null when nothing does.</summary>
    /// <param name="store">Which store.</param>
    /// <param name="secrets">The keys.</param>
    /// <param name="sharedKeyFile">Whether somebody answers for it that every node reads this process's file.</param>
    public static string? Objection(StoreOptions store, SecretProtector secrets, bool sharedKeyFile)
    {
        ArgumentNullException.ThrowIfNull(store);
        ArgumentNullException.ThrowIfNull(secrets);
        return store.Postgres is null || secrets.FromEnvironment || sharedKeyFile
            ? null
            : "Other nodes may use this database, and a new key in this node's master.key would leave them unable to open its secrets. If every node reads this very file, or there is no other node, "
                + "say --shared-key-file: they take the new key up by themselves. If each has a copy of its own, set DRAGOMAN_MASTER_KEY (the key of master.key) and DRAGOMAN_MASTER_KEY_PREVIOUS (a new key) on all of them and restart each, "
                + "then change the two over and restart each again, then run this.";
    }
}

/// <summary>What a rotation did.</summary>
/// <param name="Secrets">How many secrets were wrapped anew.</param>
/// <param name="OldDropped">Whether the old key is gone.</param>
public sealed record KeyRotationView(int Secrets, bool OldDropped);
