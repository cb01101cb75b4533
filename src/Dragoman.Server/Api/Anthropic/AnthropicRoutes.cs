using Dragoman.Protocols;
using Dragoman.Protocols.Registry;
using Dragoman.Server.Api.Shared;

namespace Dragoman.Server.Api.Anthropic;

/// <summary>The routes of Anthropic Messages.</summary>
internal sealed class AnthropicRoutes(GenerateEndpoint generate, CountTokensEndpoint count) : IClientRoutes
{
    /// <inheritdoc/>
    public void Map(IEndpointRouteBuilder routes)
    {
        var protocol = ProtocolRegistry.Client(Protocol.AnthropicMessages);
        ClientRoute.Post(routes, "messages", Protocol.AnthropicMessages, context => generate.HandleAsync(context, protocol));
        ClientRoute.Post(routes, "messages/count_tokens", Protocol.AnthropicMessages, context => count.HandleAsync(context, protocol));
    }
}
