using System.Text.Json.Nodes;
using Dragoman.Gateway.Routing;
using Dragoman.Server.Api.Shared;
using Dragoman.Server.Surfaces.Abstractions;

namespace Dragoman.Server.Surfaces.Kiro;

/// <summary><c>GET /v1/models</c> as a Kiro proxy has it, with the time that strict clients want (wire note A.1.1). Clients that show by their headers that they are another vendor's get that vendor's list.</summary>
internal sealed class KiroModelRoutes(ModelsEndpoint endpoint, ClientAuthentication authentication, TimeProvider time) : IKiroRoutes
{
    public void Map(SurfaceRoutes routes) => routes.Open().OnOwnListeners().Get("/v1/models", "The models, with their names; five usual ones where no account says what it serves.", List);

    private SurfaceAnswer List(SurfaceCall call)
    {
        // Who may see the list, and in which form another vendor's client wants it, the shared route knows.
        var headers = call.Context.Request.Headers;
        if (headers.ContainsKey("anthropic-version") || headers.ContainsKey("x-goog-api-key") || authentication.Check(call.Context) is not null) return SurfaceAnswer.Stream(endpoint.ListAsync);
        var visible = endpoint.Visible(call.Context);
        var entries = visible.Count > 0 ? visible.Select(model => Entry(model.Id, model.Facts.DisplayName, ReleaseDate.From(model), OwnerOf(model))) : KiroModelNames.Static.Select(id => Entry(id, null, 0, KiroAccounts.Provider));
        return SurfaceAnswer.Json(new JsonObject { ["object"] = "list", ["data"] = new JsonArray([.. entries]) });
    }

    private JsonNode Entry(string id, string? name, long created, string owner) => new JsonObject
    {
        ["id"] = id, ["object"] = "model", ["created"] = created > 0 ? created : time.GetUtcNow().ToUnixTimeSeconds(), ["owned_by"] = owner, ["name"] = name ?? NameOf(id),
    };

    private static string OwnerOf(VisibleModel model) => model.Servers[0].Provider;

    /// <summary>A name for people: <c>Claude Sonnet 4.5</c> for <c>claude-sonnet-4.5</c>.</summary>
    private static string NameOf(string id) => string.Join(' ', id.Split('-', StringSplitOptions.RemoveEmptyEntries).Select(static word => char.ToUpperInvariant(word[0]) + word[1..]));
}
