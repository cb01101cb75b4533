using System.Text.Json.Nodes;
using Dragoman.Management;
using Dragoman.Server.Surfaces.Abstractions;
using Dragoman.Server.Surfaces.CliProxy.Shared;

namespace Dragoman.Server.Surfaces.CliProxy.Management;

/// <summary><c>/ampcode</c>: the settings of Amp's routes (wire notes cliproxyapi 1.11). Its single values are among the <see cref="ScalarSetting"/>s.</summary>
internal sealed class AmpSettingsRoutes(ConfigEdits edits) : ICliProxyRoutes
{
    private const string Mappings = "model-mappings";
    private const string Keys = "upstream-api-keys";

    /// <inheritdoc/>
    public void Map(SurfaceRoutes routes)
    {
        var management = new ManagementRoutes(routes);
        management.Get("/ampcode", "Shows the settings of Amp's routes.", call => edits.ShowAsync(call, static values => new JsonObject { ["ampcode"] = Show(values) }));
        MapList(management, Mappings, "from");
        MapList(management, Keys, "upstream-api-key");
    }

    private void MapList(ManagementRoutes management, string list, string identity)
    {
        var path = $"/ampcode/{list}";
        management.Get(path, $"Lists ampcode.{list}.", call => edits.ShowAsync(call, values => new JsonObject { [list] = ListOf(values, list) }));
        management.Add("PUT", path, $"Replaces ampcode.{list}.", async call =>
        {
            if (await ItemsAsync(call) is not { } items) return CliProxyErrors.AnswerOf(CliProxyErrors.InvalidBody);
            return await edits.WriteAsync(call, values => Replace(values, list, Merge([], items, identity)));
        });
        management.Add("PATCH", path, $"Adds to ampcode.{list}, or replaces what has the same {identity}.", async call =>
        {
            if (await ItemsAsync(call) is not { } items) return CliProxyErrors.AnswerOf(CliProxyErrors.InvalidBody);
            return await edits.WriteAsync(call, values => Replace(values, list, Merge(ListOf(values, list).OfType<JsonObject>(), items, identity)));
        });
        management.Add("DELETE", path, $"Takes entries out of ampcode.{list}.", call => DeleteAsync(call, list, identity));
    }

    private async Task<SurfaceAnswer> DeleteAsync(SurfaceCall call, string list, string identity)
    {
        JsonNode? body;
        try
        {
            body = await call.JsonAsync();
        }
        catch (BadHttpRequestException) when (list == Mappings)
        {
            // What is no body takes all of these away.
            body = null;
        }

        var given = (body as JsonObject)?["value"] as JsonArray;
        if (list == Keys && given is null) return CliProxyErrors.Flat(400, "missing value");
        var names = given?.Select(static item => ConfigEdits.TextOf(item)?.Trim() ?? "").Where(static name => name.Length > 0).ToHashSet(StringComparer.Ordinal) ?? [];
        if (list == Keys && names.Count == 0 && given!.Count > 0) return CliProxyErrors.Flat(400, "empty value");
        return await edits.WriteAsync(call, values => Replace(values, list, names.Count == 0 ? [] : new JsonArray([.. ListOf(values, list).OfType<JsonObject>().Where(entry => !names.Contains(KeySection.Text(entry, identity))).Select(static entry => entry.DeepClone())])));
    }

    private static async Task<List<JsonObject>?> ItemsAsync(SurfaceCall call)
    {
        var body = await call.JsonAsync();
        var list = body is JsonObject map ? map["value"] as JsonArray : body as JsonArray;
        return list is null || list.Any(static item => item is not JsonObject) ? null : [.. list.OfType<JsonObject>()];
    }

    private static JsonArray Merge(IEnumerable<JsonObject> known, List<JsonObject> fresh, string identity)
    {
        var merged = known.Select(static entry => entry.DeepClone().AsObject()).ToList();
        foreach (var item in fresh)
        {
            if (KeySection.Text(item, identity) is not { Length: > 0 } name) continue;
            var tidy = EntryTidying.WithoutNulls(item).AsObject();
            tidy[identity] = name;
            var at = merged.FindIndex(entry => KeySection.Text(entry, identity) == name);
            if (at < 0) merged.Add(tidy);
            else merged[at] = tidy;
        }

        return new JsonArray([.. merged]);
    }

    private static ManagementResult<IReadOnlyList<KeyValuePair<string, JsonNode?>>> Replace(JsonObject values, string list, JsonArray entries)
        => entries.Count == 0 && ConfigEdits.Find(values, $"ampcode.{list}") is null ? ConfigEdits.Nothing : ConfigEdits.Set($"ampcode.{list}", entries);

    private static JsonArray ListOf(JsonObject values, string list) => ConfigEdits.Find(values, $"ampcode.{list}") is JsonArray known ? known.DeepClone().AsArray() : [];

    private static JsonObject Show(JsonObject values)
    {
        var shown = values["ampcode"] is JsonObject known ? known.DeepClone().AsObject() : [];
        shown["upstream-url"] ??= "";
        shown["upstream-api-key"] ??= "";
        shown["restrict-management-to-localhost"] ??= false;
        shown[Mappings] ??= new JsonArray();
        shown["force-model-mappings"] ??= false;
        foreach (var mapping in (shown[Mappings] as JsonArray)?.OfType<JsonObject>() ?? []) mapping["regex"] ??= false;
        return shown;
    }
}
