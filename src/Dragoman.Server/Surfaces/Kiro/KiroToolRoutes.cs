using System.Globalization;
using System.Text.Json.Nodes;
using Dragoman.Management.Accounts;
using Dragoman.Server.Surfaces.Abstractions;

namespace Dragoman.Server.Surfaces.Kiro;

/// <summary>What is left of an account's plan, how quick the service answers, and what else this surface's page asks for (wire note A.3, A.5, A.8).</summary>
internal sealed class KiroToolRoutes(KiroAccounts accounts, AccountCredentials credentials, AccountProber prober, QuotaService quotas, KiroImports imports, TimeProvider time) : IKiroRoutes
{
    public void Map(SurfaceRoutes routes)
    {
        routes.Get("/api/accounts/{id}/usage", "What is left of an account's plan; the vendor is asked at most twice a minute.", UsageAsync);
        routes.Post("/api/speedtest", "Asks the first account that can be used for its models, and says how long that took.", SpeedAsync);
        routes.Post("/api/health-check", "Asks every account for its models.", CheckAsync);
        routes.Get("/api/kiro/login-url", "How to sign in with Kiro's own editor.", LoginHelpAsync);
        routes.Get("/api/browsers", "The browsers that a login can be opened in: the caller's own.", _ => SurfaceAnswer.Json(new JsonObject
        {
            ["browsers"] = new JsonArray(new JsonObject { ["id"] = "default", ["name"] = "Default browser", ["supports_incognito"] = false }),
        }));
    }

    private async Task<SurfaceAnswer> UsageAsync(SurfaceCall call)
    {
        if (accounts.Find(call.Route("id")) is not { } account) return KiroAnswers.Detail(404, "Account not found");
        var asked = await quotas.AskAsync(account.Id, call.Actor, call.CancellationToken);
        if (!asked.Succeeded) return KiroAnswers.Failure(asked.Error);
        if (asked.Value.UsagePage is not { } page || !page.Facts.ContainsKey("limit")) return KiroAnswers.Failure(asked.Value.UsagePage?.Problem ?? "The vendor did not say.");
        return KiroAnswers.Ok(("account_id", KiroAccounts.IdOf(account.Id)), ("account_name", account.Label), ("usage", Usage(page)));
    }

    /// <summary>A plan as this surface shows it. Trials and bonuses count while they are in force.</summary>
    public static JsonObject Usage(QuotaPageView page)
    {
        var (limit, used) = (Number("limit"), Number("used"));
        var balance = Math.Round(limit - used, 2);
        return new JsonObject
        {
            ["subscription_title"] = page.Plan ?? "",
            ["usage_limit"] = limit,
            ["current_usage"] = used,
            ["balance"] = balance,
            ["is_low_balance"] = limit > 0 && balance / limit < 0.2,
            ["free_trial_limit"] = Number("trial-limit"),
            ["free_trial_usage"] = Number("trial-used"),
            ["bonus_limit"] = Number("bonus-limit"),
            ["bonus_usage"] = Number("bonus-used"),
        };

        double Number(string name) => page.Facts.TryGetValue(name, out var text) && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : 0;
    }

    private async Task<SurfaceAnswer> SpeedAsync(SurfaceCall call)
    {
        var now = time.GetUtcNow();
        if (accounts.All().FirstOrDefault(account => new KiroAccountShape(account, credentials.Describe(account.Id), now).IsAvailable) is not { } account) return KiroAnswers.Failure("No account can be used.", ("latency_ms", 0.0));
        var probe = await prober.ProbeAsync(account.Id, call.CancellationToken);
        if (!probe.Succeeded) return KiroAnswers.Failure(probe.Error);
        return probe.Value is { Ok: true, Status: { } status }
            ? KiroAnswers.Ok(("latency_ms", probe.Value.LatencyMs), ("status", status), ("account_id", KiroAccounts.IdOf(account.Id)))
            : KiroAnswers.Failure($"The service {probe.Value.Words}.", ("latency_ms", probe.Value.LatencyMs));
    }

    private async Task<SurfaceAnswer> CheckAsync(SurfaceCall call)
    {
        var results = new JsonArray();
        var healthy = 0;
        foreach (var account in accounts.All())
        {
            var row = await CheckAsync(account, call);
            if (row["healthy"]!.GetValue<bool>()) healthy++;
            results.Add((JsonNode)row);
        }

        return KiroAnswers.Ok(("total", results.Count), ("healthy", healthy), ("unhealthy", results.Count - healthy), ("results", results));
    }

    private async Task<JsonObject> CheckAsync(AccountView account, SurfaceCall call)
    {
        if (!account.Enabled) return Row("disabled", false);
        var probe = await prober.ProbeAsync(account.Id, call.CancellationToken);
        if (!probe.Succeeded) return Row("no_token", false, error: probe.Error.Text);
        var (status, isHealthy) = probe.Value switch
        {
            { Status: 429 } => ("rate_limited", true),
            { Ok: true } => ("healthy", true),
            { Status: 401 or 403 } => ("auth_failed", false),
            { Status: { } code } => ($"error_{code}", false),
            _ => ("error", false),
        };
        return Row(status, isHealthy, probe.Value.LatencyMs, isHealthy ? null : $"The service {probe.Value.Words}.");

        JsonObject Row(string status, bool isHealthy, double? latency = null, string? error = null)
        {
            var row = new JsonObject { ["id"] = KiroAccounts.IdOf(account.Id), ["name"] = account.Label, ["status"] = status, ["healthy"] = isHealthy };
            if (latency is not null) row["latency_ms"] = latency;
            if (error is not null) row["error"] = error;
            return row;
        }
    }

    private async Task<SurfaceAnswer> LoginHelpAsync(SurfaceCall call)
    {
        const string path = KiroImports.Folder + "/kiro-auth-token.json";
        var file = await imports.FindAsync(path, call.CancellationToken);
        return SurfaceAnswer.Json(new JsonObject
        {
            ["message"] = "Sign in here, or take over the login of Kiro's editor.",
            ["instructions"] = new JsonArray("Sign in with Kiro's editor on the gateway's machine.", "Ask for /api/token/scan.", "Add the file with /api/token/add-from-scan."),
            ["token_path"] = path,
            ["token_exists"] = file.Succeeded,
        });
    }
}
