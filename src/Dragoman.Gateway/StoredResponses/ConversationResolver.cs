using Dragoman.Gateway.ClientKeys;
using Dragoman.Gateway.Providers;
using Dragoman.Gateway.Requests;
using Dragoman.Gateway.Routing;
using Dragoman.Protocols;
using Dragoman.Protocols.Json;
using Dragoman.Protocols.OpenAiResponses.Upstream;

namespace Dragoman.Gateway.StoredResponses;

/// <summary>
/// Resolves what a request refers to (<c>previous_response_id</c>, <c>conversation</c>, <c>item_reference</c>) from what is kept here. What
/// is not known here goes on untouched where the first upstream speaks Responses and is asked to store: then it may well know. Everywhere
/// else it is an error: to leave the beginning of a conversation out would answer another question.
/// </summary>
/// <remarks>
/// Client keys share accounts, and an account knows what it made for every one of them. So what is kept for another key is never sent on, and
/// where there are several keys nothing is that is not known to be the caller's own.
/// </remarks>
public sealed class ConversationResolver(ResponsesState state, ClientKeyStore clientKeys, IRouter router, ProviderRegistry providers, Func<LimitOptions> limits)
{
    private const int LongestChain = 10_000;

    /// <summary>Whether a request refers to anything.</summary>
    private bool IsNeeded(RequestEnvelope head, ReadOnlySpan<byte> body)
        => head.PreviousResponseId is { Length: > 0 } || head.HasConversation || RefersToItems(body[head.InputValue]);

    /// <summary>Whether there are item references. Where a wrong answer could show one key's items to another, every item is looked at: a reference need not say that it is one.</summary>
    private bool RefersToItems(ReadOnlySpan<byte> input) => IsShared ? ItemReferences.Any(input) : input.IndexOf("\"item_reference\""u8) >= 0;

    /// <summary>Whether several keys use the accounts.</summary>
    private bool IsShared => clientKeys.Identities.Count > 1;

    /// <summary>Whether a body holds what this gateway made of another family's reasoning or of a compacted conversation: no upstream reads that as it is.</summary>
    public static bool HoldsEnvelopes(ReadOnlySpan<byte> body) => ResponsesJsonEditor.CarriesForeignReasoning(body);

    /// <exception cref="WireException">Something referred to is not known.</exception>
    public async ValueTask<PreparedTurn> PrepareAsync(string owner, ReadOnlyMemory<byte> body, RequestEnvelope head, ClientRequest? request, IReadOnlyList<JsonSlice>? remembered = null)
    {
        var input = body[head.InputValue];
        if (!IsNeeded(head, body.Span) && remembered is null) return new PreparedTurn { Body = body, Input = input, Own = input };
        if (head.PreviousResponseId is not null && head.HasConversation)
            throw StoredResponseErrors.Invalid("Mutually exclusive parameters: 'previous_response_id' and 'conversation'. Ensure you are only providing one of them.", null, "mutually_exclusive_parameters");
        var conversation = head.HasConversation ? ConversationOf(body) : null;
        var history = remembered ?? (conversation is not null ? await ItemsOfAsync(owner, conversation)
            : head.PreviousResponseId is { } previous ? await HistoryAsync(owner, previous)
            : []);
        var untouched = new PreparedTurn { Body = body, Input = input, Own = input };
        if (history is null)
        {
            if (UpstreamMayKnow(request) && await MayAskForAsync(owner, head.PreviousResponseId, conversation)) return untouched with { ParentId = head.PreviousResponseId };
            throw conversation is not null ? StoredResponseErrors.ConversationNotFound(conversation) : StoredResponseErrors.PreviousNotFound(head.PreviousResponseId!);
        }

        var (own, resolved) = await ResolveAsync(owner, input, history, request);
        if (history.Count == 0 && !resolved && conversation is null && head.PreviousResponseId is null) return untouched;
        var rewritten = Rewrite(resolved ? Replace(body, own) : body, history);
        return new PreparedTurn
        {
            Body = rewritten,
            IsRewritten = true,
            Own = own,
            History = history,
            // A turn that hangs on nothing kept under an id of its own is kept whole.
            Input = conversation is not null || remembered is not null ? ResponsesJsonEditor.FieldOf(rewritten, "input"u8).Bytes : own,
            ParentId = conversation is null && remembered is null ? head.PreviousResponseId : null,
            ConversationId = conversation,
        };
    }

