using Dragoman.Protocols.Conversation;
using Dragoman.Server.Hosting;

namespace Dragoman.Server.Api;

/// <summary>One request for an answer, in any client language: read, checked, forwarded, recorded.</summary>
internal sealed class GenerateEndpoint(GatewayServices services)
{
    /// <summary>Handles a request whose language and target the route has settled.</summary>
    public Task HandleAsync(HttpContext context, IClientProtocol language, RequestTarget target = default)
        => ClientEndpoint.PassAsync(context, services, language, target, (request, body) =>
        {
            request.OwnBody = body;
            return services.Recorder.RunAsync(context, request, token => services.Forwarder.ForwardAsync(request, new HttpChannel(context), token));
        });
}
