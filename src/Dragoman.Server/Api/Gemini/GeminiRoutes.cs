using Dragoman.Protocols;
using Dragoman.Server.Api.Shared;

namespace Dragoman.Server.Api.Gemini;

/// <summary>The routes of Gemini: the model and the method stand in the path, <c>models/{model}:{method}</c>.</summary>
internal sealed class GeminiRoutes(GeminiEndpoint gemini, ModelsEndpoint models) : IClientRoutes
{
    private static readonly string[] Prefixes = ["/v1beta/models/", "/v1/models/", "/v1alpha/models/", "/v1beta/v1beta/models/"];

    public void Map(IEndpointRouteBuilder routes)
    {
        foreach (var prefix in Prefixes)
        {
            routes.MapPost(prefix + "{**call}", CallAsync).WithMetadata(new ClientRoute(Protocol.Gemini));
        }

        foreach (var version in (ReadOnlySpan<string>)["/v1beta", "/v1alpha"])
        {
            routes.MapGet(version + "/models", context => models.ListAsync(context, Protocol.Gemini)).WithMetadata(new ClientRoute(Protocol.Gemini));
            routes.MapGet(version + "/models/{**id}", context => models.GetAsync(context, Protocol.Gemini)).WithMetadata(new ClientRoute(Protocol.Gemini));
        }
    }

    private Task CallAsync(HttpContext context) => gemini.HandleAsync(context, context.Request.RouteValues["call"] as string ?? "");
}
