using System.Globalization;
using System.Text.Json.Nodes;
using Dragoman.Gateway.AccountManagement;
using Dragoman.Gateway.Accounts;
using Dragoman.Management;
using Dragoman.Management.Accounts;
using Dragoman.Management.Settings;
using Dragoman.Management.Usage;
using Dragoman.Server.Surfaces.Abstractions;
using Dragoman.Server.Surfaces.CliProxy.Shared;

namespace Dragoman.Server.Surfaces.CliProxy.Management;

/// <summary>Usage: summed up from the ledger, as a queue for collectors, and by key (wire notes cliproxyapi 1.10 and 1.12).</summary>
internal sealed class UsageRoutes(UsageSnapshot snapshot, UsageHistory history, UsageQueue queue, AccountActivity activity, AccountRegistry accounts, SettingsService settings, TimeProvider time) : ICliProxyRoutes
{
    private const int MostRecords = 10_000;
    private const int MostImport = 32 << 20;

    /// <inheritdoc/>
    public void Map(SurfaceRoutes routes)
    {
        var management = new ManagementRoutes(routes);
        management.Get("/usage", "Sums up usage by client key and model, by day and by hour.", ShowAsync);
        management.Get("/usage/export", "Gives the sums with the requests they are made of.", ExportAsync);
        management.WithBody(MostImport).Add("POST", "/usage/import", "Takes over requests of an export; those that are here already are left out.", ImportAsync);
        management.Get("/usage-queue", "Takes records of requests that have just ended; each reader gets all of them.", call => Task.FromResult(Take(call)));
        management.Get("/api-key-usage", "Shows recent requests by the keys of the configuration's file.", ShowByKeyAsync);
    }

    private async Task<SurfaceAnswer> ShowAsync(SurfaceCall call)
    {
        var usage = await snapshot.MakeAsync(call.CancellationToken);
        return usage.Succeeded ? SurfaceAnswer.Json(new JsonObject { ["usage"] = usage.Value, ["failed_requests"] = usage.Value["failure_count"]!.DeepClone() }) : CliProxyErrors.AnswerOf(usage.Error);
    }

    private async Task<SurfaceAnswer> ExportAsync(SurfaceCall call)
    {
        var usage = await snapshot.MakeAsync(call.CancellationToken);
        if (!usage.Succeeded) return CliProxyErrors.AnswerOf(usage.Error);
        return SurfaceAnswer.Json(new JsonObject { ["version"] = 1, ["exported_at"] = UsageRecordJson.TimeOf(time.GetUtcNow()), ["usage"] = usage.Value });
    }

    private async Task<SurfaceAnswer> ImportAsync(SurfaceCall call)
    {
        JsonObject body;
        try
        {
            body = await call.BodyAsync();
        }
        catch (BadHttpRequestException)
        {
            return CliProxyErrors.Flat(400, "invalid json");
        }

        if (body["version"] is { } version && ConfigEdits.NumberOf(version) is not (0 or 1)) return CliProxyErrors.Flat(400, "unsupported version");
        if (body["usage"] is not JsonObject usage) return CliProxyErrors.Flat(400, "invalid json");
        var imported = await history.ImportAsync(UsageSnapshot.Read(usage), call.Actor, call.CancellationToken);
        if (!imported.Succeeded) return CliProxyErrors.AnswerOf(imported.Error);
        return SurfaceAnswer.Json(new JsonObject
        {
            ["added"] = imported.Value.Added, ["skipped"] = imported.Value.Skipped, ["total_requests"] = imported.Value.Requests, ["failed_requests"] = imported.Value.Failures,
        });
    }

    private SurfaceAnswer Take(SurfaceCall call)
    {
        var count = 1;
        if (call.Query("count") is { Length: > 0 } text && (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out count) || count <= 0)) return CliProxyErrors.Flat(400, "count must be a positive integer");
        return SurfaceAnswer.Json(new JsonArray([.. queue.Take(ReaderOf(call), Math.Min(count, MostRecords)).Select(UsageRecordJson.Describe)]));
    }

    /// <summary>Who reads: the program at an address, or the name that it gives itself (<c>?reader=</c>).</summary>
    private static string ReaderOf(SurfaceCall call)
        => call.Query("reader") is { Length: > 0 and <= 100 } name ? $"http:{name}" : $"http:{call.Actor.Address}\n{call.Context.Request.Headers.UserAgent}";

    private async Task<SurfaceAnswer> ShowByKeyAsync(SurfaceCall call)
    {
        await settings.NoteKeysShownAsync(call.Actor);
        var shown = new JsonObject();
        foreach (var account in accounts.Current.Accounts.Where(static account => account is { Origin: AccountOrigin.Config, Credential: ApiKeyCredential }))
        {
            var section = accounts.Providers[account.Provider].Accounts.Section;
            var name = section.EndsWith("-api-key", StringComparison.Ordinal) ? section[..^"-api-key".Length] : account.Label.Split(" #")[0];
            if (shown[name] is not JsonObject group) shown[name] = group = [];
            var counted = activity.Describe(account.Id);
            group[$"{account.BaseUrl}|{((ApiKeyCredential)account.Credential).Key}"] = new JsonObject { ["success"] = counted.Succeeded, ["failed"] = counted.Failed, ["recent_requests"] = AuthFileJson.BucketsOf(counted) };
        }

        return SurfaceAnswer.Json(shown);
    }
}
