using System.Text.Json;
using System.Text.Json.Nodes;
using Dragoman.Gateway.AccountManagement;
using Dragoman.Management.Accounts;
using Dragoman.Management.Logins;
using Dragoman.Server.Surfaces.Abstractions;

namespace Dragoman.Server.Surfaces.Antigravity;

/// <summary><c>/api/accounts</c> (wire notes surface-clients §3).</summary>
internal sealed class AccountRoutes(AntigravityAccounts directory, AntigravityState state, AccountAdministration accounts, LoginRenewalService renewal, LoginTokens tokens, LoginService logins)
{
    private const int MostImported = 200;

    /// <summary>Maps the routes.</summary>
    public void Map(SurfaceRoutes routes)
    {
        routes.Get("/api/accounts", "The Antigravity accounts.", ListAsync);
        routes.Post("/api/accounts/reload", "Shows the accounts anew; they are in force at once anyway.", _ => AntigravitySurface.Done("Accounts reloaded from disk", ("summary", directory.Count().Words)));
        routes.Get("/api/accounts/export", "The accounts with their refresh tokens.", ExportAsync);
        routes.Post("/api/accounts/import", "Takes accounts over by their refresh tokens.", ImportAsync);
        routes.Post("/api/accounts/{email}/refresh", "Renews an account's login.", RefreshAsync);
        routes.Post("/api/accounts/{email}/toggle", "Switches an account on or off.", ToggleAsync);
        routes.Patch("/api/accounts/{email}", "Sets below which share of its quotas, or of those of single models, an account is not used.", PatchAsync);
        routes.Delete("/api/accounts/{email}", "Removes an account.", RemoveAsync);
    }

    private async Task<SurfaceAnswer> ListAsync(SurfaceCall call)
    {
        var list = new JsonArray();
        foreach (var account in directory.All) list.Add((JsonNode)await directory.DescribeAsync(account, call.CancellationToken));
        var (total, available, limited, invalid, _) = directory.Count();
        return AntigravitySurface.Done(null, ("accounts", list), ("summary", new JsonObject { ["total"] = total, ["available"] = available, ["rateLimited"] = limited, ["invalid"] = invalid }));
    }

    private async Task<SurfaceAnswer> RefreshAsync(SurfaceCall call)
    {
        if (Find(call, out var email) is not { } account) return Missing(email);
        var renewed = await renewal.RenewAsync(account.Id, call.Actor, call.CancellationToken);
        return renewed.Succeeded ? AntigravitySurface.Done($"Token cache cleared for {email}") : AntigravitySurface.Failed(500, renewed.Error.Text);
    }

    private async Task<SurfaceAnswer> ToggleAsync(SurfaceCall call)
    {
        var body = await call.BodyAsync();
        if (body.Flag("enabled") is not { } enabled) return AntigravitySurface.Failed(400, "enabled must be a boolean");
        if (Find(call, out var email) is not { } account) return Missing(email);
        var changed = await accounts.ChangeAsync(account.Id, new AccountUpdate { Enabled = enabled }, call.Actor, call.CancellationToken);
        return changed.Succeeded ? AntigravitySurface.Done($"Account {email} {(enabled ? "enabled" : "disabled")}") : AntigravitySurface.Failed(500, changed.Error.Text);
    }

    private async Task<SurfaceAnswer> RemoveAsync(SurfaceCall call)
    {
        if (Find(call, out var email) is not { } account) return Missing(email);
        return await accounts.RemoveAsync(account.Id, call.Actor, call.CancellationToken) is { } error ? AntigravitySurface.Failed(500, error.Text) : AntigravitySurface.Done($"Account {email} removed");
    }

    private async Task<SurfaceAnswer> PatchAsync(SurfaceCall call)
    {
        var body = await call.BodyAsync();
        if (Find(call, out var email) is not { } account) return AntigravitySurface.Failed(404, $"Account {email} not found");
        var all = await state.ObjectAsync("thresholds", call.CancellationToken);
        var kept = all[account.Id] as JsonObject ?? [];
        if (body.ContainsKey("quotaThreshold"))
        {
            var share = body.Number("quotaThreshold");
            if (body["quotaThreshold"] is not null && share is not (>= 0 and < 1)) return AntigravitySurface.Failed(400, "quotaThreshold must be 0-0.99 or null");
            kept["account"] = share;
        }

        if (body.ContainsKey("modelQuotaThresholds"))
        {
            if (body["modelQuotaThresholds"] is not (null or JsonObject)) return AntigravitySurface.Failed(400, "modelQuotaThresholds must be an object or null");
            var models = body["modelQuotaThresholds"] as JsonObject ?? [];
            foreach (var (model, _) in models)
                if (models.Number(model) is not (>= 0 and < 1)) return AntigravitySurface.Failed(400, $"Invalid threshold for model {model}: must be 0-0.99");
            kept["models"] = models.DeepClone();
        }

        var changed = await accounts.ChangeAsync(account.Id, new AccountUpdate { Settings = ReserveOf(kept) }, call.Actor, call.CancellationToken);
        if (!changed.Succeeded) return AntigravitySurface.Failed(500, changed.Error.Text);
        all[account.Id] = kept.DeepClone();
        await state.SetAsync("thresholds", all, call.CancellationToken);
        var (threshold, limits) = await state.ThresholdsAsync(account.Id, call.CancellationToken);
        return AntigravitySurface.Done($"Account {email} thresholds updated", ("account", new JsonObject { ["email"] = account.Label, ["quotaThreshold"] = threshold, ["modelQuotaThresholds"] = limits }));
    }

