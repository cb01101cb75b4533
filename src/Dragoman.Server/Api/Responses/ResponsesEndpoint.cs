using Dragoman.Gateway.Pipeline;
using Dragoman.Gateway.Requests;
using Dragoman.Gateway.StoredResponses;
using Dragoman.Protocols;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Json;
using Dragoman.Protocols.Registry;
using Dragoman.Server.Api.Shared;
using Dragoman.Server.Http;

namespace Dragoman.Server.Api.Responses;

/// <summary>
/// <c>POST /v1/responses</c>: like any request for an answer, with what it refers to resolved before the relay and the answer kept after it.
/// </summary>
internal sealed class ResponsesEndpoint(ClientEndpoint endpoint, ClientChannels channels, ClientRequestReader requests, ConversationResolver conversations, BackgroundResponses background, EventStreaming streaming, ResponseRecorder responses, RequestPipeline pipeline) : IOwnGeneration
{
    private static readonly IClientProtocol Responses = ProtocolRegistry.Client(Protocol.OpenAiResponses);

    /// <inheritdoc/>
    public Protocol Protocol => Protocol.OpenAiResponses;

    /// <inheritdoc/>
    public Task CreateAsync(HttpContext context)
        => endpoint.HandleAsync(context, Responses, default, (request, body) => AnswerAsync(context, request, body));

    private async Task AnswerAsync(HttpContext context, ClientRequest request, PooledBuffer body)
    {
        if (ConversationResolver.HoldsEnvelopes(request.Body.Span)) request = Translated(context.Request, request.Body, request.FlowId);
        var owner = request.Client.KeyId;
        var turn = await conversations.PrepareAsync(owner, request.Body, request.Head, request);
        if (request.Head.Background)
        {
            await RunInBackgroundAsync(context, owner, turn, request);
            return;
        }

        if (turn.IsRewritten) request = Translated(context.Request, turn.Body, request.FlowId);
        // What is kept of a turn is read from its body when the answer is there.
        else if (!IsKept(request, turn)) request.OwnBody = body;
        await ForwardAsync(context, owner, turn, request);
    }

    /// <summary>Starts a response that is made without its client: answers at once, or streams what happens for as long as the client listens.</summary>
    private async Task RunInBackgroundAsync(HttpContext context, string owner, PreparedTurn turn, ClientRequest asked)
    {
        var run = await background.StartAsync(owner, turn, asked, (body, allowPassthrough) => requests.Read(context.Request, Responses, default, body, asked.FlowId, allowPassthrough));
        if (asked.Head.Stream) await streaming.FollowAsync(context, asked.FlowId, run.Events, after: -1);
        else await StoredItemEndpoint.AnswerAsync(context, asked.FlowId, run.Queued);
    }

    private async Task ForwardAsync(HttpContext context, string owner, PreparedTurn turn, ClientRequest request)
    {
        var way = channels.For(context, request);
        if (!IsKept(request, turn))
        {
            await pipeline.HandleAsync(request, way, context.RequestAborted);
            return;
        }

        using var channel = new CapturingChannel(way, (response, events) => responses.KeepAsync(owner, turn, request.Head, response, events));
        await pipeline.HandleAsync(request, channel, context.RequestAborted);
    }

    private static bool IsKept(ClientRequest request, PreparedTurn turn) => !request.Head.StoreOff || turn.ConversationId is not null;

    /// <summary>The request for a body that an upstream of the same protocol must not be given as it is.</summary>
    private ClientRequest Translated(HttpRequest http, ReadOnlyMemory<byte> body, string flow)
        => requests.Read(http, Responses, default, body, flow, allowPassthrough: false);
}
