namespace Dragoman.Gateway.Persistence;

/// <summary>
/// Notice of changes to accounts, keys, settings and cooldowns, within a second, whichever process on the same database made them. A notice says
/// that something changed, not how: read it again. When notices may have been missed (a lost connection), <see cref="StoreChangeKind.Everything"/> is reported.
/// </summary>
public interface IChangeFeed
{
    /// <summary>
    /// Listens from now on (from the call, not from the first read). Never ends by itself before the store closes. A reader that lags far
    /// behind gets <see cref="StoreChangeKind.Everything"/> once instead.
    /// </summary>
    IAsyncEnumerable<StoreChange> ListenAsync(CancellationToken cancellationToken = default);
}

/// <summary>What changed.</summary>
public enum StoreChangeKind
{
    /// <summary>Perhaps everything.</summary>
    Everything,

    /// <summary>An account was added, changed or removed.</summary>
    Account,

    /// <summary>A client key was added, changed or removed.</summary>
    Key,

    /// <summary>A setting was written or removed.</summary>
    Setting,

    /// <summary>Cooldowns or quotas of an account were recorded or removed.</summary>
    Cooldown,
}

/// <summary>A change.</summary>
/// <param name="Kind">To what.</param>
/// <param name="Id">To which: the account's or key's id, the setting's name; empty for <see cref="StoreChangeKind.Everything"/>.</param>
public sealed record StoreChange(StoreChangeKind Kind, string Id);