    private async Task<SurfaceAnswer> ExportAsync(SurfaceCall call) => SurfaceAnswer.Json(new JsonArray([.. (await tokens.ExportAsync(AntigravityAccounts.Provider, call.Actor)).Select(static token => (JsonNode)(token.RefreshToken is { } refresh
        ? new JsonObject { ["email"] = token.Label, ["refresh_token"] = refresh } : new JsonObject { ["email"] = token.Label, ["api_key"] = token.AccessToken }))]));

    private async Task<SurfaceAnswer> ImportAsync(SurfaceCall call)
    {
        var body = await call.JsonAsync();
        if (body is JsonObject wrapped) body = wrapped["accounts"];
        if (body is not JsonArray { Count: > 0 and <= MostImported } list) return AntigravitySurface.Failed(400, "accounts must be a non-empty array");
        var (added, updated, failed) = (new JsonArray(), new JsonArray(), new JsonArray());
        foreach (var item in list)
        {
            var record = item as JsonObject ?? [];
            var email = record.Text("email");
            var isKnown = email is not null && directory.Find(email) is not null;
            if (await ImportAsync(call, record, email) is { } problem) failed.Add((JsonNode)new JsonObject { ["email"] = email ?? "unknown", ["reason"] = problem });
            else (isKnown ? updated : added).Add((JsonNode)email!);
        }

        var count = added.Count + updated.Count;
        return AntigravitySurface.Done($"Imported {count} accounts", ("results", new JsonObject { ["added"] = added, ["updated"] = updated, ["failed"] = failed }));
    }

    /// <summary>Takes one account over; what kept it from being done, or null.</summary>
    private async Task<string?> ImportAsync(SurfaceCall call, JsonObject record, string? email)
    {
        if (email is not { Length: > 0 }) return "Missing email";
        var refresh = record.Text("refresh_token") ?? record.Text("refreshToken");
        var access = record.Text("api_key") ?? record.Text("apiKey");
        if (refresh is null && access is null) return "Missing refresh_token or api_key";
        var file = new JsonObject { ["type"] = AntigravityAccounts.Provider, ["email"] = email };
        if (refresh is not null) file["refresh_token"] = refresh;
        else file["access_token"] = access;
        var start = new LoginStart(AntigravityAccounts.Provider) { Flow = "import", Content = file.ToJsonString(), SaveAtOnce = true, Acknowledged = call.Query("acknowledged") == "true" };
        var begun = await logins.StartAsync(start, call.Gateway, call.Actor, call.CancellationToken);
        return begun.Succeeded ? begun.Value.Status == LoginStatus.Saved ? null : begun.Value.Error ?? "It could not be saved." : begun.Error.Text;
    }

    /// <summary>Below a threshold nobody is served: the reserve is kept for no key. An account without one goes by the threshold of all.</summary>
    private static Dictionary<string, JsonElement> ReserveOf(JsonObject kept)
    {
        var models = (kept["models"] as JsonObject ?? []).ToDictionary(static pair => pair.Key, static pair => ObeyedSettings.PercentOf(pair.Value!.GetValue<double>()));
        return new()
        {
            ["reserve-percent"] = JsonSerializer.SerializeToElement(kept.Number("account") is { } share ? ObeyedSettings.PercentOf(share) : (int?)null),
            ["reserve-models"] = JsonSerializer.SerializeToElement(models.Count > 0 ? models : null),
            ["reserve-for"] = JsonSerializer.SerializeToElement<object?>(null),
        };
    }

    private AccountView? Find(SurfaceCall call, out string email)
    {
        email = call.Route("email");
        return directory.Find(email);
    }

    private static SurfaceAnswer Missing(string email) => AntigravitySurface.Failed(500, $"Account {email} not found");
}
