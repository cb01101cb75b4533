using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Dragoman.Gateway.Configuration;
using Dragoman.Management.Accounts;
using Dragoman.Management.Usage;
using Dragoman.Server.Surfaces.Abstractions;

namespace Dragoman.Server.Surfaces.Antigravity;

/// <summary><c>/health</c>, <c>/account-limits</c> and <c>/refresh-token</c> (wire notes codex-and-antigravity D.2 to D.4).</summary>
internal sealed class LimitRoutes(AntigravityAccounts accounts, ModelMappings mappings, Func<GatewayConfig> config, QuotaService quotas, LoginRenewalService renewal, LoginTokens tokens, UsageReport usage, TimeProvider time)
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(15);

    /// <summary>Maps the routes.</summary>
    public void Map(SurfaceRoutes routes)
    {
        routes.Get("/health", "Whether the gateway answers, with its Antigravity accounts; with ?accounts=array they stand under that name.", HealthAsync);
        routes.Get("/account-limits", "What is left of every account's models, as JSON or with ?format=table as text; with ?includeHistory=true the use of the last thirty days too.", LimitsAsync);
        routes.Post("/refresh-token", "Renews the accounts' logins.", RefreshAsync);
        routes.Get("/api/stats/history", "Requests by hour and model.", async call => SurfaceAnswer.Json(await HistoryAsync(call.CancellationToken)));
    }

    private async Task<SurfaceAnswer> HealthAsync(SurfaceCall call)
    {
        var started = time.GetTimestamp();
        await AskAsync(call);
        var (total, available, limited, invalid, words) = accounts.Count();
        var now = time.GetUtcNow();
        var details = new JsonArray();
        foreach (var account in accounts.All)
        {
            var (status, error) = AntigravityAccounts.StatusOf(account);
            var models = new JsonObject();
            foreach (var (id, quota) in AntigravityAccounts.QuotasOf(account)) models[id] = quota.ToJson();
            var until = account.Cooldowns.Where(static cooldown => cooldown.CoolingDown).Min(static cooldown => cooldown.Until);
            var detail = new JsonObject
            {
                ["email"] = account.Label, ["status"] = status, ["lastUsed"] = JsonTimes.Iso(account.Health.LastUsedAt), ["modelRateLimits"] = accounts.Limits(account),
                ["rateLimitCooldownRemaining"] = until is { } end ? Math.Max(0, (long)(end - now).TotalMilliseconds) : 0, ["models"] = models,
            };
            if (error is not null) detail["error"] = error;
            details.Add((JsonNode)detail);
        }

        var isArray = call.Query("accounts") == "array";
        var answer = new JsonObject
        {
            ["status"] = "ok",
            ["accounts"] = isArray ? details : total,
            ["activeAccounts"] = available,
            ["timestamp"] = JsonTimes.Iso(now),
            ["latencyMs"] = (long)time.GetElapsedTime(started).TotalMilliseconds,
            ["summary"] = words,
            ["counts"] = new JsonObject { ["total"] = total, ["available"] = available, ["rateLimited"] = limited, ["invalid"] = invalid },
        };
        if (!isArray) answer["details"] = details;
        return SurfaceAnswer.Json(answer);
    }

    private async Task<SurfaceAnswer> LimitsAsync(SurfaceCall call)
    {
        await AskAsync(call);
        var all = accounts.All.Select(account => new AccountLimits(account, AntigravityAccounts.QuotasOf(account))).ToList();
        var models = all.SelectMany(static one => one.Quotas.Keys).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList();
        if (call.Query("format") == "table") return SurfaceAnswer.Text(200, LimitTable.Write(all, models, accounts.Count().Words, time.GetUtcNow()));
        var list = new JsonArray();
        foreach (var (account, limits) in all)
        {
            var described = await accounts.DescribeAsync(account, call.CancellationToken);
            var (status, error) = AntigravityAccounts.StatusOf(account);
            // The contract's own members stand first.
            var one = new JsonObject { ["email"] = account.Label, ["status"] = status == "rate-limited" ? "ok" : status, ["error"] = error };
            foreach (var (name, value) in described.ToList())
                if (name != "email") one[name] = value?.DeepClone();
            var left = new JsonObject();
            foreach (var model in models) left[model] = limits.TryGetValue(model, out var quota) ? quota.ToJson() : null;
            one["limits"] = left;
            list.Add((JsonNode)one);
        }

        var answer = new JsonObject
        {
            ["timestamp"] = JsonTimes.Local(time.GetUtcNow()),
            ["totalAccounts"] = all.Count,
            ["models"] = new JsonArray([.. models.Select(static model => (JsonNode)model)]),
            ["modelConfig"] = await mappings.ReadAsync(call.CancellationToken),
            ["globalQuotaThreshold"] = config().Routing.Limits.GetValueOrDefault(AntigravityAccounts.Provider)?.Reserve ?? 0,
            ["accounts"] = list,
        };
        if (call.Query("includeHistory") == "true") answer["history"] = await HistoryAsync(call.CancellationToken);
        return SurfaceAnswer.Json(answer);
    }

    private async Task<SurfaceAnswer> RefreshAsync(SurfaceCall call)
    {
        var (beginning, problem) = ((string?)null, "No accounts available");
        foreach (var account in accounts.All)
        {
            var renewed = await renewal.RenewAsync(account.Id, call.Actor, call.CancellationToken);
            if (renewed.Succeeded) beginning ??= tokens.BeginningOf(account.Id, 10);
            else problem = renewed.Error.Text;
        }

        return beginning is null
            ? AntigravitySurface.Failed(500, problem)
            : SurfaceAnswer.Json(new JsonObject { ["status"] = "ok", ["message"] = "Token caches cleared and refreshed", ["tokenPrefix"] = beginning + "..." });
    }

    /// <summary>Asks every account's usage page; one that fails is shown so.</summary>
    private async Task AskAsync(SurfaceCall call)
    {
        try
        {
            await Task.WhenAll(accounts.All.Where(static account => !AntigravityAccounts.IsInvalid(account)).Select(account => quotas.AskAsync(account.Id, call.Actor, call.CancellationToken))).WaitAsync(LongestWait, time, call.CancellationToken);
        }
        catch (TimeoutException)
        {
            // What has come by now is shown.
        }
    }

    private async Task<JsonObject> HistoryAsync(CancellationToken cancellationToken)
    {
        var from = time.GetUtcNow().AddDays(-30).UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        var summary = await usage.SummariseAsync(new UsageFilter { From = from, Provider = AntigravityAccounts.Provider }, "model", "hour", cancellationToken);
        var history = new JsonObject();
        foreach (var row in summary.Value?.Rows ?? [])
        {
            if (row is not { At: { } hour, Model: { Length: > 0 } model }) continue;
            var key = JsonTimes.Iso(hour)!;
            if (history[key] is not JsonObject entry) history[key] = entry = new JsonObject { ["_total"] = 0L };
            var family = FamilyOf(model);
            if (entry[family] is not JsonObject models) entry[family] = models = new JsonObject { ["_subtotal"] = 0L };
            models[model.StartsWith(family + "-", StringComparison.OrdinalIgnoreCase) ? model[(family.Length + 1)..] : model] = row.Requests;
            models["_subtotal"] = models["_subtotal"]!.GetValue<long>() + row.Requests;
            entry["_total"] = entry["_total"]!.GetValue<long>() + row.Requests;
        }

        return history;
    }

    private static string FamilyOf(string model) => model.Contains("claude", StringComparison.OrdinalIgnoreCase) ? "claude" : model.Contains("gemini", StringComparison.OrdinalIgnoreCase) ? "gemini" : "other";
}

