using Dragoman.Gateway.Persistence;
using Dragoman.Gateway.Requests;
using Microsoft.Extensions.Logging;

namespace Dragoman.Gateway.ClientKeys;

/// <summary>
/// Who may ask: the keys of the configuration and those of the store, all in memory, in one table that is swapped whole when either
/// changes. Keys are known by their hashes alone.
/// </summary>
public sealed partial class ClientKeyStore : IDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    private readonly IKeyStore _store;
    private readonly ISecretProtector _secrets;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly SemaphoreSlim _gate = new(1, 1);
    private IReadOnlyList<string> _configured;
    private IReadOnlyList<ClientKey> _stored = [];
    private volatile KeyTable _table = KeyTable.Empty;

    private ClientKeyStore(IReadOnlyList<string> configured, IKeyStore store, ISecretProtector secrets, TimeProvider time, ILogger log)
    {
        _configured = configured;
        _store = store;
        _secrets = secrets;
        _time = time;
        _log = log;
    }

    /// <summary>Whether callers without a key may be let in where there are no keys at all. False once an address others can reach is listened on: then a gateway that lost its last key refuses everybody.</summary>
    public bool MayBeOpen { get; set; } = true;

    /// <summary>Whether every caller on this machine is let in: no key is known, nor was any, and the gateway may be open.</summary>
    public bool IsOpen => MayBeOpen && _table.Count == 0;

    /// <summary>How many keys are known, those included that cannot be used now.</summary>
    public int Count => _table.Count;

    /// <summary>The keys of the configuration, in its order.</summary>
    public IReadOnlyList<ClientIdentity> Configured => _table.Configured;

    /// <summary>Every caller that a key stands for now.</summary>
    public IReadOnlyCollection<ClientIdentity> Identities => _table.Identities.Values;

    /// <summary>Whose an id is, whatever its key's standing; null when there is no such key.</summary>
    public ClientIdentity? FindIdentity(string id) => _table.Identities.GetValueOrDefault(id);

    /// <summary>Reads the keys.</summary>
    /// <exception cref="StoreException">The store cannot be read.</exception>
    public static async Task<ClientKeyStore> OpenAsync(IReadOnlyList<string> configured, IKeyStore store, ISecretProtector secrets, TimeProvider time, ILogger log, CancellationToken cancellationToken)
    {
        var ring = new ClientKeyStore(configured, store, secrets, time, log);
        await ring.ReloadAsync(cancellationToken);
        return ring;
    }

    /// <summary>Whose a key is, and whether it may be used now. The caller is null for a key that is not known.</summary>
    public (ClientKeyStatus Status, ClientIdentity? Client) Find(string key)
    {
        ArgumentNullException.ThrowIfNull(key);
        if (_table.Find(key) is not { } known) return (ClientKeyStatus.Unknown, null);
        return (SampleKeys.Has(key) ? ClientKeyStatus.Sample : known.StatusAt(_time.GetUtcNow()), known.Client);
    }

    /// <summary>Reads the store's keys anew. What was saved before the call holds when it returns.</summary>
    /// <exception cref="StoreException">The store cannot be read; the keys known so far go on.</exception>
    public async Task ReloadAsync(CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken);
        try
        {
            _stored = await _store.ListAsync(cancellationToken);
            Swap();
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Takes the keys of a new configuration.</summary>
    public void Configure(IReadOnlyList<string> configured)
    {
        _gate.Wait();
        try
        {
            _configured = configured;
            Swap();
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Follows the store's changes until it is asked to stop.</summary>
    public Task FollowAsync(IChangeFeed changes, CancellationToken stop)
    {
        ArgumentNullException.ThrowIfNull(changes);
        var subscription = new StoreSubscription(static change => change.Kind == StoreChangeKind.Key, ReloadAsync, LogStale, Pause, _time);
        return subscription.RunAsync(changes.ListenAsync(stop), isStale: false, stop);
    }

    /// <inheritdoc/>
    public void Dispose() => _gate.Dispose();

    private void Swap() => _table = KeyTable.Create(_configured, _stored, _secrets, (key, fault) => LogUnreadable(key.Id, fault.Message));

    [LoggerMessage(30, LogLevel.Warning, "The client keys could not be read again, the known ones go on: {Reason}")]
    private partial void LogStale(string reason);

    [LoggerMessage(31, LogLevel.Error, "The client key {Key} cannot be used: {Reason}")]
    private partial void LogUnreadable(string key, string reason);
}
