using System.Text.Json.Nodes;
using Dragoman.Gateway.Configuration;
using Dragoman.Gateway.Providers;
using Dragoman.Gateway.Requests;
using Dragoman.Management.Settings;
using Dragoman.Server.Surfaces.Abstractions;

namespace Dragoman.Server.Surfaces.Kiro.Admin;

/// <summary>What the admin API's page asks for at its start: how long records are kept, and whether there is a newer version (surface-clients §4). The gateway looks for none and installs none.</summary>
internal sealed class AdminSystemRoutes(Func<GatewayConfig> config, SettingsService settings, TimeProvider time) : IKiroRoutes
{
    private const string NoUpdates = "The gateway does not look for new versions.";

    public void Map(SurfaceRoutes routes)
    {
        routes.Get("/api/admin/config/log-governance", "Whether requests are recorded, and for how many days (`flows` of the configuration).", _ => SurfaceAnswer.Json(Governance()));
        routes.Put("/api/admin/config/log-governance", "Changes that, in the gateway's configuration.", SetGovernanceAsync);
        routes.Get("/api/admin/config/update", "Settings of updates: there are none.", _ => SurfaceAnswer.Json(new JsonObject { ["githubTokenSet"] = false, ["autoApply"] = false, ["autoApplyTime"] = "" }));
        routes.Get("/api/admin/system/update/check", "The version that runs; nobody looks for a newer one.", _ => SurfaceAnswer.Json(new JsonObject
        {
            ["currentVersion"] = Product.Version, ["latestVersion"] = "", ["hasUpdate"] = false, ["buildType"] = "binary", ["checkedAt"] = KiroAnswers.Iso(time.GetUtcNow()), ["cached"] = false, ["warning"] = NoUpdates,
        }));
    }

    private JsonObject Governance() => new()
    {
        ["traceEnabled"] = config().Flows.Mode != FlowMode.Off, ["traceRetentionDays"] = (int)config().Flows.Retention.TotalDays, ["usageLogRetentionDays"] = 0,
    };

    private async Task<SurfaceAnswer> SetGovernanceAsync(SurfaceCall call)
    {
        var body = await call.BodyAsync();
        var changes = new List<KeyValuePair<string, JsonNode?>>();
        if (body.Flag("traceEnabled") is { } enabled && enabled != (config().Flows.Mode != FlowMode.Off)) changes.Add(new("flows.mode", enabled ? "metadata" : "off"));
        if (body.Number("traceRetentionDays") is { } days)
        {
            if (days is < 1 or > 365) return AdminAnswers.Invalid("'traceRetentionDays' is from 1 to 365.");
            changes.Add(new("flows.retention-days", (int)days));
        }

        if (changes.Count == 0) return SurfaceAnswer.Json(Governance());
        var changed = await settings.ChangeAsync(changes, null, call.Actor, call.CancellationToken);
        return changed.Succeeded ? SurfaceAnswer.Json(Governance()) : AdminAnswers.From(changed.Error);
    }
}