/// <summary>An account and what is left of its models.</summary>
internal sealed record AccountLimits(AccountView Account, SortedDictionary<string, ModelQuota> Quotas);

/// <summary>The table of <c>/account-limits?format=table</c>, to the letter (wire notes codex-and-antigravity D.3).</summary>
internal static class LimitTable
{
    private const int AccountWidth = 25;
    private const int StatusWidth = 15;
    private const int LastUsedWidth = 25;
    private const int ColumnWidth = 30;

    /// <summary>Writes it.</summary>
    /// <param name="all">The accounts.</param>
    /// <param name="models">The models, in their order.</param>
    /// <param name="counts">The counts, in words.</param>
    /// <param name="now">The time.</param>
    public static string Write(IReadOnlyList<AccountLimits> all, IReadOnlyList<string> models, string counts, DateTimeOffset now)
    {
        var lines = new List<string>
        {
            $"Account Limits ({JsonTimes.Local(now)})", $"Accounts: {counts}", "",
            "Account".PadRight(AccountWidth) + "Status".PadRight(StatusWidth) + "Last Used".PadRight(LastUsedWidth) + "Quota Reset", new string('─', 90),
        };
        var claude = models.FirstOrDefault(static model => model.Contains("claude", StringComparison.Ordinal));
        foreach (var (account, quotas) in all)
        {
            var (status, error) = AntigravityAccounts.StatusOf(account);
            var reset = claude is not null && quotas.TryGetValue(claude, out var quota) && quota.ResetsAt is { } at ? JsonTimes.Local(at) : "-";
            lines.Add(Name(account, 22).PadRight(AccountWidth) + StatusText(status, quotas).PadRight(StatusWidth) + (account.Health.LastUsedAt is { } used ? JsonTimes.Local(used) : "never").PadRight(LastUsedWidth) + reset);
            if (error is not null) lines.Add($"  └─ {error}");
        }

        lines.Add("");
        var first = Math.Max(28, models.Select(static model => model.Length).DefaultIfEmpty(0).Max()) + 2;
        var head = new StringBuilder("Model".PadRight(first));
        foreach (var (account, _) in all) head.Append(Name(account, 26).PadRight(ColumnWidth));
        lines.Add(head.ToString());
        lines.Add(new string('─', first + (all.Count * ColumnWidth)));
        foreach (var model in models)
        {
            var row = new StringBuilder(model.PadRight(first));
            foreach (var (account, quotas) in all) row.Append(Cell(AntigravityAccounts.StatusOf(account).Status, quotas.GetValueOrDefault(model), now).PadRight(ColumnWidth));
            lines.Add(row.ToString());
        }

        return string.Join('\n', lines);
    }

