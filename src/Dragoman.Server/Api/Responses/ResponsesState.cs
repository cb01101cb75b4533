using Dragoman.Gateway.Configuration;

namespace Dragoman.Server.Api.Responses;

/// <summary>What the gateway keeps for clients of Responses; one for the whole process.</summary>
internal sealed class ResponsesState(RunLeases leases, BackgroundRuns runs, ResponsePersistence persistence, Func<GatewayConfig> config, TimeProvider time)
{
    /// <summary>The responses that are done.</summary>
    public IResponseStore Responses { get; } = new PersistentResponseStore(new MemoryResponseStore(() => config().Responses, time), persistence, leases.IsHeldElsewhereAsync);

    /// <summary>The conversations.</summary>
    public IConversationStore Conversations { get; } = new PersistentConversationStore(new MemoryConversationStore(() => config().Responses, time), persistence, leases.IsShared);

    /// <summary>Which process is making what.</summary>
    public RunLeases Leases => leases;

    /// <summary>The responses being made without a client.</summary>
    public BackgroundRuns Runs => runs;

    /// <summary>A response, running or done; null when it is unknown or another's.</summary>
    public async ValueTask<StoredResponse?> FindAsync(string owner, string id)
        => Runs.Find(owner, id)?.Snapshot() ?? await Responses.FindAsync(owner, id);
}
