using Dragoman.Gateway.Requests;
using Dragoman.Protocols;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Json;
using Dragoman.Protocols.Registry;
using Dragoman.Server.Hosting;

namespace Dragoman.Server.Api.Responses;

/// <summary>
/// <c>POST /v1/responses</c>: like any request for an answer, with what it refers to resolved before the relay and the answer kept after it.
/// </summary>
internal sealed class ResponsesEndpoint(GatewayServices services, ResponsesState state)
{
    private static readonly IClientProtocol Responses = ProtocolRegistry.Client(Protocol.OpenAiResponses);
    private readonly ConversationResolver _preparation = new(services, state);
    private readonly BackgroundEndpoint _background = new(services, state);

    public Task CreateAsync(HttpContext context)
        => ClientEndpoint.PassAsync(context, services, Responses, default, (request, body) => AnswerAsync(context, request, body));

    private async Task AnswerAsync(HttpContext context, ClientRequest request, PooledBuffer body)
    {
        if (ConversationResolver.HoldsEnvelopes(request.Body.Span)) request = Translated(context.Request, request.Body, request.FlowId);
        var owner = request.Caller.KeyId;
        var turn = await _preparation.PrepareAsync(owner, request.Body, request.Head, request);
        if (request.Head.Background)
        {
            await _background.StartAsync(context, owner, turn, request);
            return;
        }

        if (turn.IsRewritten) request = Translated(context.Request, turn.Body, request.FlowId);
        // What is kept of a turn is read from its body when the answer is there.
        else if (!IsKept(request, turn)) request.OwnBody = body;
        await ForwardAsync(context, owner, turn, request);
    }

    private async Task ForwardAsync(HttpContext context, string owner, PreparedTurn turn, ClientRequest request)
    {
        var way = new HttpChannel(context);
        if (!IsKept(request, turn))
        {
            await services.Recorder.RunAsync(context, request, token => services.Forwarder.ForwardAsync(request, way, token));
            return;
        }

        using var channel = new CapturingChannel(way, (response, events) => new ResponseRecorder(services, state).KeepAsync(owner, turn, request.Head, response, events));
        await services.Recorder.RunAsync(context, request, token => services.Forwarder.ForwardAsync(request, channel, token));
    }

    private static bool IsKept(ClientRequest request, PreparedTurn turn) => !request.Head.StoreOff || turn.ConversationId is not null;

    /// <summary>The request for a body that an upstream of the same language must not be given as it is.</summary>
    private ClientRequest Translated(HttpRequest http, ReadOnlyMemory<byte> body, string flow)
        => ClientRequestReading.Read(http, Responses, default, body, flow, services, allowRelayLane: false);
}
