using System.Text.Json.Nodes;
using Dragoman.Gateway.Configuration;
using Dragoman.Gateway.Providers;
using Dragoman.Management.Access;
using Dragoman.Management.Settings;
using Dragoman.Server.Surfaces.Abstractions;
using Dragoman.Server.Surfaces.Access;

namespace Dragoman.Server.Surfaces.Antigravity;

/// <summary><c>/api/config</c>, <c>/api/settings</c>, <c>/api/models/config</c> and <c>/api/strategy</c> (wire notes surface-clients §3). The gateway obeys what it has too (<see cref="ObeyedSettings"/>); the rest is kept and shown.</summary>
internal sealed class ConfigRoutes(AntigravityState state, ModelMappings mappings, Func<GatewayConfig> config, AntigravityAccounts accounts, SettingsService settings, ManagementSecret secret, ManagementSecretService secrets, ManagementLogin login)
{
    private const string Key = "config";

    private static readonly string Note = $"Of these settings the gateway obeys {string.Join(", ", ObeyedSettings.Names.Order(StringComparer.Ordinal))}, which stand in its configuration file; the others are kept and shown, and have no effect.";

    private static readonly string[] Levels = ["info", "warn", "error", "debug"];
    private static readonly string[] Flags = ["debug", "devMode", "persistTokenCache", "requestThrottlingEnabled"];

    /// <summary>Maps the routes.</summary>
    public void Map(SurfaceRoutes routes)
    {
        routes.Get("/api/config", "The settings.", async call => AntigravitySurface.Done(null, ("config", await ReadAsync(call)), ("version", Product.Version), ("note", Note)));
        routes.Post("/api/config", "Changes settings.", ChangeAsync);
        routes.Post("/api/config/password", "Changes the password, which is the management secret.", ChangePasswordAsync);
        routes.Get("/api/settings", "The settings that hold now.", async call =>
        {
            var all = await ReadAsync(call);
            all["port"] = call.Context.Connection.LocalPort;
            return AntigravitySurface.Done(null, ("settings", all));
        });
        routes.Post("/api/models/config", "Changes what a name of a model means on this surface (mapping, alias), and how the page shows it (hidden, pinned).", ChangeModelAsync);
        routes.Get("/api/strategy/health", "How the strategy sees the accounts; in developer mode only.", HealthAsync);
    }

    private async Task<JsonObject> ReadAsync(SurfaceCall call)
    {
        var all = ServerSettings.Defaults();
        ServerSettings.Merge(all, await state.ObjectAsync(Key, call.CancellationToken));
        ObeyedSettings.Show(all, config());
        all["modelMapping"] = await mappings.ReadAsync(call.CancellationToken);
        all["apiKey"] = "";
        all["webuiPassword"] = secret.IsSet ? "********" : "";
        return all;
    }

    private async Task<SurfaceAnswer> ChangeAsync(SurfaceCall call)
    {
        var body = await call.BodyAsync();
        var updates = ServerSettings.Valid(body);
        foreach (var flag in Flags)
            if (body.Flag(flag) is { } value) updates[flag] = value;
        // One implies the other, as the page has it.
        if ((body.Flag("devMode") ?? body.Flag("debug")) is { } developer) (updates["devMode"], updates["debug"]) = (developer, developer);
        if (body.Text("logLevel") is { } level && Levels.Contains(level)) updates["logLevel"] = level;
        if (body.Number("requestDelayMs") is >= 100 and <= 5_000) updates["requestDelayMs"] = body["requestDelayMs"]!.DeepClone();
        if (updates.Count == 0) return AntigravitySurface.Failed(400, "No valid configuration updates provided");
        var changes = ObeyedSettings.ChangesFor(updates, await ReadAsync(call));
        if (changes.Count > 0)
        {
            var changed = await settings.ChangeAsync(changes, null, call.Actor, call.CancellationToken);
            if (!changed.Succeeded) return AntigravitySurface.Failed(500, $"Failed to save configuration file: {changed.Error.Text}");
        }

        var kept = await state.ObjectAsync(Key, call.CancellationToken);
        ServerSettings.Merge(kept, updates);
        await state.SetAsync(Key, kept, call.CancellationToken);
        var idle = new JsonArray([.. ObeyedSettings.WithoutEffect(updates).Select(static name => (JsonNode)name)]);
        return AntigravitySurface.Done("Configuration saved", ("updates", updates), ("config", await ReadAsync(call)), ("withoutEffect", idle), ("note", Note));
    }

    private async Task<SurfaceAnswer> ChangePasswordAsync(SurfaceCall call)
    {
        var body = await call.BodyAsync();
        if (body.Text("newPassword") is not { Length: > 0 } password) return AntigravitySurface.Failed(400, "New password is required");
        if (secret.IsSet && await login.CheckAsync(body.Text("oldPassword") ?? "", call.Context.Connection.RemoteIpAddress, HttpActor.From(call.Context), call.CancellationToken) is { } wrong)
            return AntigravitySurface.Failed(wrong.Kind == Management.ManagementErrorKind.LockedOut ? 429 : 403, wrong.Kind == Management.ManagementErrorKind.LockedOut ? wrong.Text : "Invalid current password");
        return await secrets.SetAsync(password, call.Actor, call.CancellationToken) is { } error ? AntigravitySurface.Failed(400, error.Text) : AntigravitySurface.Done("Password changed successfully");
    }

    private async Task<SurfaceAnswer> ChangeModelAsync(SurfaceCall call)
    {
        var body = await call.BodyAsync();
        if (body.Text("modelId") is not { Length: > 0 and <= 200 } model || body["config"] is not JsonObject change) return AntigravitySurface.Failed(400, "Invalid parameters");
        var own = await mappings.ChangeAsync(model, change, call.CancellationToken);
        return AntigravitySurface.Done(null, ("modelConfig", own.DeepClone()));
    }

    private async Task<SurfaceAnswer> HealthAsync(SurfaceCall call)
    {
        var all = await ReadAsync(call);
        if (all.Flag("devMode") != true) return AntigravitySurface.Failed(403, "Developer mode is not enabled");
        var selection = (JsonObject)all["accountSelection"]!;
        var (least, most) = (((JsonObject)selection["healthScore"]!).Number("minUsable") ?? 50, (long)(((JsonObject)selection["tokenBucket"]!).Number("maxTokens") ?? 50));
        var list = accounts.All.Select(account =>
        {
            var score = account.Health.Score ?? 70;
            var left = Math.Max(0, most - account.Health.Running);
            return (JsonNode)new JsonObject
            {
                ["email"] = account.Label, ["healthScore"] = score, ["isUsable"] = score >= least && account is { Enabled: true, Problem: null }, ["consecutiveFailures"] = account.Health.ConsecutiveFailures,
                ["tokens"] = left, ["hasTokens"] = left > 0, ["maxTokens"] = most,
            };
        });
        return AntigravitySurface.Done(null, ("strategy", selection.Text("strategy")), ("trackers", new JsonObject { ["accounts"] = new JsonArray([.. list]) }));
    }
}
