namespace Dragoman.Gateway.Persistence;

/// <summary>Everything that lasts, behind one door. Opened once for the life of the process; safe for use by many tasks at once.</summary>
public interface IGatewayStore : IAsyncDisposable
{
    /// <summary>Accounts that were added over the API or the command line.</summary>
    IAccountStore Accounts { get; }

    /// <summary>What was learnt of targets.</summary>
    ICooldownStore Cooldowns { get; }

    /// <summary>How quotas stood over time.</summary>
    IQuotaHistoryStore QuotaHistory { get; }

    /// <summary>Client keys.</summary>
    IKeyStore Keys { get; }

    /// <summary>The ledger of what every request used.</summary>
    IUsageStore Usage { get; }

    /// <summary>Budgets: reserved before the call, settled after it.</summary>
    IBudgetStore Budgets { get; }

    /// <summary>What happened, request by request.</summary>
    IFlowStore Flows { get; }

    /// <summary>Settings made at run time.</summary>
    ISettingStore Settings { get; }

    /// <summary>Who changed what.</summary>
    IAuditStore Audit { get; }

    /// <summary>Leases with fencing.</summary>
    ILeaseStore Leases { get; }

    /// <summary>Stored answers of <c>/v1/responses</c>.</summary>
    IResponseStateStore Responses { get; }

    /// <summary>Who is signed in to the panel.</summary>
    IPanelSessionStore PanelSessions { get; }

    /// <summary>Notice of changes, of this process and of others on the same database.</summary>
    IChangeFeed Changes { get; }

    /// <summary>Asks the database for a sign of life and reports what is known. Never throws for a dead database; the report says so.</summary>
    Task<StoreHealth> CheckAsync(CancellationToken cancellationToken = default);

    /// <summary>
    /// Writes a consistent copy of everything to <paramref name="file"/> while traffic goes on (mode 0600). The file appears whole or not at
    /// all. Secrets in it are envelopes: without the key file (or <c>DRAGOMAN_MASTER_KEY</c>) they cannot be read, so keep that apart and safe.
    /// </summary>
    /// <param name="file">Where to; replaced if it is there.</param>
    /// <param name="options">What to leave out.</param>
    /// <param name="progress">Rows written so far, or null.</param>
    /// <param name="cancellationToken">Stops it; nothing is left behind.</param>
    Task<BackupReport> BackupAsync(string file, BackupOptions? options = null, IProgress<long>? progress = null, CancellationToken cancellationToken = default);

    /// <summary>
    /// Replaces everything in the store by the backup's content, also one made by the other engine. Truncated, altered or newer files are
    /// refused before anything is touched. A kill in the middle leaves the old content (SQLite: of each of its two files on its own); run it again.
    /// </summary>
    Task<BackupReport> RestoreAsync(string file, IProgress<long>? progress = null, CancellationToken cancellationToken = default);

    /// <summary>Reads a backup once through, whichever engine made it, and says what it is. Nothing is changed.</summary>
    /// <exception cref="StoreException">It is truncated, altered, newer than this program, or no backup (<see cref="StoreFault.Invalid"/>, <see cref="StoreFault.TooNew"/>).</exception>
    Task<BackupReport> InspectBackupAsync(string file, CancellationToken cancellationToken = default);

    /// <summary>Wraps every secret anew under the protector's current key; returns how many were. Safe to stop and to repeat.</summary>
    Task<int> ReprotectAsync(ISecretProtector protector, CancellationToken cancellationToken = default);
}

/// <summary>How the store is doing.</summary>
public sealed record StoreHealth
{
    /// <summary><c>sqlite</c> or <c>postgresql</c>.</summary>
    public required string Engine { get; init; }

    /// <summary>The engine's own version.</summary>
    public string? EngineVersion { get; init; }

    /// <summary>Whether reading and writing work now.</summary>
    public required bool Healthy { get; init; }

    /// <summary>What is wrong, for people; or null.</summary>
    public string? Problem { get; init; }

    /// <summary>Whether the store's file was taken away under the process: it does not come back by waiting.</summary>
    public bool Lost { get; init; }

    /// <summary>The version of the tables.</summary>
    public int SchemaVersion { get; init; }

    /// <summary>How long the sign of life took.</summary>
    public TimeSpan Latency { get; init; }

    /// <summary>Writes that wait for the writer.</summary>
    public int Waiting { get; init; }

    /// <summary>Bytes on disk, where known.</summary>
    public long? Bytes { get; init; }

    /// <summary>Files that were found damaged and set aside, newest last.</summary>
    public IReadOnlyList<string> SetAside { get; init; } = [];
}

/// <summary>What a backup leaves out.</summary>
public sealed record BackupOptions
{
    /// <summary>Leaves out flows and their bodies, which are most of the bytes.</summary>
    public bool WithoutFlows { get; init; }
}

/// <summary>What a backup or restore did.</summary>
/// <param name="Rows">Rows carried.</param>
/// <param name="Bytes">Size of the file.</param>
/// <param name="Engine">Which engine the file was made by.</param>
/// <param name="SchemaVersion">Version of the tables it was made from.</param>
/// <param name="CreatedAt">When it was made.</param>
public sealed record BackupReport(long Rows, long Bytes, string Engine, int SchemaVersion, DateTimeOffset CreatedAt);
