using Dragoman.Protocols;
using Dragoman.Protocols.Registry;
using Dragoman.Server.Api.Shared;
using Dragoman.Server.Surfaces.Abstractions;

namespace Dragoman.Server.Surfaces.Kiro;

/// <summary><c>/cc/v1/messages</c>, at which kiro.rs has Claude Code ask (wire note A.11): it waits there for the counts of the prompt, which every message of the gateway begins with as far as they are known.</summary>
internal sealed class KiroMessageRoutes(GenerateEndpoint generate, CountTokensEndpoint counting) : IKiroRoutes
{
    public void Map(SurfaceRoutes routes)
    {
        // Who asks is seen by the routes themselves, so that a missing key is told in the form of the clients' API.
        var open = routes.Open().WithBody(null);
        open.Post("/cc/v1/messages", "Anthropic's messages, for Claude Code.", _ => SurfaceAnswer.Stream(context => generate.HandleAsync(context, ProtocolRegistry.Client(Protocol.AnthropicMessages))));
        open.Post("/cc/v1/messages/count_tokens", "Their token counts.", _ => SurfaceAnswer.Stream(context => counting.HandleAsync(context, ProtocolRegistry.Client(Protocol.AnthropicMessages))));
    }
}
