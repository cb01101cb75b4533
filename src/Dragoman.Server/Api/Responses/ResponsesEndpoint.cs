using Dragoman.Gateway.Relay;
using Dragoman.Server.Hosting;
using Dragoman.Wire;
using Dragoman.Wire.Conversation;
using Dragoman.Wire.Json;
using Dragoman.Wire.OpenAiResponses;

namespace Dragoman.Server.Api.Responses;

/// <summary>
/// <c>POST /v1/responses</c>: like any request for an answer, with what it refers to resolved before the relay and the answer kept after it.
/// </summary>
internal sealed class ResponsesEndpoint(GatewayServices services, ResponsesState state)
{
    private static readonly IClientLanguage Responses = Languages.Client(Language.OpenAiResponses);
    private readonly TurnPreparation _preparation = new(services, state);
    private readonly BackgroundEndpoint _background = new(services, state);

    public async Task CreateAsync(HttpContext context)
    {
        var flow = RequestIds.NewFlow(services.Time);
        if (ClientGate.Check(context.Request, services.Keys) is { } refusal)
        {
            await ClientGate.RefuseAsync(context, Responses, refusal, flow);
            return;
        }

        try
        {
            using var body = await RequestBody.ReadAsync(context, services.Config.Limits.MaxBodyBytes, context.RequestAborted);
            var request = Read(context.Request, body.WrittenMemory, flow, allowRelayLane: true);
            var owner = services.Keys.OwnerOf(context.Request);
            var turn = await _preparation.PrepareAsync(owner, body.WrittenMemory, request.Head, request);
            if (request.Head.Background)
            {
                await _background.StartAsync(context, owner, turn, request);
                return;
            }

            if (turn.IsRewritten) request = Read(context.Request, turn.Body, flow, allowRelayLane: false);
            await ForwardAsync(context, owner, turn, request);
        }
        catch (WireException fault)
        {
            services.Recorder.Refused(context, Language.OpenAiResponses, fault.Error);
            await ClientGate.RefuseAsync(context, Responses, fault.Error, flow);
        }
        catch (Exception fault) when (context.RequestAborted.IsCancellationRequested && fault is OperationCanceledException or IOException)
        {
            // The client left while its request was still being read.
        }
    }

    private async Task ForwardAsync(HttpContext context, string owner, PreparedTurn turn, ClientRequest request)
    {
        var way = new HttpChannel(context);
        if (request.Head.StoreOff && turn.ConversationId is null)
        {
            await services.Recorder.RunAsync(context, request, token => services.Forwarder.ForwardAsync(request, way, token));
            return;
        }

        using var channel = new CapturingChannel(way, (response, events) => new ResponseKeeping(services, state).KeepAsync(owner, turn, request.Head, response, events));
        await services.Recorder.RunAsync(context, request, token => services.Forwarder.ForwardAsync(request, channel, token));
    }

    private ClientRequest Read(HttpRequest http, ReadOnlyMemory<byte> body, string flow, bool allowRelayLane)
        => ClientRequestReading.Read(http, Responses, default, body, flow, services, allowRelayLane && !TurnPreparation.HoldsEnvelopes(body.Span));
}
