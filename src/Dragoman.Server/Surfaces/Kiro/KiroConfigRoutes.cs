using System.Text.Json.Nodes;
using Dragoman.Server.Surfaces.Abstractions;

namespace Dragoman.Server.Surfaces.Kiro;

/// <summary><c>/api/config</c> and <c>/api/settings</c> (wire note A.7).</summary>
internal sealed class KiroConfigRoutes(KiroAccounts accounts, KiroImports imports, KiroSettings settings, KiroHistory history, TimeProvider time) : IKiroRoutes
{
    public void Map(SurfaceRoutes routes)
    {
        routes.Get("/api/config/export", "The accounts with the files that they were added from; no secrets.", ExportAsync);
        routes.Post("/api/config/import", "Adds the accounts of such a list whose files are there and not known yet.", ImportAsync);
        routes.Get("/api/settings/history", "How long conversations are shortened.", async call => SurfaceAnswer.Json(await settings.HistoryAsync(call.CancellationToken)));
        routes.Post("/api/settings/history", "Changes how long conversations are shortened; `strategies` decides for the accounts, the numbers are kept.", SetHistoryAsync);
        routes.Get("/api/settings/rate-limit", "The limits of rates, and how often accounts were asked in the last minute.", RateLimitAsync);
        routes.Post("/api/settings/rate-limit", "Changes the limits of rates, in the gateway's configuration (routing.limits.kiro).", SetRateLimitAsync);
    }

    private async Task<SurfaceAnswer> ExportAsync(SurfaceCall call)
    {
        var files = await accounts.FilesAsync(call.CancellationToken);
        var all = new JsonArray([.. accounts.All().Select(account => (JsonNode)new JsonObject
        {
            ["name"] = account.Label, ["token_path"] = files.FirstOrDefault(pair => pair.Value == account.Id).Key ?? "", ["enabled"] = account.Enabled,
        })]);
        return SurfaceAnswer.Json(new JsonObject { ["accounts"] = all, ["exported_at"] = KiroAnswers.Iso(time.GetUtcNow()) });
    }

    private async Task<SurfaceAnswer> ImportAsync(SurfaceCall call)
    {
        var body = await call.BodyAsync();
        var imported = 0;
        string? problem = null;
        foreach (var entry in (body["accounts"] as JsonArray ?? []).OfType<JsonObject>())
        {
            var file = await imports.FindAsync(entry.Text("token_path"), call.CancellationToken);
            // What is not there, or known already, is passed over without a word.
            if (!file.Succeeded || await imports.KnownAsync(file.Value, await accounts.FilesAsync(call.CancellationToken), call.CancellationToken) is not null) continue;
            var added = await imports.AddAsync(file.Value, KiroAccountRoutes.ImportOf(entry) with { IsAcknowledged = body.Flag("acknowledged", "acknowledge") ?? false }, call);
            if (added.Succeeded) imported++;
            else problem = added.Error.Text;
        }

        return imported == 0 && problem is not null ? KiroAnswers.Failure(problem, ("imported", 0)) : KiroAnswers.Ok(("imported", imported));
    }

    private async Task<SurfaceAnswer> SetHistoryAsync(SurfaceCall call)
    {
        var (changed, problem) = await settings.SetHistoryAsync(await call.BodyAsync(), call.CancellationToken);
        if (problem is not null) return KiroAnswers.Detail(400, problem);
        await history.ApplyAsync(changed, call);
        return KiroAnswers.Ok(("config", changed));
    }

    private async Task<SurfaceAnswer> RateLimitAsync(SurfaceCall call)
    {
        var limits = await settings.RateLimitAsync(call.CancellationToken);
        limits["stats"] = await history.RatesAsync(limits, call.CancellationToken);
        return SurfaceAnswer.Json(limits);
    }

    private async Task<SurfaceAnswer> SetRateLimitAsync(SurfaceCall call)
    {
        var (changed, problem) = await settings.SetRateLimitAsync(await call.BodyAsync(), call);
        return problem is not null ? KiroAnswers.Detail(400, problem) : KiroAnswers.Ok(("config", changed));
    }
}
