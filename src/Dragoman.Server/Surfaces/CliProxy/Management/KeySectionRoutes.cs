using System.Globalization;
using System.Text.Json.Nodes;
using Dragoman.Management;
using Dragoman.Server.Surfaces.Abstractions;
using Dragoman.Server.Surfaces.CliProxy.Shared;

namespace Dragoman.Server.Surfaces.CliProxy.Management;

/// <summary>The lists of provider keys: whole by PUT, single entries by PATCH and DELETE (wire notes cliproxyapi 1.7). They are the configuration file's own lists; unknown members of entries stay.</summary>
internal sealed class KeySectionRoutes(ConfigEdits edits, AuthIndexes indexes) : ICliProxyRoutes
{
    /// <inheritdoc/>
    public void Map(SurfaceRoutes routes)
    {
        var management = new ManagementRoutes(routes);
        foreach (var section in KeySection.All)
        {
            var path = "/" + section.Name;
            management.Get(path, $"Lists {section.Name}.", call => edits.ShowAsync(call, values => new JsonObject { [section.Name] = Show(values, section) }));
            management.Add("PUT", path, $"Replaces {section.Name}.", call => ReplaceAsync(call, section));
            management.Add("PATCH", path, $"Changes fields of an entry of {section.Name}, by index or key.", call => PatchAsync(call, section));
            management.Add("DELETE", path, $"Removes an entry of {section.Name}, by index, or by key and address.", call => DeleteAsync(call, section));
        }
    }

    private JsonArray Show(JsonObject values, KeySection section)
    {
        var shown = new JsonArray();
        foreach (var entry in ConfigEdits.ListOf(values, section.Name))
        {
            var copy = entry.DeepClone().AsObject();
            copy["auth-index"] = indexes.OfEntry(section.Name, KeySection.Text(entry, "api-key"), KeySection.Text(entry, "base-url"));
            shown.Add(copy);
        }

        return shown;
    }

    private async Task<SurfaceAnswer> ReplaceAsync(SurfaceCall call, KeySection section)
    {
        if (ConfigEdits.ItemsOf(await call.JsonAsync()) is not { } items || items.Any(static item => item is not JsonObject)) return CliProxyErrors.AnswerOf(CliProxyErrors.InvalidBody);
        var entries = items.OfType<JsonObject>().ToList();
        if (section.NeedsKey && entries.FindIndex(static entry => KeySection.Text(entry, "api-key").Length == 0) is >= 0 and var keyless)
            return CliProxyErrors.Flat(400, string.Create(CultureInfo.InvariantCulture, $"{section.Name}[{keyless}].api-key is required"));
        foreach (var entry in entries)
            if (entry.Select(static pair => KeySection.FaultOf(pair.Key, pair.Value)).FirstOrDefault(static fault => fault is not null) is { } fault) return CliProxyErrors.Flat(400, fault);
        return await edits.WriteAsync(call, _ => ConfigEdits.Set(section.Name, new JsonArray([.. section.Sanitise(entries)])));
    }

    private async Task<SurfaceAnswer> PatchAsync(SurfaceCall call, KeySection section)
    {
        var body = await call.BodyAsync();
        if (body["value"] is not JsonObject change) return CliProxyErrors.AnswerOf(CliProxyErrors.InvalidBody);
        foreach (var (field, value) in change)
            if (section.CanPatch(field) && KeySection.FaultOf(field, value) is { } fault) return CliProxyErrors.Flat(400, fault);
        var (index, match, address) = (ConfigEdits.NumberOf(body["index"]), ConfigEdits.TextOf(body["match"])?.Trim(), call.Query("base-url")?.Trim());
        return await edits.WriteAsync(call, values =>
        {
            var entries = ConfigEdits.ListOf(values, section.Name);
            if (!(index is { } at && at >= 0 && at < entries.Count))
            {
                var found = string.IsNullOrEmpty(match) ? [] : Enumerable.Range(0, entries.Count).Where(place => KeySection.Text(entries[place], "api-key") == match && (address is null || KeySection.Text(entries[place], "base-url") == address)).ToList();
                if (found.Count == 0) return ManagementError.NotFound("item not found");
                if (found.Count > 1 && section.ReportsMissing) return ManagementError.Invalid("multiple items match; index is required");
                at = found[0];
            }

            return EntryChange.Of(section.Name, at, entries[at], change, section.CanPatch, section.Keeps);
        });
    }

    private async Task<SurfaceAnswer> DeleteAsync(SurfaceCall call, KeySection section)
    {
        var (index, key, address) = (call.Query("index"), call.Query("api-key")?.Trim(), call.Query("base-url")?.Trim());
        return await edits.WriteAsync(call, values =>
        {
            var entries = ConfigEdits.ListOf(values, section.Name);
            // What is named by its key is meant, whatever place it has.
            if (string.IsNullOrEmpty(key) && (address is null || key is null))
                return int.TryParse(index, NumberStyles.None, CultureInfo.InvariantCulture, out var at) && at < entries.Count ? ConfigEdits.Set(EntryChange.PathOf(section.Name, at), null) : ManagementError.Invalid("missing api-key or index");
            var found = Enumerable.Range(0, entries.Count).Where(place => KeySection.Text(entries[place], "api-key") == key && (address is null || KeySection.Text(entries[place], "base-url") == address)).ToList();
            if (found.Count == 0) return section.ReportsMissing ? ManagementError.NotFound("item not found") : ConfigEdits.Nothing;
            if (found.Count > 1 && address is null) return ManagementError.Invalid("multiple items match api-key; base-url is required");
            return ConfigEdits.Set(EntryChange.PathOf(section.Name, found[0]), null);
        });
    }
}
