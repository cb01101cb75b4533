using System.Globalization;
using System.Text.Json.Nodes;
using Dragoman.Management;
using Dragoman.Server.Surfaces.Abstractions;
using Dragoman.Server.Surfaces.CliProxy.Shared;

namespace Dragoman.Server.Surfaces.CliProxy.Management;

/// <summary><c>/openai-compatibility</c>: upstreams that speak OpenAI's protocols (wire notes cliproxyapi 1.7).</summary>
internal sealed class CompatibilityRoutes(ConfigEdits edits, AuthIndexes indexes) : ICliProxyRoutes
{
    private const string Section = "openai-compatibility";
    private const string Path = "/" + Section;

    private static readonly string[] Fields =
    [
        "name", "prefix", "disabled", "disable-cooling", "base-url", "api-key-entries", "models", "headers", "support-prompt-cache-key", "request-retry", "request-scoped-errors", "priority",
    ];

    /// <inheritdoc/>
    public void Map(SurfaceRoutes routes)
    {
        var management = new ManagementRoutes(routes);
        management.Get(Path, "Lists the upstreams that speak OpenAI's protocols.", call => edits.ShowAsync(call, values => new JsonObject { [Section] = Show(values) }));
        management.Add("PUT", Path, "Replaces the upstreams that speak OpenAI's protocols.", ReplaceAsync);
        management.Add("PATCH", Path, "Changes fields of one of them, by index or name.", PatchAsync);
        management.Add("DELETE", Path, "Removes one of them, by index or name.", DeleteAsync);
    }

    private JsonArray Show(JsonObject values)
    {
        var shown = new JsonArray();
        foreach (var entry in ConfigEdits.ListOf(values, Section))
        {
            var copy = entry.DeepClone().AsObject();
            var address = KeySection.Text(entry, "base-url");
            copy["disabled"] ??= false;
            var keys = copy["api-key-entries"] as JsonArray;
            foreach (var key in keys?.OfType<JsonObject>() ?? []) key["auth-index"] = indexes.OfEntry(Section, KeySection.Text(key, "api-key"), address);
            if (keys is not { Count: > 0 }) copy["auth-index"] = indexes.OfEntry(Section, "", address);
            if (copy["models"] is not JsonArray) copy["models"] = new JsonArray();
            if (keys is null) copy["api-key-entries"] = new JsonArray();
            shown.Add(copy);
        }

        return shown;
    }

    private async Task<SurfaceAnswer> ReplaceAsync(SurfaceCall call)
    {
        if (ConfigEdits.ItemsOf(await call.JsonAsync()) is not { } items || items.Any(static item => item is not JsonObject)) return CliProxyErrors.AnswerOf(CliProxyErrors.InvalidBody);
        var kept = items.OfType<JsonObject>().Select(EntryTidying.Tidy).Where(Keeps).ToList();
        return await edits.WriteAsync(call, _ => ConfigEdits.Set(Section, new JsonArray([.. kept])));
    }

    private async Task<SurfaceAnswer> PatchAsync(SurfaceCall call)
    {
        var body = await call.BodyAsync();
        if (body["value"] is not JsonObject change) return CliProxyErrors.AnswerOf(CliProxyErrors.InvalidBody);
        if (KeySection.FaultOf("disable-cooling", change["disable-cooling"]) is { } fault) return CliProxyErrors.Flat(400, fault);
        var (index, name) = (ConfigEdits.NumberOf(body["index"]), (ConfigEdits.TextOf(body["name"]) ?? ConfigEdits.TextOf(body["match"]))?.Trim());
        return await edits.WriteAsync(call, values =>
        {
            var entries = ConfigEdits.ListOf(values, Section);
            var at = index is { } place && place >= 0 && place < entries.Count ? place : string.IsNullOrEmpty(name) ? -1 : entries.FindIndex(entry => KeySection.Text(entry, "name") == name);
            return at < 0 ? ManagementError.NotFound("item not found") : EntryChange.Of(Section, at, entries[at], change, static field => Fields.Contains(field, StringComparer.Ordinal), Keeps);
        });
    }

    private async Task<SurfaceAnswer> DeleteAsync(SurfaceCall call)
    {
        var (index, name) = (call.Query("index"), call.Query("name")?.Trim());
        return await edits.WriteAsync(call, values =>
        {
            var entries = ConfigEdits.ListOf(values, Section);
            if (name is { Length: > 0 })
            {
                var found = entries.FindIndex(entry => KeySection.Text(entry, "name") == name);
                return found < 0 ? ConfigEdits.Nothing : ConfigEdits.Set(EntryChange.PathOf(Section, found), null);
            }

            return int.TryParse(index, NumberStyles.None, CultureInfo.InvariantCulture, out var at) && at < entries.Count ? ConfigEdits.Set(EntryChange.PathOf(Section, at), null) : ManagementError.Invalid("missing name or index");
        });
    }

    private static bool Keeps(JsonObject entry) => KeySection.Text(entry, "base-url").Length > 0;
}
