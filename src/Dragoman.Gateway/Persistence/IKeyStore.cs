namespace Dragoman.Gateway.Persistence;

/// <summary>
/// Client keys. They are few and asked for on every request: callers keep them all in memory and listen to <see cref="IChangeFeed"/>.
/// Saves are durable when acknowledged and raise their change notice.
/// </summary>
public interface IKeyStore
{
    /// <summary>All keys, revoked ones included, oldest first.</summary>
    Task<IReadOnlyList<ClientKey>> ListAsync(CancellationToken cancellationToken = default);

    /// <summary>One key as it is now, or null.</summary>
    Task<ClientKey?> GetAsync(string id, CancellationToken cancellationToken = default);

    /// <summary>Adds a key as version 1; its id and name must be free.</summary>
    Task<SaveResult> AddAsync(ClientKey key, CancellationToken cancellationToken = default);

    /// <summary>Replaces a key, made from the version in <paramref name="key"/>. The time of last use is left alone.</summary>
    Task<SaveResult> UpdateAsync(ClientKey key, CancellationToken cancellationToken = default);

    /// <summary>Removes a key for good (revoking is an update). Usage and flows keep naming it.</summary>
    Task<bool> RemoveAsync(string id, CancellationToken cancellationToken = default);

    /// <summary>Notes when keys were last used; only ever forward. Changes no version and raises no notice.</summary>
    Task TouchAsync(IReadOnlyDictionary<string, DateTimeOffset> lastUsed, CancellationToken cancellationToken = default);
}

/// <summary>A client key. The key itself is nowhere: shown once when made, kept as a wrapped hash.</summary>
public sealed record ClientKey
{
    /// <summary>A stable id, safe to show.</summary>
    public required string Id { get; init; }

    /// <summary>What people call it; unique without regard to case.</summary>
    public required string Name { get; init; }

    /// <summary>The key's hash, wrapped for <see cref="SecretPurpose.ClientKey"/>.</summary>
    public required ReadOnlyMemory<byte> Hash { get; init; }

    /// <summary>The hash before the last rotation, wrapped likewise; empty for none.</summary>
    public ReadOnlyMemory<byte> PreviousHash { get; init; }

    /// <summary>Until when the previous key is still taken, or null.</summary>
    public DateTimeOffset? PreviousUntil { get; init; }

    /// <summary>The first letters of the key, to tell keys apart by.</summary>
    public string Prefix { get; init; } = "";

    /// <summary>What it may be used for.</summary>
    public KeyScopes Scopes { get; init; } = new();

    /// <summary>When it ends, or null.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>Requests a minute, or null for no limit.</summary>
    public int? RequestsPerMinute { get; init; }

    /// <summary>Tokens a minute, or null for no limit.</summary>
    public long? TokensPerMinute { get; init; }

    /// <summary>Requests at once, or null for no limit.</summary>
    public int? Concurrency { get; init; }

    /// <summary>What it may spend.</summary>
    public IReadOnlyList<BudgetLimit> Budgets { get; init; } = [];

    /// <summary>Whether it is taken at present.</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>When it was revoked, or null.</summary>
    public DateTimeOffset? RevokedAt { get; init; }

    /// <summary>A note of its owner.</summary>
    public string Note { get; init; } = "";

    /// <summary>Words its owner sorts it by.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>When it was last used, or null. Kept up by <see cref="IKeyStore.TouchAsync"/>.</summary>
    public DateTimeOffset? LastUsedAt { get; init; }

    /// <summary>Set by the store.</summary>
    public long Version { get; init; }

    /// <summary>Set by the store.</summary>
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>Set by the store.</summary>
    public DateTimeOffset UpdatedAt { get; init; }
}

/// <summary>What a key may be used for. An empty list allows everything; <c>*</c> stands for any run of characters.</summary>
public sealed record KeyScopes
{
    /// <summary>Models, as clients name them.</summary>
    public IReadOnlyList<string> Models { get; init; } = [];

    /// <summary>Providers.</summary>
    public IReadOnlyList<string> Providers { get; init; } = [];

    /// <summary>Surfaces.</summary>
    public IReadOnlyList<string> Surfaces { get; init; } = [];
}
