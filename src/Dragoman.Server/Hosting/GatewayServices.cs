using Dragoman.Gateway.AccountManagement;
using Dragoman.Gateway.Catalog;
using Dragoman.Gateway.ClientKeys;
using Dragoman.Gateway.Configuration;
using Dragoman.Gateway.Flows;
using Dragoman.Gateway.Forwarding;
using Dragoman.Gateway.Forwarding.Attempts;
using Dragoman.Gateway.Persistence;
using Dragoman.Gateway.Pipeline;
using Dragoman.Gateway.Routing;
using Dragoman.Protocols.Json;
using Dragoman.Server.Api.Responses;
using Dragoman.Server.Management.Access;
using Dragoman.Server.Management.Audit;
using Dragoman.Server.Management.Health;
using Dragoman.Server.Management.Settings;
using Dragoman.Server.Observability;
using Dragoman.Server.Observability.Metrics;
using Dragoman.Storage.Secrets;

namespace Dragoman.Server.Hosting;

/// <summary>What the endpoints work with; one for the whole process.</summary>
internal sealed class GatewayServices(Func<GatewayConfig> config, ForwardingServices relay, RequestRecorder recorder, MetricsPage metrics, GracefulShutdown draining, TimeProvider time)
{
    /// <summary>The configuration in force.</summary>
    public GatewayConfig Config => config();

    /// <summary>Who may ask.</summary>
    public required ClientKeyStore Keys { get; init; }

    /// <summary>Client keys with what belongs to them: prices, limits, the ledger's writer.</summary>
    public required ClientKeyModule KeyParts { get; init; }

    /// <summary>Lets requests in.</summary>
    public required IAdmissionController Admission { get; init; }

    public ForwardingServices Relay => relay;

    /// <summary>The models that clients may ask for.</summary>
    public required Func<IReadOnlyList<VisibleModel>> VisibleModels { get; init; }

    /// <summary>Keeps the owner's list of models.</summary>
    public required CatalogRefresher Catalogue { get; init; }

    /// <summary>What lasts.</summary>
    public required IGatewayStore Store { get; init; }

    /// <summary>Wraps secrets for the store.</summary>
    public required SecretProtector Secrets { get; init; }

    /// <summary>The accounts of file and store.</summary>
    public required AccountRegistry Accounts { get; init; }

    /// <summary>Who is asked, with what is known of lanes and loads.</summary>
    public required Dragoman.Gateway.Routing.Router Router { get; init; }

    /// <summary>The way of every request for an answer.</summary>
    public required RequestPipeline Forwarder { get; init; }

    /// <summary>Who changed what: every management route that changes something tells it.</summary>
    public required AuditTrail Audit { get; init; }

    /// <summary>What a manager must show.</summary>
    public required ManagementSecret ManagementSecret { get; init; }

    /// <summary>Who showed a wrong one too often.</summary>
    public required LoginFailures LoginFailures { get; init; }

    /// <summary>Records what happened, request by request.</summary>
    public required FlowRecorder Flows { get; init; }

    /// <summary>The folder for what lasts; null for a store that goes with the process.</summary>
    public string? DataFolder { get; init; }

    /// <summary>The configuration's file, to be changed.</summary>
    public required ConfigFile ConfigFile { get; init; }

    /// <summary>Writes kept responses to the store.</summary>
    public required ResponsePersistence ResponsePersistence { get; init; }

    /// <summary>Gives memory that is no longer needed back to the system.</summary>
    public required MemoryHousekeeping Housekeeping { get; init; }

    /// <summary>What large bodies, frames and answers are counted in, all together.</summary>
    public required MemoryBudget Memory { get; init; }

    /// <summary>Asks the store how it is, not too often.</summary>
    public required StoreProbe StoreProbe { get; init; }

    /// <summary>Looks after the store when nobody asks.</summary>
    public required StoreWatch StoreWatch { get; init; }

    /// <summary>This process among others on the same store.</summary>
    public string NodeId { get; } = $"{Environment.MachineName}-{Guid.NewGuid().ToString("N")[..8]}";

    /// <summary>Since when it runs.</summary>
    public DateTimeOffset StartedAt { get; } = time.GetUtcNow();

    /// <summary>What else says how it is: queues and the like. Each part adds its own.</summary>
    public IReadOnlyList<IHealthPart> HealthParts { get; init; } = [];

    /// <summary>Lets go what has been kept long enough.</summary>
    public required RetentionJob Retention { get; init; }

    public TokenCounter TokenCounter { get; } = new(relay);

    public RequestRecorder Recorder => recorder;

    /// <summary>What <c>/metrics</c> shows; parts with numbers of their own add themselves at start.</summary>
    public MetricsPage MetricsPage => metrics;

    public GracefulShutdown Draining => draining;

    public TimeProvider Time => time;
}
