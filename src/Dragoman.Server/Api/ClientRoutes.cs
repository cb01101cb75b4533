using Dragoman.Protocols;
using Dragoman.Protocols.Registry;
using Dragoman.Server.Api.Responses;
using Dragoman.Server.Hosting;

namespace Dragoman.Server.Api;

/// <summary>The client languages' routes. Every path also answers with a doubled or a missing <c>/v1</c>, as people paste base addresses.</summary>
internal static class ClientRoutes
{
    public static void Map(IEndpointRouteBuilder routes, GatewayServices services)
    {
        var generate = new GenerateEndpoint(services);
        var count = new CountTokensEndpoint(services);
        var models = new ModelsEndpoint(services);
        Post(routes, "chat/completions", Protocol.OpenAiChat, context => generate.HandleAsync(context, ProtocolRegistry.Client(Protocol.OpenAiChat)));
        Post(routes, "completions", Protocol.OpenAiCompletions, context => generate.HandleAsync(context, ProtocolRegistry.Client(Protocol.OpenAiCompletions)));
        Post(routes, "messages", Protocol.AnthropicMessages, context => generate.HandleAsync(context, ProtocolRegistry.Client(Protocol.AnthropicMessages)));
        Post(routes, "messages/count_tokens", Protocol.AnthropicMessages, context => count.HandleAsync(context, ProtocolRegistry.Client(Protocol.AnthropicMessages)));
        ResponsesRoutes.Map(routes, services, count);
        GeminiRoutes.Map(routes, generate, count, models);
        foreach (var prefix in Prefixes)
        {
            routes.MapGet($"{prefix}models", models.ListAsync);
            routes.MapGet($"{prefix}models/{{**id}}", models.GetAsync);
        }

        ProbeRoutes.Map(routes, services);
    }

    /// <summary>What may stand before a route: <c>/v1</c>, nothing, and <c>/v1/v1</c>.</summary>
    public static readonly string[] Prefixes = ["/v1/", "/", "/v1/v1/"];

    /// <summary>Maps a POST route under every prefix.</summary>
    public static void Post(IEndpointRouteBuilder routes, string path, Protocol language, RequestDelegate handle)
    {
        foreach (var prefix in Prefixes) routes.MapPost(prefix + path, handle).WithMetadata(new ClientRoute(language));
    }
}

/// <summary>Marks a route as spoken in a client's language, so that errors outside its handler are told in it too.</summary>
/// <param name="Language">The language.</param>
internal sealed record ClientRoute(Protocol Language);