    /// <summary>All that led to a response and the response itself, as lists of items, oldest first; null when a part of it is not known here.</summary>
    /// <exception cref="WireException">The response is still being made.</exception>
    public async ValueTask<List<JsonSlice>?> HistoryAsync(string owner, string id)
    {
        var pieces = new List<JsonSlice>();
        for (var (next, depth) = ((string?)id, 0); next is not null; depth++)
        {
            if (depth == LongestChain || await state.FindAsync(owner, next) is not { } response) return null;
            if (!response.IsFinal) throw StoredResponseErrors.StillRunning(next);
            pieces.Add(ResponsesJsonEditor.OutputOf(response.Response));
            pieces.Add(InputItems.AsList(response.Input));
            next = response.ParentId;
        }

        pieces.Reverse();
        return pieces;
    }

    private async ValueTask<List<JsonSlice>?> ItemsOfAsync(string owner, string id)
        => await state.Conversations.FindAsync(owner, id) is { } conversation ? [InputItems.ArrayOf(conversation.Items)] : null;

    private static string? ConversationOf(ReadOnlyMemory<byte> body)
    {
        var value = ResponsesJsonEditor.FieldOf(body, "conversation"u8);
        if (value.IsEmpty) return null;
        var id = value.IsObject ? InputItems.TextOf(value, "id"u8) : value.IsString ? ListPaging.TextOf(value) : null;
        return id is { Length: > 0 } ? id : throw StoredResponseErrors.Invalid("'conversation' must be an id, or an object with one.", "conversation");
    }

    /// <summary>Whether an id that leads to nothing complete here may be sent to an upstream: the caller's own may, another's never.</summary>
    private async ValueTask<bool> MayAskForAsync(string owner, string? response, string? conversation)
    {
        if (response is not null && await state.FindAsync(owner, response) is not null) return true;
        if (IsShared) return false;
        return conversation is not null ? !await state.Conversations.IsOthersAsync(owner, conversation) : !await state.Responses.IsOthersAsync(owner, response!);
    }

    private bool UpstreamMayKnow(ClientRequest? request)
    {
        if (request is null || request.Head.StoreOff) return false;
        var plan = router.Plan(request.Route, dryRun: true);
        if (plan.Candidates.Count == 0) return false;
        var first = plan.Candidates[0];
        var provider = providers[first.Account.Provider];
        return provider.KeepsResponses && provider.ProtocolFor(first.Account, first.Model) == Protocol.OpenAiResponses;
    }

    private async ValueTask<(ReadOnlyMemory<byte> Input, bool Resolved)> ResolveAsync(string owner, ReadOnlyMemory<byte> input, IReadOnlyList<JsonSlice> history, ClientRequest? request)
    {
        if (!RefersToItems(input.Span)) return (input, false);
        var items = InputItems.Each(new JsonSlice(input));
        var any = false;
        for (var index = 0; index < items.Count; index++)
        {
            if (!ItemReferences.IsReference(items[index].Bytes.Span) || InputItems.TextOf(items[index], "id"u8) is not { } id) continue;
            var found = await FindItemAsync(owner, id, history);
            if (found.IsEmpty && !IsShared && UpstreamMayKnow(request)) continue;
            items[index] = found.IsEmpty ? throw StoredResponseErrors.ItemNotFound(id) : found;
            any = true;
        }

        return any ? (InputItems.ArrayOf(items).Bytes, true) : (input, false);
    }

    private async ValueTask<JsonSlice> FindItemAsync(string owner, string id, IReadOnlyList<JsonSlice> history)
    {
        foreach (var piece in history)
        {
            foreach (var item in InputItems.Each(piece))
            {
                if (InputItems.TextOf(item, "id"u8) == id) return item;
            }
        }

        return new JsonSlice(await state.Responses.FindItemAsync(owner, id));
    }

    private static ReadOnlyMemory<byte> Replace(ReadOnlyMemory<byte> body, ReadOnlyMemory<byte> input)
    {
        using var buffer = new PooledBuffer(body.Length + input.Length);
        JsonObjectPatch.Write(new JsonSlice(body), [("input", new JsonSlice(input))], buffer);
        return buffer.WrittenSpan.ToArray();
    }

    private ReadOnlyMemory<byte> Rewrite(ReadOnlyMemory<byte> body, IReadOnlyList<JsonSlice> history)
    {
        var limit = limits().MaxBodyBytes;
        using var buffer = new PooledBuffer(body.Length + 4096);
        ResponsesJsonEditor.WriteContinued(body, history, buffer);
        if (buffer.Length > limit)
        {
            throw new WireException(new WireError(ErrorKind.TooLarge, $"The conversation has grown larger than the {limit >> 20} MB this gateway accepts (limits.max-body-mb).")
            { Code = "request_too_large" });
        }

        return buffer.WrittenSpan.ToArray();
    }
}
