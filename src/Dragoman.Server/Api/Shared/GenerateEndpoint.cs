using Dragoman.Gateway.Pipeline;
using Dragoman.Protocols.Conversation;
using Dragoman.Server.Http;
using Dragoman.Server.Observability.Recording;

namespace Dragoman.Server.Api.Shared;

/// <summary>One request for an answer, in any client protocol: read, checked, forwarded, recorded.</summary>
internal sealed class GenerateEndpoint(ClientEndpoint endpoint, RequestRecorder recorder, RequestPipeline pipeline)
{
    /// <summary>Handles a request whose protocol and target the route has settled.</summary>
    public Task HandleAsync(HttpContext context, IClientProtocol protocol, RequestTarget target = default)
        => endpoint.HandleAsync(context, protocol, target, (request, body) =>
        {
            request.OwnBody = body;
            return recorder.RunAsync(context, request, token => pipeline.ForwardAsync(request, new HttpResponseChannel(context), token));
        });
}
