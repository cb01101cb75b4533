using Dragoman.Gateway.State;
using Dragoman.Storage.Backup;

namespace Dragoman.Storage.Sql;

/// <summary>The store over any of the engines: the ports are the same code, the databases beneath them differ.</summary>
internal abstract class SqlGatewayStore : IGatewayStore
{
    private readonly Database ledger;
    private readonly Database flows;
    private readonly TimeProvider time;

    protected SqlGatewayStore(Database ledger, Database flows, TimeProvider time)
    {
        this.ledger = ledger;
        this.flows = flows;
        this.time = time;
        Accounts = new SqlAccountStore(ledger);
        Lanes = new SqlLaneStore(ledger);
        Keys = new SqlKeyStore(ledger);
        Usage = new SqlUsageStore(ledger);
        Budgets = new SqlBudgetStore(ledger);
        Flows = new SqlFlowStore(flows);
        Settings = new SqlSettingStore(ledger);
        Audit = new SqlAuditStore(ledger);
        Leases = new SqlLeaseStore(ledger, time);
        Responses = new SqlResponseStateStore(ledger, time);
    }

    public IAccountStore Accounts { get; }

    public ILaneStore Lanes { get; }

    public IKeyStore Keys { get; }

    public IUsageStore Usage { get; }

    public IBudgetStore Budgets { get; }

    public IFlowStore Flows { get; }

    public ISettingStore Settings { get; }

    public IAuditStore Audit { get; }

    public ILeaseStore Leases { get; }

    public IResponseStateStore Responses { get; }

    public abstract IChangeFeed Changes { get; }

    protected abstract string Engine { get; }

    protected abstract string? EngineVersion { get; }

    protected abstract int SchemaVersion { get; }

    protected virtual IReadOnlyList<string> SetAside => [];

    protected virtual bool IsLost => false;

    public async Task<StoreHealth> CheckAsync(CancellationToken cancel = default)
    {
        var begun = time.GetTimestamp();
        string? problem = null;
        long? bytes = null;
        try
        {
            // A write that changes nothing waits for the same queue, lock and disk as one that does.
            foreach (var database in new[] { ledger, flows }.Distinct())
                await database.WriteSoonAsync(session => session.ExecuteAsync("DELETE FROM health WHERE at < 0"), undo: null, cancel).ConfigureAwait(false);
            bytes = await BytesAsync(cancel).ConfigureAwait(false);
        }
        catch (StoreException fault)
        {
            problem = fault.Message;
        }

        return new StoreHealth
        {
            Engine = Engine,
            EngineVersion = EngineVersion,
            Healthy = problem is null,
            Problem = problem,
            SchemaVersion = SchemaVersion,
            Latency = time.GetElapsedTime(begun),
            Waiting = ledger.Waiting + (ReferenceEquals(ledger, flows) ? 0 : flows.Waiting),
            Bytes = bytes,
            SetAside = SetAside,
            Lost = IsLost,
        };
    }

    public Task<BackupReport> BackupAsync(string file, BackupOptions? options = null, IProgress<long>? progress = null, CancellationToken cancel = default)
        => new BackupWriter(ledger, flows, Engine, SchemaVersion, time).WriteAsync(file, options ?? new(), progress, cancel);

    public Task<BackupReport> RestoreAsync(string file, IProgress<long>? progress = null, CancellationToken cancel = default)
        => new BackupReader(ledger, flows, SchemaVersion).RestoreAsync(file, progress, cancel);

    public async Task<int> ReprotectAsync(ISecretProtector protector, CancellationToken cancel = default)
    {
        var count = 0;
        foreach (var account in await Accounts.ListAsync(cancel).ConfigureAwait(false))
            count += await RewrapAsync(protector, account.Secret, SecretPurpose.Account(account.Id), "UPDATE accounts SET secret = $2 WHERE id = $1 AND secret = $3", account.Id, cancel).ConfigureAwait(false);
        foreach (var key in await Keys.ListAsync(cancel).ConfigureAwait(false))
        {
            count += await RewrapAsync(protector, key.Hash, SecretPurpose.ClientKey(key.Id), "UPDATE client_keys SET hash = $2 WHERE id = $1 AND hash = $3", key.Id, cancel).ConfigureAwait(false);
            count += await RewrapAsync(protector, key.PreviousHash, SecretPurpose.ClientKey(key.Id), "UPDATE client_keys SET previous_hash = $2 WHERE id = $1 AND previous_hash = $3", key.Id, cancel).ConfigureAwait(false);
        }

        foreach (var setting in await Settings.ListAsync(cancel).ConfigureAwait(false))
            count += await RewrapAsync(protector, setting.Secret, SecretPurpose.Setting(setting.Name), "UPDATE settings SET secret = $2 WHERE name = $1 AND secret = $3", setting.Name, cancel).ConfigureAwait(false);
        return count;
    }

    public abstract ValueTask DisposeAsync();

    protected abstract Task<long?> BytesAsync(CancellationToken cancel);

    /// <summary>Changes the wrapping only if it is still the one that was opened: a secret saved meanwhile is under the current key anyway.</summary>
    private Task<int> RewrapAsync(ISecretProtector protector, ReadOnlyMemory<byte> old, string purpose, string sql, string id, CancellationToken cancel)
    {
        if (old.IsEmpty || protector.IsCurrent(old.Span)) return Task.FromResult(0);
        var secret = protector.Unprotect(old.Span, purpose);
        var wrapped = protector.Protect(secret, purpose);
        System.Security.Cryptography.CryptographicOperations.ZeroMemory(secret);
        return ledger.WriteAsync(session => session.ExecuteAsync(sql, id, wrapped, old.ToArray()), cancel);
    }
}
