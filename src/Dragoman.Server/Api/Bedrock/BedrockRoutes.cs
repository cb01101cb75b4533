using Dragoman.Protocols;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Registry;
using Dragoman.Server.Api.Shared;
using Dragoman.Server.Http;

namespace Dragoman.Server.Api.Bedrock;

/// <summary>
/// Bedrock's runtime as its clients speak it (Claude Code in its Bedrock mode, the AWS SDKs): <c>/model/{id}/converse</c>, <c>invoke</c> with Anthropic's bodies, their streams, <c>count-tokens</c>; and of the control
/// plane the lists that clients look for models in.
/// </summary>
internal sealed class BedrockRoutes(GenerateEndpoint generate, CountTokensEndpoint count, ModelsEndpoint models) : IClientRoutes
{
    public void Map(IEndpointRouteBuilder routes)
    {
        Post("converse", Protocol.BedrockConverse, isStream: false);
        Post("converse-stream", Protocol.BedrockConverse, isStream: true);
        Post("invoke", Protocol.BedrockAnthropic, isStream: false);
        Post("invoke-with-response-stream", Protocol.BedrockAnthropic, isStream: true);
        routes.MapPost("/model/{id}/count-tokens", CountAsync).WithMetadata(new ClientRoute(Protocol.BedrockConverse));
        foreach (var path in (ReadOnlySpan<string>)["/inference-profiles", "/foundation-models"])
        {
            routes.MapGet(path, context => models.ListAsync(context, ProtocolOf(context))).WithMetadata(new ClientRoute(Protocol.BedrockConverse));
            routes.MapGet(path + "/{**id}", context => models.GetAsync(context, ProtocolOf(context))).WithMetadata(new ClientRoute(Protocol.BedrockConverse));
        }

        void Post(string method, Protocol protocol, bool isStream) => routes.MapPost("/model/{id}/" + method, context => generate.HandleAsync(context, ProtocolRegistry.Client(protocol), TargetOf(context, isStream)))
            .WithMetadata(new ClientRoute(protocol));
    }

    /// <summary>The two lists have shapes of their own, each written in the name of one protocol.</summary>
    private static Protocol ProtocolOf(HttpContext context) => context.Request.Path.StartsWithSegments("/foundation-models") ? Protocol.BedrockAnthropic : Protocol.BedrockConverse;

    /// <summary>CountTokens names the form of its body inside it.</summary>
    private Task CountAsync(HttpContext context) => count.HandleAsync(context, BedrockCountForm.Instance, TargetOf(context, isStream: false));

    /// <summary>The model may be an ARN: its slashes are the only signs that a path keeps encoded.</summary>
    private static RequestTarget TargetOf(HttpContext context, bool isStream) => new(Uri.UnescapeDataString(context.Request.RouteValues["id"] as string ?? ""), isStream);
}
