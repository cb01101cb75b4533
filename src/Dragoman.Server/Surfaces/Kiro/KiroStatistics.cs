using System.Globalization;
using System.Text.Json.Nodes;
using Dragoman.Management;
using Dragoman.Management.Accounts;
using Dragoman.Management.Hosting;
using Dragoman.Management.Usage;

namespace Dragoman.Server.Surfaces.Kiro;

/// <summary>The numbers of this surface, from the gateway's ledger: they outlive the process, other than in the system it stands for (wire note A.2).</summary>
internal sealed class KiroStatistics(KiroAccounts accounts, AccountCredentials credentials, UsageReport usage, IGatewayProcess process, TimeProvider time)
{
    /// <summary>How many log rows that system keeps.</summary>
    public const int Ring = 1_000;

    /// <summary>The numbers at large.</summary>
    public async Task<ManagementResult<JsonObject>> TotalsAsync(CancellationToken cancellationToken)
    {
        var sums = await usage.SummariseAsync(new UsageFilter(), null, null, cancellationToken);
        if (!sums.Succeeded) return sums.Error;
        var (requests, errors) = (sums.Value.Total?.Requests ?? 0, sums.Value.Total?.Errors ?? 0);
        var now = time.GetUtcNow();
        var shapes = accounts.All().Select(account => new KiroAccountShape(account, credentials.Describe(account.Id), now)).ToList();
        return new JsonObject
        {
            ["uptime_seconds"] = (long)Math.Max(0, (now - process.StartedAt).TotalSeconds),
            ["total_requests"] = requests,
            ["total_errors"] = errors,
            ["error_rate"] = KiroAnswers.Percent(errors, requests),
            ["accounts_total"] = shapes.Count,
            ["accounts_available"] = shapes.Count(static shape => shape.IsAvailable),
            ["accounts_cooldown"] = shapes.Count(static shape => shape.Status == "cooldown"),
            ["recent_logs"] = Math.Min(Ring, requests),
        };
    }

    /// <summary>The numbers by account, model and hour.</summary>
    public async Task<ManagementResult<JsonObject>> DetailAsync(CancellationToken cancellationToken)
    {
        var byAccount = await usage.SummariseAsync(new UsageFilter(), "account", null, cancellationToken);
        if (!byAccount.Succeeded) return byAccount.Error;
        var byModel = await usage.SummariseAsync(new UsageFilter(), "model", null, cancellationToken);
        if (!byModel.Succeeded) return byModel.Error;
        var day = await usage.SummariseAsync(new UsageFilter { From = time.GetUtcNow().AddHours(-24).ToString("O", CultureInfo.InvariantCulture) }, null, "hour", cancellationToken);
        if (!day.Succeeded) return day.Error;
        var newest = await usage.ListAsync(new UsageFilter(), Ring, null, cancellationToken);
        if (!newest.Succeeded) return newest.Error;
        var lastUse = newest.Value.Entries.GroupBy(static entry => entry.Account).ToDictionary(static group => group.Key, static group => group.Max(static entry => entry.At));
        return new JsonObject
        {
            ["by_account"] = ByName(byAccount.Value.Rows, static row => NameOf(row.Account), row => new JsonObject
            {
                ["total_requests"] = row.Requests,
                ["total_errors"] = row.Errors,
                ["error_rate"] = KiroAnswers.Percent(row.Errors, row.Requests),
                ["total_tokens_in"] = row.InputTokens,
                ["total_tokens_out"] = row.OutputTokens,
                ["last_request"] = lastUse.TryGetValue(row.Account ?? "", out var at) ? KiroAnswers.Seconds(at) : 0.0,
            }),
            ["by_model"] = ByName(byModel.Value.Rows, static row => row.Model ?? "", static row => new JsonObject { ["total_requests"] = row.Requests, ["total_errors"] = row.Errors, ["avg_latency_ms"] = Math.Round(row.MeanDurationMs, 2) }),
            ["hourly_requests"] = ByName(day.Value.Rows, static row => ((row.At ?? default).ToUnixTimeSeconds() / 3600).ToString(CultureInfo.InvariantCulture), static row => row.Requests),
            ["requests_last_24h"] = day.Value.Total?.Requests ?? 0,
        };
    }

    /// <summary>The id of an account as this surface's records have it.</summary>
    public static string NameOf(string? accountId) => string.IsNullOrEmpty(accountId) ? "unknown" : KiroAccounts.IdOf(accountId);

    private static JsonObject ByName(IEnumerable<UsageRowView> rows, Func<UsageRowView, string> name, Func<UsageRowView, JsonNode> value)
    {
        var all = new JsonObject();
        foreach (var row in rows) all[name(row)] = value(row);
        return all;
    }
}
