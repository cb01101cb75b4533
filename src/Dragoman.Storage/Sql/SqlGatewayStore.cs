using Dragoman.Gateway.Persistence;

namespace Dragoman.Storage.Sql;

/// <summary>The store over any of the engines: the ports are the same code, the databases beneath them differ.</summary>
internal abstract class SqlGatewayStore : IGatewayStore
{
    private readonly Database _ledger;
    private readonly Database _flows;
    private readonly TimeProvider _time;

    protected SqlGatewayStore(Database ledger, Database flows, TimeProvider time)
    {
        _ledger = ledger;
        _flows = flows;
        _time = time;
        Accounts = new SqlAccountStore(ledger);
        Cooldowns = new SqlCooldownStore(ledger);
        QuotaHistory = new SqlQuotaHistoryStore(ledger);
        Keys = new SqlKeyStore(ledger);
        Usage = new SqlUsageStore(ledger);
        Budgets = new SqlBudgetStore(ledger);
        Flows = new SqlFlowStore(flows);
        Settings = new SqlSettingStore(ledger);
        Audit = new SqlAuditStore(ledger);
        Leases = new SqlLeaseStore(ledger, time);
        Responses = new SqlResponseStateStore(ledger, time);
        PanelSessions = new SqlPanelSessionStore(ledger);
    }

    public IAccountStore Accounts { get; }

    public ICooldownStore Cooldowns { get; }

    public IQuotaHistoryStore QuotaHistory { get; }

    public IKeyStore Keys { get; }

    public IUsageStore Usage { get; }

    public IBudgetStore Budgets { get; }

    public IFlowStore Flows { get; }

    public ISettingStore Settings { get; }

    public IAuditStore Audit { get; }

    public ILeaseStore Leases { get; }

    public IResponseStateStore Responses { get; }

    public IPanelSessionStore PanelSessions { get; }

    public abstract IChangeFeed Changes { get; }

    protected abstract string Engine { get; }

    protected abstract string? EngineVersion { get; }

    protected abstract int SchemaVersion { get; }

    protected virtual IReadOnlyList<string> SetAside => [];

    protected virtual bool IsLost => false;

    public async Task<StoreHealth> CheckAsync(CancellationToken cancellationToken = default)
    {
        var begun = _time.GetTimestamp();
        string? problem = null;
        long? bytes = null;
        try
        {
            // A write that changes nothing waits for the same queue, lock and disk as one that does.
            foreach (var database in new[] { _ledger, _flows }.Distinct())
                await database.WriteSoonAsync(session => session.ExecuteAsync("DELETE FROM health WHERE at < 0"), undo: null, cancellationToken).ConfigureAwait(false);
            bytes = await BytesAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (StoreException ex)
        {
            problem = ex.Message;
        }

        return new StoreHealth
        {
            Engine = Engine,
            EngineVersion = EngineVersion,
            Healthy = problem is null,
            Problem = problem,
            SchemaVersion = SchemaVersion,
            Latency = _time.GetElapsedTime(begun),
            Waiting = _ledger.Waiting + (ReferenceEquals(_ledger, _flows) ? 0 : _flows.Waiting),
            Bytes = bytes,
            SetAside = SetAside,
            Lost = IsLost,
        };
    }

    public Task<BackupReport> BackupAsync(string file, BackupOptions? options = null, IProgress<long>? progress = null, CancellationToken cancellationToken = default)
        => new BackupWriter(_ledger, _flows, Engine, SchemaVersion, _time).WriteAsync(file, options ?? new(), progress, cancellationToken);

    public Task<BackupReport> RestoreAsync(string file, IProgress<long>? progress = null, CancellationToken cancellationToken = default)
        => new BackupReader(_ledger, _flows, SchemaVersion).RestoreAsync(file, progress, cancellationToken);

    public Task<BackupReport> InspectBackupAsync(string file, CancellationToken cancellationToken = default)
        => new BackupReader(_ledger, _flows, SchemaVersion).InspectAsync(file, cancellationToken);

    public async Task<int> ReprotectAsync(ISecretProtector protector, CancellationToken cancellationToken = default)
    {
        var count = 0;
        foreach (var account in await Accounts.ListAsync(cancellationToken).ConfigureAwait(false))
            count += await RewrapAsync(protector, account.Secret, SecretPurpose.Account(account.Id), "UPDATE accounts SET secret = $2 WHERE id = $1 AND secret = $3", account.Id, cancellationToken).ConfigureAwait(false);
        foreach (var key in await Keys.ListAsync(cancellationToken).ConfigureAwait(false))
        {
            count += await RewrapAsync(protector, key.Hash, SecretPurpose.ClientKey(key.Id), "UPDATE client_keys SET hash = $2 WHERE id = $1 AND hash = $3", key.Id, cancellationToken).ConfigureAwait(false);
            count += await RewrapAsync(protector, key.PreviousHash, SecretPurpose.ClientKey(key.Id), "UPDATE client_keys SET previous_hash = $2 WHERE id = $1 AND previous_hash = $3", key.Id, cancellationToken).ConfigureAwait(false);
        }

        foreach (var setting in await Settings.ListAsync(cancellationToken).ConfigureAwait(false))
            count += await RewrapAsync(protector, setting.Secret, SecretPurpose.Setting(setting.Name), "UPDATE settings SET secret = $2 WHERE name = $1 AND secret = $3", setting.Name, cancellationToken).ConfigureAwait(false);
        return count;
    }

    public abstract ValueTask DisposeAsync();

    protected abstract Task<long?> BytesAsync(CancellationToken cancellationToken);

    /// <summary>Changes the wrapping only if it is still the one that was opened: a secret saved meanwhile is under the current key anyway.</summary>
    private Task<int> RewrapAsync(ISecretProtector protector, ReadOnlyMemory<byte> old, string purpose, string sql, string id, CancellationToken cancellationToken)
    {
        if (old.IsEmpty || protector.IsCurrent(old.Span)) return Task.FromResult(0);
        var secret = protector.Unprotect(old.Span, purpose);
        var wrapped = protector.Protect(secret, purpose);
        System.Security.Cryptography.CryptographicOperations.ZeroMemory(secret);
        return _ledger.WriteAsync(session => session.ExecuteAsync(sql, id, wrapped, old.ToArray()), cancellationToken);
    }
}
