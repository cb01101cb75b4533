using System.Text.Json.Nodes;
using Dragoman.Gateway.Configuration;
using Dragoman.Gateway.Routing;
using Dragoman.Management.Accounts;
using Dragoman.Server.Api.Shared;
using Dragoman.Server.Surfaces.Abstractions;

namespace Dragoman.Server.Surfaces.Kiro;

/// <summary>
/// <c>GET /v1/models</c> as a Kiro proxy has it, with the time that strict clients want (wire note A.1.1): what accounts were configured with, what the service lists for the first account that can be asked, else the five
/// usual ones; never an error. Anthropic's clients find their own members beside those.
/// </summary>
internal sealed class KiroModelRoutes(ModelsEndpoint endpoint, ClientAuthentication authentication, AccountReachability reachability, Func<GatewayConfig> config, TimeProvider time) : IKiroRoutes
{
    public void Map(SurfaceRoutes routes) => routes.Open().OnOwnListeners().Get("/v1/models", "The models, with their names; five usual ones where no account says what it serves.", ListAsync);

    private async Task<SurfaceAnswer> ListAsync(SurfaceCall call)
    {
        // Who may see the list, and in which form Google's clients want it, the shared route knows.
        var headers = call.Context.Request.Headers;
        if (headers.ContainsKey("x-goog-api-key") || authentication.Check(call.Context) is not null) return SurfaceAnswer.Stream(endpoint.ListAsync);
        var isAnthropic = headers.ContainsKey("anthropic-version");
        var visible = endpoint.Visible(call.Context);
        var entries = visible.Select(model => Entry(model.Id, model.Facts.DisplayName, ReleaseDate.From(model), model.Servers[0].Provider, isAnthropic)).ToList();
        if (!visible.Any(static model => model.Servers.Any(static server => server.Provider == KiroAccounts.Provider)))
        {
            var live = await LiveAsync(call.CancellationToken);
            if (live.Count == 0 && entries.Count == 0) live = KiroModelNames.Static;
            entries.AddRange(live.Select(id => Entry(id, null, 0, KiroAccounts.Provider, isAnthropic)));
        }

        var list = new JsonObject { ["object"] = "list", ["data"] = new JsonArray([.. entries]) };
        if (isAnthropic) (list["has_more"], list["first_id"], list["last_id"]) = (false, entries[0]["id"]!.DeepClone(), entries[^1]["id"]!.DeepClone());
        return SurfaceAnswer.Json(list);
    }

    /// <summary>What the service lists for the first account that can be asked; what was found holds for half a minute.</summary>
    private async Task<IReadOnlyList<string>> LiveAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        // A token that has ended is not renewed for the sake of a list.
        var account = config().Accounts.FirstOrDefault(one => one is { Provider: KiroAccounts.Provider, Enabled: true } && !(one.Cell.Current.Credential.ExpiresAt <= now));
        return account is null ? [] : (await reachability.CheckAsync(account, cancellationToken)).Models ?? [];
    }

    private JsonNode Entry(string id, string? name, long created, string owner, bool isAnthropic)
    {
        var at = created > 0 ? DateTimeOffset.FromUnixTimeSeconds(created) : time.GetUtcNow();
        var entry = new JsonObject { ["id"] = id, ["object"] = "model", ["created"] = at.ToUnixTimeSeconds(), ["owned_by"] = owner, ["name"] = name ?? NameOf(id) };
        if (isAnthropic) (entry["type"], entry["display_name"], entry["created_at"]) = ("model", name ?? NameOf(id), KiroAnswers.Iso(at));
        return entry;
    }

    /// <summary>A name for people: <c>Claude Sonnet 4.5</c> for <c>claude-sonnet-4.5</c>.</summary>
    private static string NameOf(string id) => string.Join(' ', id.Split('-', StringSplitOptions.RemoveEmptyEntries).Select(static word => char.ToUpperInvariant(word[0]) + word[1..]));
}
