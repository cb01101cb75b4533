using Dragoman.Protocols;
using Dragoman.Protocols.Registry;
using Dragoman.Server.Api.Responses.Sockets;
using Dragoman.Server.Hosting;

namespace Dragoman.Server.Api.Responses;

/// <summary>The routes of OpenAI Responses, its kept state included.</summary>
internal static class ResponsesRoutes
{
    /// <summary>Where Codex looks for them when it takes this gateway for ChatGPT's own address.</summary>
    private const string CodexPrefix = "/backend-api/codex/";

    public static void Map(IEndpointRouteBuilder routes, GatewayServices services, CountTokensEndpoint count)
    {
        var language = ProtocolRegistry.Client(Protocol.OpenAiResponses);
        var state = new ResponsesState(services);
        var create = new ResponsesEndpoint(services, state);
        var kept = new StoredResponseEndpoint(services, state);
        var compact = new CompactEndpoint(services, state);
        var socket = new SocketEndpoint(services, state);
        var conversations = new ConversationsEndpoint(services, state);
        Map("POST", "responses", create.CreateAsync);
        Map("GET", "responses", socket.OpenAsync);
        Map("POST", "responses/input_tokens", context => count.HandleAsync(context, language));
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

        void Map(string method, string path, RequestDelegate handle)
        {
            foreach (var prefix in ClientRoutes.Prefixes) routes.MapMethods(prefix + path, [method], handle).WithMetadata(new ClientRoute(Protocol.OpenAiResponses));
            routes.MapMethods(CodexPrefix + path, [method], handle).WithMetadata(new ClientRoute(Protocol.OpenAiResponses));
        }
    }
}
