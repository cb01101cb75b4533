using Dragoman.Gateway.Relay;
using Dragoman.Server.Hosting;
using Dragoman.Wire.Conversation;

namespace Dragoman.Server.Api;

/// <summary>One request for an answer, in any client language: read, checked, forwarded, recorded.</summary>
internal sealed class GenerateEndpoint(GatewayServices services)
{
    /// <summary>Handles a request whose language and target the route has settled.</summary>
    public async Task HandleAsync(HttpContext context, IClientLanguage language, RequestTarget target = default)
    {
        var flow = RequestIds.NewFlow(services.Time);
        if (ClientGate.Check(context.Request, services.Keys) is { } refusal)
        {
            await ClientGate.RefuseAsync(context, language, refusal, flow);
            return;
        }

        try
        {
            using var body = await RequestBody.ReadAsync(context, services.Config.Limits.MaxBodyBytes, context.RequestAborted);
            var request = ClientRequestReading.Read(context.Request, language, target, body.WrittenMemory, flow, services);
            await services.Recorder.RunAsync(context, request, token => services.Forwarder.ForwardAsync(request, new HttpChannel(context), token));
        }
        catch (WireException fault)
        {
            services.Recorder.Refused(context, language.Language, fault.Error);
            await ClientGate.RefuseAsync(context, language, fault.Error, flow);
        }
        catch (Exception fault) when (context.RequestAborted.IsCancellationRequested && fault is OperationCanceledException or IOException)
        {
            // The client left while its request was still being read.
        }
    }
}
