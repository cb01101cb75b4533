namespace Dragoman.Gateway.Persistence;

/// <summary>
/// Accounts of origin <c>store</c>. Every save is durable when acknowledged and raises its change notice. Versions are optimistic; a save
/// may also name a fence, and is then done only while that lease has not passed on, in the same transaction.
/// </summary>
public interface IAccountStore
{
    /// <summary>All accounts, oldest first.</summary>
    Task<IReadOnlyList<StoredAccount>> ListAsync(CancellationToken cancellationToken = default);

    /// <summary>One account as it is now, or null.</summary>
    Task<StoredAccount?> GetAsync(string id, CancellationToken cancellationToken = default);

    /// <summary>Adds an account as version 1; its id and label must be free.</summary>
    Task<SaveResult> AddAsync(StoredAccount account, CancellationToken cancellationToken = default);

    /// <summary>Replaces an account, made from the version in <paramref name="account"/>.</summary>
    Task<SaveResult> UpdateAsync(StoredAccount account, Fence? fence = null, CancellationToken cancellationToken = default);

    /// <summary>Removes an account with all that was learnt of its targets. Usage and flows keep naming it.</summary>
    /// <returns>Whether it was there.</returns>
    Task<bool> RemoveAsync(string id, CancellationToken cancellationToken = default);

    /// <summary>The same, only while the account has this version: nobody has changed it, and no renewal of its login was begun since it was read.</summary>
    Task<SaveResult> RemoveAsync(string id, long version, CancellationToken cancellationToken = default);
}

/// <summary>An account as it is stored: what people may see and change as fields, the rest of its settings as one JSON document.</summary>
public sealed record StoredAccount
{
    /// <summary>How the problem of an account begins whose owner has to sign in again.</summary>
    public const string SignInProblem = "Sign in again";

    /// <summary>A stable id, safe to show.</summary>
    public required string Id { get; init; }

    /// <summary>What people call it; unique without regard to case.</summary>
    public required string Label { get; init; }

    /// <summary>The id of its provider.</summary>
    public required string Provider { get; init; }

    /// <summary>What sort of credential it is: <c>api-key</c>, <c>aws</c>, <c>oauth</c>, <c>none</c>.</summary>
    public required string CredentialKind { get; init; }

    /// <summary>The credential's mask, safe to show.</summary>
    public string Mask { get; init; } = "";

    /// <summary>The credential, wrapped for <see cref="SecretPurpose.Account"/>; empty for none.</summary>
    public ReadOnlyMemory<byte> Secret { get; init; }

    /// <summary>When the access token expires, or null.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>Whether it may be used.</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>Accounts of higher priority are used up first.</summary>
    public int Priority { get; init; }

    /// <summary>Its share among equals.</summary>
    public int Weight { get; init; } = 1;

    /// <summary>How many requests it may serve at once; null for no limit.</summary>
    public int? Concurrency { get; init; }

    /// <summary>Words its owner sorts it by.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>Everything else of it that is no secret (address, protocol, headers, proxy, prefix, models), as a JSON object.</summary>
    public string Settings { get; init; } = "{}";

    /// <summary>A refresh that was begun and not yet ended, or null (see <see cref="RefreshIntent"/>).</summary>
    public RefreshIntent? Refresh { get; init; }

    /// <summary>Why its owner must act (<c>needs sign-in</c>, …), or null.</summary>
    public string? Problem { get; init; }

    /// <summary>Whether its owner has to sign in again.</summary>
    public bool NeedsSignIn => Problem?.StartsWith(SignInProblem, StringComparison.Ordinal) == true;

    /// <summary>Set by the store.</summary>
    public long Version { get; init; }

    /// <summary>Set by the store.</summary>
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>Set by the store.</summary>
    public DateTimeOffset UpdatedAt { get; init; }
}

/// <summary>
/// Written before a rotating token is spent and removed with the save of its successor. Who finds one of an older epoch knows that the
/// token may be spent already.
/// </summary>
/// <param name="Epoch">The epoch of the lease under which it was begun.</param>
/// <param name="TokenHash">A hash of the refresh token that is being spent.</param>
/// <param name="StartedAt">When.</param>
public sealed record RefreshIntent(long Epoch, string TokenHash, DateTimeOffset StartedAt);