    private static string StatusText(string status, SortedDictionary<string, ModelQuota> quotas)
    {
        if (status is "invalid" or "error" or "banned") return status == "banned" ? "invalid" : status;
        var usedUp = quotas.Values.Count(static quota => quota.IsUsedUp);
        return usedUp == 0 ? "ok" : $"({usedUp}/{quotas.Count}) limited";
    }

    private static string Cell(string status, ModelQuota? quota, DateTimeOffset now)
    {
        if (status is not ("ok" or "rate-limited")) return $"[{status}]";
        if (quota is null) return "-";
        if (!quota.IsUsedUp) return $"{ModelQuota.Percent(quota.Fraction!.Value)}%";
        if (quota.ResetsAt is not { } reset) return "0% (exhausted)";
        return reset > now ? $"0% (wait {Wait(reset - now)})" : "0% (resetting...)";
    }

    private static string Wait(TimeSpan wait)
    {
        var (hours, minutes, seconds) = ((long)wait.TotalHours, wait.Minutes, wait.Seconds);
        return hours > 0 ? $"{hours}h{minutes}m{seconds}s" : minutes > 0 ? $"{minutes}m{seconds}s" : $"{seconds}s";
    }

    private static string Name(AccountView account, int most)
    {
        var name = account.Label.Split('@')[0];
        return name.Length > most ? name[..most] : name;
    }
}
