using Dragoman.Gateway.Relay;
using Dragoman.Server.Hosting;
using Dragoman.Wire.Conversation;

namespace Dragoman.Server.Api;

/// <summary>Counts a prompt's tokens: by the upstream where it offers that, else here.</summary>
internal sealed class CountTokensEndpoint(GatewayServices services)
{
    public async Task HandleAsync(HttpContext context, IClientLanguage language, RequestTarget target = default)
    {
        var flow = RequestIds.NewFlow(services.Time);
        if (ClientGate.Check(context.Request, services.Keys) is { } refusal)
        {
            await ClientGate.RefuseAsync(context, language, refusal, flow);
            return;
        }

        using var open = services.Draining.Enter();
        try
        {
            using var body = await RequestBody.ReadAsync(context, services.Config.Limits.MaxBodyBytes, context.RequestAborted);
            var request = ClientRequestReading.Read(context.Request, language, target, body.WrittenMemory, flow, services);
            await services.TokenCounter.CountAsync(request, new HttpChannel(context), context.RequestAborted);
        }
        catch (WireException fault)
        {
            await ClientGate.RefuseAsync(context, language, fault.Error, flow);
        }
    }
}
