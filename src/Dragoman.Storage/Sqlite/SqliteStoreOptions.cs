namespace Dragoman.Storage.Sqlite;

/// <summary>Where and how the embedded store is kept.</summary>
public sealed record SqliteStoreOptions
{
    /// <summary>The folder; made with mode 0700 if it is not there.</summary>
    public required string Folder { get; init; }

    /// <summary>
    /// Whether a damaged ledger is set aside and a new, empty one begun. Off, opening fails with <c>StoreFault.Damaged</c>: accounts and keys are never
    /// silently gone. <c>dragoman restore</c> turns it on. Damaged flows are always set aside, and told of in the health report.
    /// </summary>
    public bool ReplaceDamaged { get; init; }

    /// <summary>How long a request that needs an answer of the store waits for it before it is refused; null for two seconds.</summary>
    public TimeSpan? Timeout { get; init; }
}
