using Dragoman.Protocols;
using Dragoman.Protocols.Registry;
using Dragoman.Server.Api.Shared;

namespace Dragoman.Server.Api.OpenAi;

/// <summary>The routes of OpenAI's Chat Completions and Completions.</summary>
internal sealed class OpenAiRoutes(GenerateEndpoint generate) : IClientRoutes
{
    /// <inheritdoc/>
    public void Map(IEndpointRouteBuilder routes)
    {
        Map("chat/completions", Protocol.OpenAiChat);
        Map("completions", Protocol.OpenAiCompletions);

        void Map(string path, Protocol protocol)
        {
            var client = ProtocolRegistry.Client(protocol);
            ClientRoute.Post(routes, path, protocol, context => generate.HandleAsync(context, client));
        }
    }
}
