using Dragoman.Server.Hosting;

namespace Dragoman.Server.Api.Responses;

/// <summary>What the gateway keeps for clients of Responses; one for the whole process.</summary>
internal sealed class ResponsesState
{
    public ResponsesState(GatewayServices services)
    {
        Leases = new RunLeases(services);
        Responses = new PersistentResponseStore(new MemoryResponseStore(() => services.Config.Responses, services.Time), services.ResponsePersistence, Leases.IsHeldElsewhereAsync);
        Conversations = new PersistentConversationStore(new MemoryConversationStore(() => services.Config.Responses, services.Time), services.ResponsePersistence, Leases.IsShared);
    }

    /// <summary>The responses that are done.</summary>
    public IResponseStore Responses { get; }

    /// <summary>The conversations.</summary>
    public IConversationStore Conversations { get; }

    /// <summary>Which process is making what.</summary>
    public RunLeases Leases { get; }

    /// <summary>The responses being made without a client.</summary>
    public BackgroundRuns Runs { get; } = new();

    /// <summary>A response, running or done; null when it is unknown or another's.</summary>
    public async ValueTask<StoredResponse?> FindAsync(string owner, string id)
        => Runs.Find(owner, id)?.Snapshot() ?? await Responses.FindAsync(owner, id);
}
