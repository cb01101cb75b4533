using Dragoman.Gateway.Persistence;
using Dragoman.Gateway.Requests;
using Dragoman.Protocols.Json;
using Dragoman.Protocols.OpenAiResponses.Upstream;

namespace Dragoman.Gateway.StoredResponses;

/// <summary>Keeps a finished response where the client wants it kept, and adds its turn to the conversation it belongs to.</summary>
public sealed class ResponseRecorder(ResponsesState state, TimeProvider time)
{
    /// <summary>Keeps a response that is done, and adds its turn to its conversation.</summary>
    /// <param name="owner">Whose it is.</param>
    /// <param name="turn">The request it answers.</param>
    /// <param name="head">What the request says of storing.</param>
    /// <param name="response">The response object, as bytes of its own.</param>
    /// <param name="events">Its events, or null where they are not kept.</param>
    /// <param name="id">The id it is kept under; null for the response's own.</param>
    /// <param name="fence">The lease it was made under, or null.</param>
    public async ValueTask KeepAsync(string owner, PreparedTurn turn, RequestEnvelope head, JsonSlice response, EventLog? events, string? id = null, Fence? fence = null)
    {
        id ??= InputItems.TextOf(response, "id"u8);
        if (id is null) return;
        var status = InputItems.TextOf(response, "status"u8) ?? "completed";
        if (!head.StoreOff)
        {
            var kept = await state.Responses.SaveAsync(new StoredResponse
            {
                Owner = owner,
                Id = id,
                Status = status,
                Response = response.Bytes,
                Input = turn.Input.ToArray(),
                ParentId = turn.ParentId,
                Created = time.GetUtcNow(),
                Background = head.Background,
                Events = events,
                Fence = fence,
            });
            if (!kept) return;
        }

        if (turn.ConversationId is { } conversation && status is "completed" or "incomplete")
        {
            await AppendAsync(owner, turn, id, response);
        }
    }

    private async ValueTask AppendAsync(string owner, PreparedTurn turn, string id, JsonSlice response)
    {
        var input = InputItems.Each(InputItems.Listed(turn.Own.ToArray(), id.Replace("resp_", "", StringComparison.Ordinal)));
        var output = InputItems.Each(ResponsesJsonEditor.OutputOf(response.Bytes)).Select(item => item.Detach());
        JsonSlice[] added = [.. input, .. output];
        await state.Conversations.ChangeAsync(owner, turn.ConversationId!, known => known with { Items = [.. known.Items, .. added] });
    }
}
