using Dragoman.Protocols;
using Dragoman.Protocols.Json;
using Dragoman.Protocols.OpenAiResponses.Upstream;

namespace Dragoman.Gateway.StoredResponses;

/// <summary>What the gateway keeps for clients of Responses; one for the whole process.</summary>
public sealed class ResponsesState(RunLeases leases, BackgroundRuns runs, ResponsePersistence persistence, Func<ResponsesOptions> options, TimeProvider time)
{
    /// <summary>The responses that are done.</summary>
    public IResponseStore Responses { get; } = new PersistentResponseStore(new MemoryResponseStore(options, time), persistence, leases);

    /// <summary>The conversations.</summary>
    public IConversationStore Conversations { get; } = new PersistentConversationStore(new MemoryConversationStore(options, time), persistence, leases.IsShared);

    /// <summary>Which process is making what.</summary>
    public RunLeases Leases => leases;

    /// <summary>The responses being made without a client.</summary>
    public BackgroundRuns Runs => runs;

    /// <summary>A response, running or done; null when it is unknown or another's.</summary>
    public async ValueTask<StoredResponse?> FindAsync(string owner, string id)
        => Runs.Find(owner, id)?.Snapshot() ?? await Responses.FindAsync(owner, id);

    /// <summary>Stops the making of a response, unless it is done.</summary>
    /// <returns>The response as it stands then.</returns>
    /// <exception cref="WireException">It was not made in the background.</exception>
    public async ValueTask<StoredResponse> CancelAsync(StoredResponse response)
    {
        if (!response.Background) throw StoredResponseErrors.Invalid("Cannot cancel a synchronous response.");
        if (Runs.Find(response.Owner, response.Id) is not { } run) return response;
        await run.CancelAsync();
        return await FindAsync(response.Owner, response.Id) ?? throw StoredResponseErrors.ResponseNotFound(response.Id);
    }

    /// <summary>Forgets a response; one that is being made is stopped first.</summary>
    public async ValueTask DeleteAsync(string owner, string id)
    {
        if (Runs.Find(owner, id) is { } run) await run.CancelAsync();
        await Responses.DeleteAsync(owner, id);
    }

    /// <summary>All that was said before a response's answer: the input of the response and of those it continues, with their answers, oldest first.</summary>
    public async ValueTask<IReadOnlyList<JsonSlice>> InputItemsAsync(StoredResponse response)
    {
        var items = new List<JsonSlice>();
        for (var next = (StoredResponse?)response; next is not null;)
        {
            items.InsertRange(0, InputItems.Each(InputItems.ListOf(next)));
            next = next.ParentId is { } parent ? await FindAsync(response.Owner, parent) : null;
            if (next is not null) items.InsertRange(0, InputItems.Each(ResponsesJsonEditor.OutputOf(next.Response)));
        }

        return items;
    }
}
