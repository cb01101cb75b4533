using Dragoman.Protocols;
using Dragoman.Protocols.Registry;
using Dragoman.Server.Api.Shared;

namespace Dragoman.Server.Api.Responses;

/// <summary>The routes of OpenAI Responses, its kept state included.</summary>
internal sealed class ResponsesRoutes(ResponsesEndpoint create, StoredResponseEndpoint kept, CompactEndpoint compact, ConversationsEndpoint conversations, CountTokensEndpoint count) : IClientRoutes
{
    /// <summary>Where Codex looks for them when it takes this gateway for ChatGPT's own address.</summary>
    private const string CodexPrefix = "/backend-api/codex/";

    /// <inheritdoc/>
    public void Map(IEndpointRouteBuilder routes)
    {
        var protocol = ProtocolRegistry.Client(Protocol.OpenAiResponses);
        Map("POST", "responses", create.CreateAsync);
        Map("POST", "responses/input_tokens", context => count.HandleAsync(context, protocol));
        Map("POST", "responses/compact", compact.CompactAsync);
        Map("GET", "responses/{id}", kept.GetAsync);
        Map("DELETE", "responses/{id}", kept.DeleteAsync);
        Map("POST", "responses/{id}/cancel", kept.CancelAsync);
        Map("GET", "responses/{id}/input_items", kept.InputItemsAsync);
        Map("POST", "conversations", conversations.CreateAsync);
        Map("GET", "conversations/{id}", conversations.GetAsync);
        Map("POST", "conversations/{id}", conversations.UpdateAsync);
        Map("DELETE", "conversations/{id}", conversations.DeleteAsync);
        Map("POST", "conversations/{id}/items", conversations.AddItemsAsync);
        Map("GET", "conversations/{id}/items", conversations.ListItemsAsync);
        Map("GET", "conversations/{id}/items/{item}", conversations.GetItemAsync);
        Map("DELETE", "conversations/{id}/items/{item}", conversations.DeleteItemAsync);

        void Map(string method, string path, RequestDelegate handle) => MapRoute(routes, method, path, handle);
    }

    /// <summary>Maps a route of Responses under every prefix.</summary>
    public static void MapRoute(IEndpointRouteBuilder routes, string method, string path, RequestDelegate handle)
    {
        foreach (var prefix in ClientRoute.Prefixes) routes.MapMethods(prefix + path, [method], handle).WithMetadata(new ClientRoute(Protocol.OpenAiResponses));
        routes.MapMethods(CodexPrefix + path, [method], handle).WithMetadata(new ClientRoute(Protocol.OpenAiResponses));
    }
}
