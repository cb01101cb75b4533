using System.Text.Json.Nodes;
using Dragoman.Gateway.Configuration;
using Dragoman.Management.Accounts;
using Dragoman.Protocols;
using Dragoman.Protocols.Registry;
using Dragoman.Server.Api.Shared;
using Dragoman.Server.Observability;
using Dragoman.Server.Surfaces.Abstractions;

namespace Dragoman.Server.Surfaces.Antigravity;

/// <summary>The log, the list of models, and what Claude Code posts to the base address (wire notes codex-and-antigravity D.1, surface-clients §3).</summary>
internal sealed class OtherRoutes(RecentLog log, LogStream stream, ModelsEndpoint endpoint, ClientAuthentication authentication, AccountProber prober, Func<GatewayConfig> config, TimeProvider time)
{
    /// <summary>Maps the routes.</summary>
    public void Map(SurfaceRoutes routes)
    {
        routes.Get("/api/logs", "The last lines of the log.", _ => AntigravitySurface.Done(null, ("logs", LogEntries.From(log))));
        routes.WithSecretIn("password").Get("/api/logs/stream", "The log as it is written, with ?history=true the last lines first; the password may stand in ?password=.", call => stream.Follow(call.Query("history") == "true", AntigravitySurface.Failed(409, "Too many listen already.")));
        var open = routes.Open().OnOwnListeners();
        open.Get("/v1/models", "The models, also those that the vendor lists for the accounts.", ListAsync);
        open.WithBody(null).Post("/", "Telemetry of Claude Code, which is dropped.", _ => AntigravitySurface.Done());
        open.WithBody(null).Post("/api/event_logging/batch", "Telemetry of Claude Code, which is dropped.", _ => AntigravitySurface.Done());
    }

    private async Task<SurfaceAnswer> ListAsync(SurfaceCall call)
    {
        if (authentication.Check(call.Context) is { } refusal) return Error(refusal with { Message = "Invalid or missing API key" });
        var enabled = config().Accounts.Where(static account => account.Enabled).ToList();
        if (enabled.Count == 0) return Error(new WireError(ErrorKind.Api, "No accounts available") { Status = 503 });
        var data = new JsonArray();
        var seen = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var model in endpoint.Visible(call.Context))
            if (seen.Add(model.Id)) data.Add((JsonNode)Model(model.Id, model.Facts.Vendor ?? model.Servers[0].Provider, model.Facts.DisplayName ?? model.Id, ReleaseDate.From(model)));
        var scopes = ClientAuthentication.IdentityOf(call.Context).Scopes;
        foreach (var account in enabled.Where(account => scopes.Models.Count == 0 && scopes.Providers.Count == 0 && account.Provider == AntigravityAccounts.Provider))
        {
            foreach (var id in (await prober.CheckAsync(account, call.CancellationToken)).Models ?? [])
                if (seen.Add(id)) data.Add((JsonNode)Model(id, id.StartsWith("claude-", StringComparison.Ordinal) ? "anthropic" : "google", id, time.GetUtcNow().ToUnixTimeSeconds()));
        }

        return SurfaceAnswer.Json(new JsonObject
        {
            ["object"] = "list", ["data"] = data, ["has_more"] = false, ["first_id"] = data.Count > 0 ? data[0]!["id"]!.GetValue<string>() : null, ["last_id"] = data.Count > 0 ? data[^1]!["id"]!.GetValue<string>() : null,
        });
    }

    private static JsonObject Model(string id, string owner, string name, long created) => new()
    {
        ["id"] = id, ["object"] = "model", ["created"] = created, ["owned_by"] = owner, ["description"] = name, ["type"] = "model", ["display_name"] = name, ["created_at"] = JsonTimes.Iso(DateTimeOffset.FromUnixTimeSeconds(created)),
    };

    private static SurfaceAnswer Error(WireError error)
    {
        var protocol = ProtocolRegistry.Client(Protocol.AnthropicMessages);
        var body = new System.Buffers.ArrayBufferWriter<byte>();
        protocol.WriteError(error, body);
        return SurfaceAnswer.Text(protocol.StatusOf(error), System.Text.Encoding.UTF8.GetString(body.WrittenSpan), "application/json");
    }
}
