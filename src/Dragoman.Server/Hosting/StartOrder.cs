using Dragoman.Gateway.AccountManagement;
using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Catalog;
using Dragoman.Gateway.ClientKeys;
using Dragoman.Gateway.Configuration;
using Dragoman.Gateway.CredentialRefresh;
using Dragoman.Gateway.Flows;
using Dragoman.Gateway.Forwarding.Transport;
using Dragoman.Gateway.Quotas;
using Dragoman.Gateway.StoredResponses;
using Dragoman.Gateway.Usage;
using Dragoman.Management.Access;
using Dragoman.Management.Backup;
using Dragoman.Management.Health;
using Dragoman.Management.Settings;
using Dragoman.Server.DataFolders;
using Dragoman.Server.Features;
using Dragoman.Server.Lifetime;
using Dragoman.Server.Observability.Telemetry;
using static Dragoman.Server.Lifetime.StartStep;

namespace Dragoman.Server.Hosting;

/// <summary>
/// What is opened or begun before the gateway serves, in this order. The container closes it in the reverse one: the store outlives all that
/// writes to it, and the connections to upstreams outlive all that asks them.
/// </summary>
internal static class StartOrder
{
    private static readonly StartStep[] Steps =
    [
        Create<UpstreamTransport>(),
        Open<DataFolderLease>(),
        Open<StoreHandle>(),
        Start<WaitingRestore>(static (restore, cancellationToken) => restore.ApplyAsync(cancellationToken)),
        Open<ClientKeyStore>(),
        Create<UsageLedgerWriter>(),
        Open<AccountRegistry>(),
        Create<CredentialRenewal>(),
        Open<CooldownStateSync>(),
        Create<QuotaRecorder>(),
        Create<QuotaPoller>(),
        Create<CatalogRefresher>(),
        Create<ConfigurationChanges>(),
        CreateIfWanted<ConfigWatcher>(),
        Open<ClientKeyUpkeep>(),
        Create<FlowRecorder>(),
        Create<RequestedTelemetry>(),
        Start<ManagementSecret>(static (secret, cancellationToken) => secret.OpenAsync(cancellationToken)),
        Create<StoreProbe>(),
        Create<ConfigFile>(),
        Create<ConfigHistoryFollower>(),
        Start<ConfiguredSecretHashing>(static (hashing, cancellationToken) => hashing.RunAsync(cancellationToken)),
        Create<ResponsePersistence>(),
        Create<StoreWatch>(),
        Create<MemoryHousekeeping>(),
        Create<RetentionJob>(),
    ];

    /// <summary>Takes all steps.</summary>
    /// <exception cref="StartException">Something cannot be used; the message says what to do.</exception>
    public static async Task RunAsync(IServiceProvider provider, CancellationToken cancellationToken)
    {
        foreach (var step in Steps) await step.RunAsync(provider, cancellationToken);
    }
}
