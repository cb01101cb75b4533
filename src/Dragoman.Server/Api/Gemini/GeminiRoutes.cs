using Dragoman.Gateway.Requests;
using Dragoman.Protocols;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Registry;
using Dragoman.Server.Api.Shared;
using Dragoman.Server.Http;

namespace Dragoman.Server.Api.Gemini;

/// <summary>The routes of Gemini: the model and the method stand in the path, <c>models/{model}:{method}</c>.</summary>
internal sealed class GeminiRoutes(GenerateEndpoint generate, CountTokensEndpoint count, ModelsEndpoint models, TimeProvider time) : IClientRoutes
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

    private Task CallAsync(HttpContext context)
    {
        var call = context.Request.RouteValues["call"] as string ?? "";
        // Model ids may hold a colon themselves (Bedrock's do): the method stands behind the last one.
        var colon = call.LastIndexOf(':');
        var model = colon < 0 ? call : call[..colon];
        var protocol = ProtocolRegistry.Client(Protocol.Gemini);
        switch (colon < 0 ? "" : call[(colon + 1)..])
        {
            case "generateContent":
                return generate.HandleAsync(context, protocol, new RequestTarget(model, Stream: false));
            case "streamGenerateContent":
                var form = context.Request.Query["alt"] == "sse" ? protocol : StreamForms.GeminiArray;
                return generate.HandleAsync(context, form, new RequestTarget(model, Stream: true));
            case "countTokens":
                return count.HandleAsync(context, protocol, new RequestTarget(model, Stream: false));
            default:
                var unserved = colon < 0 ? null : UnservedEndpoints.ExplainMethod(call[(colon + 1)..], context.Request.Path);
                var error = unserved is not null ? new WireError(ErrorKind.NotFound, unserved) { Code = UnservedEndpoints.Code } : new WireError(ErrorKind.NotFound, $"The address '{context.Request.Path}' names no method of this gateway: generateContent, streamGenerateContent or countTokens is expected behind 'models/MODEL:'.");
                return ErrorResponse.WriteAsync(context, protocol, error, FlowId.New(time));
        }
    }
}
