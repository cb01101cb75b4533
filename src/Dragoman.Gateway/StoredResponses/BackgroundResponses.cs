using Dragoman.Gateway.Requests;
using Dragoman.Gateway.Routing;
using Dragoman.Protocols;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Json;
using Dragoman.Protocols.OpenAiResponses.Client;
using Dragoman.Protocols.Registry;

namespace Dragoman.Gateway.StoredResponses;

/// <summary>Starts responses that are made without their client (<c>background</c>).</summary>
public sealed class BackgroundResponses(BackgroundRunDependencies parts, ResponsesState state, IRouter router)
{
    private const int MostRuns = 1_000;
    private static readonly IClientProtocol Responses = ProtocolRegistry.Client(Protocol.OpenAiResponses);

    /// <summary>Starts a response; it is known to the store when the task ends.</summary>
    /// <param name="owner">Whose it is.</param>
    /// <param name="turn">The request with its state resolved.</param>
    /// <param name="asked">The request as it came.</param>
    /// <param name="read">Reads the request to forward from a body that is its own, and from whether it may pass through unchanged.</param>
    /// <exception cref="WireException">The request cannot be run so.</exception>
    public async Task<BackgroundRun> StartAsync(string owner, PreparedTurn turn, ClientRequest asked, Func<ReadOnlyMemory<byte>, bool, ClientRequest> read)
    {
        if (asked.Head.StoreOff) throw StoredResponseErrors.Invalid("Background mode requires 'store' to be true.", "background", "invalid_value");
        if (state.Runs.Count >= MostRuns) throw new WireException(new WireError(ErrorKind.RateLimit, $"More than {MostRuns} background responses are being made; wait for one to end."));
        var plan = router.Plan(asked.Route, dryRun: true);
        if (plan.Error is { Kind: ErrorKind.NotFound } unknown) throw new WireException(unknown);
        // The client's body is pooled and ends with the call; the run goes on.
        var body = (ReadOnlyMemory<byte>)turn.Body.ToArray();
        turn = turn with { Body = body, Input = turn.Input.ToArray(), Own = turn.Own.ToArray() };
        var id = "resp_" + Guid.CreateVersion7(parts.Time.GetUtcNow()).ToString("N");
        var pending = Pending(body, id, asked.Model);
        var request = read(Detached(body), !turn.IsRewritten && !ConversationResolver.HoldsEnvelopes(body.Span));
        // Before anybody can find it: whoever finds a response that is not done takes it for interrupted where nobody holds its lease.
        var lease = await state.Leases.TakeAsync(id);
        var run = new BackgroundRun(parts, owner, id, turn, asked.Head, pending, lease?.Fence);
        state.Runs.Add(run);
        await state.Responses.SaveAsync(run.Snapshot() with { Events = null });
        var making = run.RunAsync(request);
        if (lease is not null) _ = state.Leases.HoldAsync(lease, making, run.AbandonAsync);
        return run;
    }

    /// <summary>The response object as it stands before anything was done. Reading the request finds its faults while the client still listens.</summary>
    private JsonSlice Pending(ReadOnlyMemory<byte> body, string id, string model)
    {
        var context = new TranslationContext(Responses.ReadRequest(body), new UpstreamModel(model))
        {
            ClientModel = model,
            AnswerId = id["resp_".Length..],
            CreatedAt = parts.Time.GetUtcNow().ToUnixTimeSeconds(),
        };
        using var buffer = new PooledBuffer();
        ResponsesClient.WritePending(context, "queued"u8, buffer);
        return new JsonSlice(buffer.WrittenSpan.ToArray());
    }

    /// <summary>The body as the upstream gets it: a plain stream, whose events are kept here.</summary>
    private static ReadOnlyMemory<byte> Detached(ReadOnlyMemory<byte> body)
    {
        using var buffer = new PooledBuffer(body.Length + 64);
        JsonObjectPatch.Write(new JsonSlice(body), [("background", default), ("stream", JsonSlice.Create("true"u8))], buffer);
        return buffer.WrittenSpan.ToArray();
    }
}
