using System.Runtime.InteropServices;
using Dragoman.Gateway.Persistence;
using Dragoman.Gateway.Requests;

namespace Dragoman.Gateway.ClientKeys;

/// <summary>All client keys at one moment. Never changed: <see cref="ClientKeyStore"/> swaps it whole.</summary>
internal sealed class KeyTable
{
    private readonly Dictionary<UInt128, ClientKeyRecord> _byHash = [];
    private readonly KeyHashCache _hashes = new();

    private KeyTable(int count) => Count = count;

    public static KeyTable Empty { get; } = new(0);

    /// <summary>How many keys there are, also those that cannot be used: a gateway that ever had keys is not open because they ended.</summary>
    public int Count { get; }

    /// <summary>Whose the keys are, by id.</summary>
    public Dictionary<string, ClientIdentity> Identities { get; } = new(StringComparer.Ordinal);

    /// <summary>Of them, those of the configuration, in its order.</summary>
    public List<ClientIdentity> Configured { get; } = [];

    /// <summary>Makes a table.</summary>
    /// <param name="configured">The keys of the configuration, as they are written there.</param>
    /// <param name="stored">The keys of the store.</param>
    /// <param name="secrets">Opens their hashes.</param>
    /// <param name="unreadable">Is told of a key whose hash cannot be opened; it is known and never matches.</param>
    public static KeyTable Create(IReadOnlyList<string> configured, IReadOnlyList<ClientKey> stored, ISecretProtector secrets, Action<ClientKey, SecretUnreadableException> unreadable)
    {
        var table = new KeyTable(configured.Count + stored.Count);
        // Stored keys first: where the same secret stands in both places, the one with limits holds.
        foreach (var key in stored)
        {
            var client = IdentityOf(key);
            table.Identities[key.Id] = client;
            try
            {
                table.Add(KnownOf(key, secrets.Unprotect(key.Hash.Span, SecretPurpose.ClientKey(key.Id)), client));
                if (!key.PreviousHash.IsEmpty && key.PreviousUntil is { } until)
                    table.Add(KnownOf(key, secrets.Unprotect(key.PreviousHash.Span, SecretPurpose.ClientKey(key.Id)), client) with { ReplacedUntil = until });
            }
            catch (SecretUnreadableException ex)
            {
                unreadable(key, ex);
            }
        }

        for (var place = 0; place < configured.Count; place++)
        {
            var hash = KeyText.HashOf(configured[place]);
            var client = new ClientIdentity { KeyId = KeyText.ConfigIdOf(hash), Name = $"config #{place + 1}" };
            table.Identities[client.KeyId] = client;
            table.Configured.Add(client);
            table.Add(new ClientKeyRecord(hash, client));
        }

        return table;
    }

    /// <summary>Which key a text is; null for none. Only keys that are known are remembered.</summary>
    public ClientKeyRecord? Find(string key)
    {
        if (_hashes.Find(key, out var mark) is { } remembered) return remembered;
        if (Find(KeyText.HashOf(key)) is not { } found) return null;
        _hashes.Add(mark, found);
        return found;
    }

    private ClientKeyRecord? Find(ReadOnlySpan<byte> hash) => _byHash.TryGetValue(PlaceOf(hash), out var known) && known.Is(hash) ? known : null;

    private void Add(ClientKeyRecord known) => _byHash.TryAdd(PlaceOf(known.Hash), known);

    private static UInt128 PlaceOf(ReadOnlySpan<byte> hash) => MemoryMarshal.Read<UInt128>(hash);

    private static ClientKeyRecord KnownOf(ClientKey key, byte[] hash, ClientIdentity client) => new(hash, client)
    {
        ExpiresAt = key.ExpiresAt,
        Enabled = key.Enabled,
        Revoked = key.RevokedAt is not null,
    };

    private static ClientIdentity IdentityOf(ClientKey key) => new()
    {
        KeyId = key.Id,
        Name = key.Name,
        Scopes = key.Scopes,
        RequestsPerMinute = key.RequestsPerMinute,
        TokensPerMinute = key.TokensPerMinute,
        Concurrency = key.Concurrency,
        Budgets = key.Budgets,
    };
}
