using Dragoman.Gateway.Requests;
using Dragoman.Protocols;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Json;
using Dragoman.Protocols.OpenAiResponses.Client;
using Dragoman.Protocols.OpenAiResponses.Upstream;
using Dragoman.Protocols.Registry;
using Dragoman.Server.Api.Shared;

namespace Dragoman.Server.Api.Responses;

/// <summary>Starts a response that is made without its client: answers at once, or streams what happens for as long as the client listens.</summary>
internal sealed class BackgroundEndpoint(ClientRequestReader requests, BackgroundRunDependencies parts, ResponsesState state, EventStreaming streaming, Dragoman.Gateway.Routing.Router router, TimeProvider time)
{
    private const int MostRuns = 1_000;
    private static readonly IClientProtocol Responses = ProtocolRegistry.Client(Protocol.OpenAiResponses);

    /// <exception cref="WireException">The request cannot be run so.</exception>
    public async Task StartAsync(HttpContext context, string owner, PreparedTurn turn, ClientRequest asked)
    {
        if (asked.Head.StoreOff) throw StateErrors.Invalid("Background mode requires 'store' to be true.", "background", "invalid_value");
        if (state.Runs.Count >= MostRuns) throw new WireException(new WireError(ErrorKind.RateLimit, $"More than {MostRuns} background responses are being made; wait for one to end."));
        var plan = router.Plan(asked.Route, dryRun: true);
        if (plan.Error is { Kind: ErrorKind.NotFound } unknown) throw new WireException(unknown);
        // The client's body is pooled and ends with the call; the run goes on.
        var body = (ReadOnlyMemory<byte>)turn.Body.ToArray();
        turn = turn with { Body = body, Input = turn.Input.ToArray(), Own = turn.Own.ToArray() };
        var id = "resp_" + Guid.CreateVersion7(time.GetUtcNow()).ToString("N");
        var pending = Pending(body, id, asked.Model);
        var request = requests.Read(context.Request, Responses, default, Detached(body), asked.FlowId, !turn.IsRewritten && !ConversationResolver.HoldsEnvelopes(body.Span));
        var run = new BackgroundRun(parts, owner, id, turn, asked.Head, pending);
        state.Runs.Add(run);
        await state.Responses.SaveAsync(run.Snapshot() with { Events = null });
        _ = state.Leases.HoldAsync(id, run.RunAsync(request, context.Request.Path.Value ?? ""));
        if (asked.Head.Stream) await streaming.FollowAsync(context, asked.FlowId, run.Events, after: -1);
        else await StoredItemEndpoint.AnswerAsync(context, asked.FlowId, pending.Bytes);
    }

    /// <summary>The response object as it stands before anything was done. Reading the request finds its faults while the client still listens.</summary>
    private JsonSlice Pending(ReadOnlyMemory<byte> body, string id, string model)
    {
        var exchange = new TranslationContext(Responses.ReadRequest(body), new UpstreamModel(model))
        {
            ClientModel = model,
            AnswerId = id["resp_".Length..],
            CreatedAt = time.GetUtcNow().ToUnixTimeSeconds(),
        };
        using var buffer = new PooledBuffer();
        ResponsesClient.WritePending(exchange, "queued"u8, buffer);
        return new JsonSlice(buffer.WrittenSpan.ToArray());
    }

    /// <summary>The body as the upstream gets it: a plain stream, whose events are kept here.</summary>
    private static ReadOnlyMemory<byte> Detached(ReadOnlyMemory<byte> body)
    {
        using var buffer = new PooledBuffer(body.Length + 64);
        ResponsesJsonEditor.WriteChanged(new JsonSlice(body), [("background", default), ("stream", JsonSlice.Create("true"u8))], buffer);
        return buffer.WrittenSpan.ToArray();
    }
}
