using System.Text.Json.Nodes;
using Dragoman.Management.Keys;
using Dragoman.Management.Usage;
using Dragoman.Server.Surfaces.Abstractions;

namespace Dragoman.Server.Surfaces.Kiro.Admin;

/// <summary><c>/api/admin/client-keys</c>: the gateway's client keys, by numbers (surface-clients §4). The key itself is shown once, where it is made.</summary>
internal sealed class AdminKeyRoutes(ClientKeyService keys, UsageReport usage, AdminIds ids) : IKiroRoutes
{
    /// <summary>The word under which the numbers of keys are kept.</summary>
    public const string Kind = "admin-keys";

    private const string NoGroups = "Keys are not bound to groups of accounts here. Limit a key by its models and providers: 'dragoman keys change'.";

    public void Map(SurfaceRoutes routes)
    {
        routes.Get("/api/admin/client-keys", "All client keys with what they used.", ListAsync);
        routes.Post("/api/admin/client-keys", "Makes a client key; the answer shows it, once.", CreateAsync);
        routes.Put("/api/admin/client-keys/{id}", "Changes name and description of a key.", call => WithAsync(call, UpdateAsync));
        routes.Delete("/api/admin/client-keys/{id}", "Removes a key for good.", call => WithAsync(call, RemoveAsync));
        routes.Post("/api/admin/client-keys/{id}/disabled", "Switches a key off, or on again.", call => WithAsync(call, SetDisabledAsync));
        routes.Post("/api/admin/client-keys/{id}/rotate", "Makes a new key in the place of the old one, which ends at once.", call => WithAsync(call, RotateAsync));
        routes.Post("/api/admin/client-keys/{id}/reset-stats", "Refuses: the ledger is never erased.", _ => AdminAnswers.Invalid("What was used is in the gateway's ledger, which is never erased."));
    }

    private async Task<SurfaceAnswer> WithAsync(SurfaceCall call, Func<SurfaceCall, string, Task<SurfaceAnswer>> handle)
    {
        var known = await NumbersAsync(call.CancellationToken);
        return known is null ? AdminAnswers.Error(503, "internal_error", "The store does not answer.") : AdminIds.Find(known, call.Route("id")) is { } id ? await handle(call, id) : AdminAnswers.Missing("client key", call.Route("id"));
    }

    private async Task<IReadOnlyDictionary<string, int>?> NumbersAsync(CancellationToken cancellationToken)
    {
        var listed = await keys.ListAsync(cancellationToken);
        return listed.Succeeded ? await ids.NumbersAsync(Kind, listed.Value.Keys.Select(static key => key.Id), cancellationToken) : null;
    }

    private async Task<SurfaceAnswer> ListAsync(SurfaceCall call)
    {
        var listed = await keys.ListAsync(call.CancellationToken);
        if (!listed.Succeeded) return AdminAnswers.From(listed.Error);
        var numbers = await ids.NumbersAsync(Kind, listed.Value.Keys.Select(static key => key.Id), call.CancellationToken);
        var sums = await usage.SummariseAsync(new UsageFilter(), "key", null, call.CancellationToken);
        var used = sums.Succeeded ? sums.Value.Rows.Where(static row => row.Key is not null).ToDictionary(static row => row.Key!, StringComparer.Ordinal) : [];
        return SurfaceAnswer.Json(new JsonObject { ["total"] = listed.Value.Keys.Count, ["keys"] = new JsonArray([.. listed.Value.Keys.Select(key => (JsonNode)Item(key, numbers[key.Id], used.GetValueOrDefault(key.Id)))]) });
    }

    private static JsonObject Item(KeyView key, int number, UsageRowView? used) => new()
    {
        ["id"] = number,
        ["maskedKey"] = key.Prefix is { } prefix ? prefix + "…" : "…",
        ["name"] = key.Name,
        ["description"] = key.Note,
        ["disabled"] = key.Status != "active",
        ["createdAt"] = KiroAnswers.Iso(key.CreatedAt) ?? "",
        ["lastUsedAt"] = KiroAnswers.Iso(key.LastUsedAt),
        ["totalCalls"] = used?.Requests ?? 0,
        ["totalInputTokens"] = used?.InputTokens ?? 0,
        ["totalOutputTokens"] = used?.OutputTokens ?? 0,
        ["totalCredits"] = used?.Credits ?? 0,
        ["totalCacheCreationTokens"] = used?.CacheWriteTokens ?? 0,
        ["totalCacheReadTokens"] = used?.CachedTokens ?? 0,
    };

    private async Task<SurfaceAnswer> CreateAsync(SurfaceCall call)
    {
        var body = await call.BodyAsync();
        if (body.Text("name") is not { } name) return AdminAnswers.Invalid("Send a name.");
        if (body.Text("group") is not null) return AdminAnswers.Invalid(NoGroups);
        var made = await keys.CreateAsync(new KeySettings { Name = name, Note = body.Text("description") }, call.Actor, call.CancellationToken);
        if (!made.Succeeded) return AdminAnswers.From(made.Error);
        return SurfaceAnswer.Json(await ShownAsync(made.Value, call));
    }

    private async Task<JsonObject> ShownAsync(KeyView key, SurfaceCall call)
    {
        var numbers = await NumbersAsync(call.CancellationToken);
        return new JsonObject { ["id"] = numbers?.GetValueOrDefault(key.Id) ?? 0, ["key"] = key.Key, ["name"] = key.Name, ["createdAt"] = KiroAnswers.Iso(key.CreatedAt) ?? "" };
    }

    private async Task<SurfaceAnswer> UpdateAsync(SurfaceCall call, string id)
    {
        var body = await call.BodyAsync();
        if (body.Text("group") is not null) return AdminAnswers.Invalid(NoGroups);
        var (name, note) = (body.Text("name"), body.ContainsKey("description") ? body.Text("description") ?? "" : null);
        var changed = await keys.ChangeAsync(id, settings => settings with { Name = name ?? settings.Name, Note = note ?? settings.Note }, "name and note", call.Actor, call.CancellationToken);
        return changed.Succeeded ? AdminAnswers.Done("It was changed.") : AdminAnswers.From(changed.Error);
    }

    private async Task<SurfaceAnswer> RemoveAsync(SurfaceCall call, string id)
        => await keys.RemoveAsync(id, call.Actor, call.CancellationToken) is { } error ? AdminAnswers.From(error) : AdminAnswers.Done("It was removed.");

    private async Task<SurfaceAnswer> SetDisabledAsync(SurfaceCall call, string id)
    {
        if ((await call.BodyAsync()).Flag("disabled") is not { } disabled) return AdminAnswers.Invalid("Send {\"disabled\": true} or false.");
        var changed = await keys.ChangeAsync(id, settings => settings with { Enabled = !disabled }, disabled ? "disabled" : "enabled", call.Actor, call.CancellationToken);
        return changed.Succeeded ? AdminAnswers.Done(disabled ? "It is disabled." : "It is enabled.") : AdminAnswers.From(changed.Error);
    }

    private async Task<SurfaceAnswer> RotateAsync(SurfaceCall call, string id)
    {
        var rotated = await keys.RotateAsync(id, TimeSpan.Zero, call.Actor, call.CancellationToken);
        return rotated.Succeeded ? SurfaceAnswer.Json(await ShownAsync(rotated.Value, call)) : AdminAnswers.From(rotated.Error);
    }
}
