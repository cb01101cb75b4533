using System.Text.Json.Nodes;
using Dragoman.Management.Accounts;
using Dragoman.Management.Flows;
using Dragoman.Management.Usage;
using Dragoman.Protocols.Json;
using Dragoman.Server.Listeners;
using Dragoman.Server.Surfaces.Abstractions;

namespace Dragoman.Server.Surfaces.Kiro;

/// <summary><c>/api/status</c>, <c>stats</c>, <c>quota</c> and <c>logs</c> (wire note A.2).</summary>
internal sealed class KiroStatusRoutes(KiroStatistics statistics, KiroAccounts accounts, AccountCredentials credentials, KiroSettings settings, UsageReport usage, FlowArchive flows, TimeProvider time) : IKiroRoutes
{
    /// <summary>How long that system says an account cools down by default.</summary>
    private const int CooldownSeconds = 300;

    public void Map(SurfaceRoutes routes)
    {
        routes.Get("/api/status", "Whether there are accounts that can be used, and the numbers at large.", StatusAsync);
        routes.Get("/api/stats", "The numbers at large.", async call => await statistics.TotalsAsync(call.CancellationToken) is { Succeeded: true } totals ? SurfaceAnswer.Json(totals.Value) : KiroAnswers.Detail(503, "The store does not answer."));
        routes.Get("/api/stats/detailed", "The numbers by account, model and hour.", DetailedAsync);
        routes.Get("/api/quota", "The accounts that cool down because a limit was met.", QuotaAsync);
        routes.Get("/api/logs", "The last requests, newest first.", LogsAsync);
        routes.Open().WithBody(null).Post("/api/event_logging/batch", "Takes the telemetry of clients and forgets it.", _ => KiroAnswers.Ok());
    }

    private async Task<SurfaceAnswer> StatusAsync(SurfaceCall call)
    {
        var totals = await statistics.TotalsAsync(call.CancellationToken);
        if (!totals.Succeeded) return DetailErrors.From(totals.Error);
        return KiroAnswers.Ok(
            ("has_accounts", totals.Value["accounts_total"]!.GetValue<int>() > 0), ("has_available_accounts", totals.Value["accounts_available"]!.GetValue<int>() > 0), ("port", call.Context.Connection.LocalPort), ("stats", totals.Value));
    }

    private async Task<SurfaceAnswer> DetailedAsync(SurfaceCall call)
    {
        var totals = await statistics.TotalsAsync(call.CancellationToken);
        if (!totals.Succeeded) return DetailErrors.From(totals.Error);
        var detail = await statistics.DetailAsync(call.CancellationToken);
        if (!detail.Succeeded) return DetailErrors.From(detail.Error);
        totals.Value["detailed"] = detail.Value;
        return SurfaceAnswer.Json(totals.Value);
    }

    private async Task<SurfaceAnswer> QuotaAsync(SurfaceCall call)
    {
        // With its limits switched off that system keeps no such records (wire note K34), although the gateway lets an account cool down that was refused.
        var limits = await settings.RateLimitAsync(call.CancellationToken);
        var cooling = new JsonArray();
        if (limits["enabled"]!.GetValue<bool>())
        {
            foreach (var account in accounts.All())
            {
                var shape = new KiroAccountShape(account, credentials.Describe(account.Id), time.GetUtcNow());
                if (shape.CooldownEnd is not { } end) continue;
                cooling.Add((JsonNode)new JsonObject
                {
                    ["credential_id"] = shape.Id,
                    ["exceeded_at"] = KiroAnswers.Seconds(account.Health.LastError?.At ?? shape.Now),
                    ["cooldown_until"] = KiroAnswers.Seconds(end),
                    ["remaining_seconds"] = shape.CooldownSeconds ?? 0,
                    ["reason"] = account.Cooldowns.FirstOrDefault(static cooldown => cooldown.CoolingDown)?.Reason ?? "Rate limited",
                });
            }
        }

        return SurfaceAnswer.Json(new JsonObject { ["cooldown_seconds"] = CooldownSeconds, ["exceeded_count"] = cooling.Count, ["exceeded_credentials"] = cooling });
    }

    private async Task<SurfaceAnswer> LogsAsync(SurfaceCall call)
    {
        var query = new KiroQuery(call);
        var limit = Math.Clamp(query.Integer("limit", 100), 1, KiroStatistics.Ring);
        if (query.Refusal is { } refusal) return refusal;
        var entries = await usage.ListAsync(new UsageFilter(), limit, null, call.CancellationToken);
        if (!entries.Succeeded) return DetailErrors.From(entries.Error);
        var sums = await usage.SummariseAsync(new UsageFilter(), null, null, call.CancellationToken);
        if (!sums.Succeeded) return DetailErrors.From(sums.Error);
        var recorded = await flows.ListAsync(new FlowFilter(), limit, null, call.CancellationToken);
        var byId = recorded.Succeeded ? recorded.Value.Flows.ToDictionary(static flow => flow.Id, StringComparer.Ordinal) : [];
        var logs = new JsonArray([.. entries.Value.Entries.Select(entry => (JsonNode)Row(entry, byId.GetValueOrDefault(entry.RequestId)))]);
        return SurfaceAnswer.Json(new JsonObject { ["logs"] = logs, ["total"] = Math.Min(KiroStatistics.Ring, sums.Value.Total?.Requests ?? 0) });
    }

    private static JsonObject Row(UsageEntryView entry, FlowView? flow) => new()
    {
        ["id"] = TextDigest.Hex(entry.RequestId, 8),
        ["timestamp"] = KiroAnswers.Seconds(entry.At),
        ["method"] = "POST",
        ["path"] = flow is null ? "" : KiroFlowShape.PathOf(flow),
        ["model"] = entry.RequestedModel,
        ["account_id"] = entry.Account.Length == 0 ? null : KiroAccounts.IdOf(entry.Account),
        ["status"] = entry.Status,
        ["duration_ms"] = entry.DurationMs,
        ["tokens_in"] = entry.InputTokens,
        ["tokens_out"] = entry.OutputTokens,
        ["error"] = entry.Failed ? flow?.Error ?? $"HTTP {entry.Status}" : null,
    };
}
