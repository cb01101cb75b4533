using System.Text.Json.Nodes;
using Dragoman.Gateway.Catalog;
using Dragoman.Gateway.ClientKeys;
using Dragoman.Gateway.Configuration;
using Dragoman.Gateway.Requests;
using Dragoman.Management.Accounts;
using Dragoman.Server.Api.Shared;
using Dragoman.Server.Surfaces.Abstractions;

namespace Dragoman.Server.Surfaces.Kiro;

/// <summary>
/// <c>GET /v1/models</c> as a Kiro proxy has it, with the time that strict clients want (wire note A.1.1): what accounts were configured with, what the service lists for the first account that can be asked, else the five
/// usual ones; never an error. Anthropic's clients find their own members beside those.
/// </summary>
internal sealed class KiroModelRoutes(ModelsEndpoint endpoint, ClientAuthentication authentication, AccountProber prober, Func<GatewayConfig> config, TimeProvider time) : IKiroRoutes
{
    private volatile IReadOnlyList<string> _last = [];

    public void Map(SurfaceRoutes routes) => routes.Open().OnOwnListeners().Get("/v1/models", "The models, with their names; five usual ones where no account says what it serves.", ListAsync);

    private async Task<SurfaceAnswer> ListAsync(SurfaceCall call)
    {
        // Who may see the list, and in which form Google's clients want it, the shared route knows.
        var headers = call.Context.Request.Headers;
        if (headers.ContainsKey("x-goog-api-key") || authentication.Check(call.Context) is not null) return SurfaceAnswer.Stream(endpoint.ListAsync);
        var isAnthropic = headers.ContainsKey("anthropic-version");
        var visible = endpoint.Visible(call.Context);
        // What the service itself lists comes before what the gateway's catalog shows of it.
        var live = await LiveAsync(ClientAuthentication.IdentityOf(call.Context), call.CancellationToken);
        var known = live.Select(CanonicalName.Normalize).ToHashSet(StringComparer.Ordinal);
        var entries = live.Select(id => Entry(id, null, 0, KiroAccounts.Provider, isAnthropic))
            .Concat(visible.Where(model => !known.Contains(CanonicalName.Normalize(model.Id))).Select(model => Entry(model.Id, model.Facts.DisplayName, ReleaseDate.From(model), model.Servers[0].Provider, isAnthropic))).ToList();
        if (entries.Count == 0) entries.AddRange(KiroModelNames.Static.Select(id => Entry(id, null, 0, KiroAccounts.Provider, isAnthropic)));

        var list = new JsonObject { ["object"] = "list", ["data"] = new JsonArray([.. entries]) };
        if (isAnthropic) (list["has_more"], list["first_id"], list["last_id"]) = (false, entries[0]["id"]!.DeepClone(), entries[^1]["id"]!.DeepClone());
        return SurfaceAnswer.Json(list);
    }

    /// <summary>What the service lists for the first account that can be asked and serves all it has, or listed last; none for a key that may not use Kiro.</summary>
    private async Task<IReadOnlyList<string>> LiveAsync(ClientIdentity client, CancellationToken cancellationToken)
    {
        if (client.Scopes.Providers.Count > 0) return [];
        var now = time.GetUtcNow();
        // A token that has ended is not renewed for the sake of a list.
        var account = config().Accounts.FirstOrDefault(one => one is { Provider: KiroAccounts.Provider, Enabled: true, Models.Count: 0 } && !(one.Cell.Current.Credential.ExpiresAt <= now));
        if (account is null) return [];
        if ((await prober.CheckAsync(account, cancellationToken)).Models is { Count: > 0 } models) _last = models;
        return client.Scopes.Models.Count == 0 ? _last : [.. _last.Where(client.AllowsModel)];
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
