using Dragoman.Gateway.Pipeline;
using Dragoman.Protocols.Conversation;

namespace Dragoman.Server.Api.Shared;

/// <summary>One request for an answer, in any client protocol: read, checked, forwarded, recorded.</summary>
internal sealed class GenerateEndpoint(ClientEndpoint endpoint, ClientChannels channels, RequestPipeline pipeline)
{
    /// <summary>Handles a request whose protocol the route has settled, and its target too where <paramref name="settle"/> does not do so by the body.</summary>
    public Task HandleAsync(HttpContext context, IClientProtocol protocol, RequestTarget target = default, Func<ReadOnlyMemory<byte>, ValueTask<RequestTarget?>>? settle = null)
        => endpoint.HandleAsync(context, protocol, target, (request, body) =>
        {
            request.OwnBody = body;
            return pipeline.HandleAsync(request, channels.For(context, request), context.RequestAborted);
        }, settle: settle);
}
