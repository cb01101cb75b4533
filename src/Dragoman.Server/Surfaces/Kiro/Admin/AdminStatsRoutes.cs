using System.Globalization;
using System.Text.Json.Nodes;
using Dragoman.Management;
using Dragoman.Management.Keys;
using Dragoman.Management.Usage;
using Dragoman.Server.Surfaces.Abstractions;

namespace Dragoman.Server.Surfaces.Kiro.Admin;

/// <summary><c>/api/admin/stats</c>: what was used, from the gateway's ledger (surface-clients §4). Days are those of UTC; credits are those that the vendor says an answer took.</summary>
internal sealed class AdminStatsRoutes(UsageReport usage, ClientKeyService keys, AdminCredentials credentials, KiroAccounts accounts, TimeProvider time) : IKiroRoutes
{
    public void Map(SurfaceRoutes routes)
    {
        routes.Get("/api/admin/stats/overview", "Today and the last seven days.", OverviewAsync);
        routes.Get("/api/admin/stats/timeseries", "Usage by the hour or day: `range` is 24h, 7d or 30d.", SeriesAsync);
        routes.Get("/api/admin/stats/by-model", "Usage by model.", ByModelAsync);
        routes.Get("/api/admin/stats/by-credential", "Usage by account.", ByCredentialAsync);
    }

    private async Task<SurfaceAnswer> OverviewAsync(SurfaceCall call)
    {
        var today = new DateTimeOffset(time.GetUtcNow().UtcDateTime.Date, TimeSpan.Zero);
        var day = await usage.SummariseAsync(Since(today), null, null, call.CancellationToken);
        if (!day.Succeeded) return AdminAnswers.From(day.Error);
        var week = await usage.SummariseAsync(Since(today.AddDays(-6)), null, null, call.CancellationToken);
        if (!week.Succeeded) return AdminAnswers.From(week.Error);
        var known = await keys.ListAsync(call.CancellationToken);
        return SurfaceAnswer.Json(new JsonObject
        {
            ["todayCalls"] = day.Value.Total?.Requests ?? 0,
            ["todayInputTokens"] = day.Value.Total?.InputTokens ?? 0,
            ["todayOutputTokens"] = day.Value.Total?.OutputTokens ?? 0,
            ["todayErrors"] = day.Value.Total?.Errors ?? 0,
            ["todayCredits"] = day.Value.Total?.Credits ?? 0,
            ["weekCalls"] = week.Value.Total?.Requests ?? 0,
            ["weekInputTokens"] = week.Value.Total?.InputTokens ?? 0,
            ["weekOutputTokens"] = week.Value.Total?.OutputTokens ?? 0,
            ["weekCredits"] = week.Value.Total?.Credits ?? 0,
            ["activeClientKeys"] = known.Succeeded ? known.Value.Keys.Count(static key => key.Status == "active") : 0,
            ["activeCredentials"] = accounts.All().Count(account => credentials.ShapeOf(account).IsAvailable),
        });
    }

    private async Task<SurfaceAnswer> SeriesAsync(SurfaceCall call)
    {
        var (from, step) = RangeOf(call);
        var rows = await usage.SummariseAsync(Since(from), null, step, call.CancellationToken);
        return rows.Succeeded ? Array(rows.Value.Rows, static row => new JsonObject
        {
            ["ts"] = KiroAnswers.Iso(row.At) ?? "", ["inputTokens"] = row.InputTokens, ["outputTokens"] = row.OutputTokens, ["cacheCreationTokens"] = row.CacheWriteTokens, ["cacheReadTokens"] = row.CachedTokens, ["calls"] = row.Requests,
            ["errors"] = row.Errors, ["credits"] = row.Credits ?? 0,
        }) : AdminAnswers.From(rows.Error);
    }

    private async Task<SurfaceAnswer> ByModelAsync(SurfaceCall call)
    {
        var rows = await usage.SummariseAsync(Since(RangeOf(call).From), "model", null, call.CancellationToken);
        return rows.Succeeded ? Array(rows.Value.Rows, static row => new JsonObject { ["model"] = row.Model ?? "", ["calls"] = row.Requests, ["inputTokens"] = row.InputTokens, ["outputTokens"] = row.OutputTokens }) : AdminAnswers.From(rows.Error);
    }

    private async Task<SurfaceAnswer> ByCredentialAsync(SurfaceCall call)
    {
        var rows = await usage.SummariseAsync(Since(RangeOf(call).From), "account", null, call.CancellationToken);
        if (!rows.Succeeded) return AdminAnswers.From(rows.Error);
        var numbers = await credentials.NumbersAsync(call.CancellationToken);
        var labels = accounts.All().ToDictionary(static account => account.Id, static account => account.Label, StringComparer.Ordinal);
        return Array(rows.Value.Rows, row => new JsonObject
        {
            ["credentialId"] = numbers.GetValueOrDefault(row.Account ?? ""), ["email"] = labels.GetValueOrDefault(row.Account ?? ""), ["calls"] = row.Requests, ["inputTokens"] = row.InputTokens, ["outputTokens"] = row.OutputTokens, ["errors"] = row.Errors,
        });
    }

    private (DateTimeOffset From, string Step) RangeOf(SurfaceCall call) => call.Query("range") switch
    {
        "30d" => (time.GetUtcNow().AddDays(-30), "day"),
        "7d" => (time.GetUtcNow().AddDays(-7), "day"),
        _ => (time.GetUtcNow().AddHours(-24), "hour"),
    };

    private static UsageFilter Since(DateTimeOffset from) => new() { From = from.ToString("O", CultureInfo.InvariantCulture) };

    private static SurfaceAnswer Array(IEnumerable<UsageRowView> rows, Func<UsageRowView, JsonObject> map) => SurfaceAnswer.Json(new JsonArray([.. rows.Select(row => (JsonNode)map(row))]));
}
