using Dragoman.Server.Hosting;
using Dragoman.Wire;
using Dragoman.Wire.Conversation;

namespace Dragoman.Server.Api;

/// <summary>The routes of OpenAI Responses.</summary>
internal static class ResponsesRoutes
{
    public static void Map(IEndpointRouteBuilder routes, GatewayServices services, GenerateEndpoint generate, CountTokensEndpoint count)
    {
        _ = services;
        var language = Languages.Client(Language.OpenAiResponses);
        ClientRoutes.Post(routes, "responses", Language.OpenAiResponses, context => generate.HandleAsync(context, language));
        ClientRoutes.Post(routes, "responses/input_tokens", Language.OpenAiResponses, context => count.HandleAsync(context, language));
    }
}
