using Dragoman.Server.Hosting;

namespace Dragoman.Server.Api.Responses;

/// <summary>What the gateway keeps for clients of Responses; one for the whole process.</summary>
internal sealed class ResponsesState(GatewayServices services)
{
    /// <summary>The responses that are done.</summary>
    public IResponseStore Responses { get; } = new MemoryResponseStore(() => services.Config.Responses, services.Time);

    /// <summary>The conversations.</summary>
    public IConversationStore Conversations { get; } = new MemoryConversationStore(() => services.Config.Responses, services.Time);

    /// <summary>The responses being made without a client.</summary>
    public BackgroundRuns Runs { get; } = new();

    /// <summary>A response, running or done; null when it is unknown or another's.</summary>
    public async ValueTask<StoredResponse?> FindAsync(string owner, string id)
        => Runs.Find(owner, id)?.Snapshot() ?? await Responses.FindAsync(owner, id);
}
