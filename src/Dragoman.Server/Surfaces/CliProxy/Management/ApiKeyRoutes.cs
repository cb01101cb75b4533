using System.Globalization;
using System.Text.Json.Nodes;
using Dragoman.Management;
using Dragoman.Server.Surfaces.Abstractions;
using Dragoman.Server.Surfaces.CliProxy.Shared;

namespace Dragoman.Server.Surfaces.CliProxy.Management;

/// <summary><c>/api-keys</c>: the client keys of the configuration's file (wire notes cliproxyapi 1.7). Keys of the store are the gateway's own, and only their hashes are kept.</summary>
internal sealed class ApiKeyRoutes(ConfigEdits edits) : ICliProxyRoutes
{
    private const string Key = "api-keys";

    /// <inheritdoc/>
    public void Map(SurfaceRoutes routes)
    {
        var management = new ManagementRoutes(routes);
        management.Get("/api-keys", "Lists the client keys of the configuration's file.", call => edits.ShowAsync(call, static values => new JsonObject { [Key] = new JsonArray([.. KeysIn(values).Select(static key => JsonValue.Create(key))]) }));
        management.Add("PUT", "/api-keys", "Replaces the client keys.", ReplaceAsync);
        management.Add("PATCH", "/api-keys", "Replaces one client key by its index or by what it is; one that is not there is added.", PatchAsync);
        management.Add("DELETE", "/api-keys", "Removes client keys by index or value.", DeleteAsync);
    }

    private async Task<SurfaceAnswer> ReplaceAsync(SurfaceCall call)
    {
        var items = ConfigEdits.ItemsOf(await call.JsonAsync());
        if (items is null || items.Any(static item => ConfigEdits.TextOf(item) is null)) return CliProxyErrors.AnswerOf(CliProxyErrors.InvalidBody);
        var keys = items.Select(static item => ConfigEdits.TextOf(item)!.Trim()).Where(static key => key.Length > 0).Distinct(StringComparer.Ordinal).ToList();
        return await edits.WriteAsync(call, _ => ConfigEdits.Set(Key, new JsonArray([.. keys.Select(static key => JsonValue.Create(key))])));
    }

    private async Task<SurfaceAnswer> PatchAsync(SurfaceCall call)
    {
        var body = await call.BodyAsync();
        var (index, value, old, fresh) = (ConfigEdits.NumberOf(body["index"]), ConfigEdits.TextOf(body["value"])?.Trim(), ConfigEdits.TextOf(body["old"])?.Trim(), ConfigEdits.TextOf(body["new"])?.Trim());
        return await edits.WriteAsync(call, values =>
        {
            var keys = KeysIn(values);
            if (index is { } at && at >= 0 && at < keys.Count && value is { Length: > 0 }) return ConfigEdits.Set(PathOf(at), value);
            if (fresh is not { Length: > 0 }) return ManagementError.Invalid("missing fields");
            // "old" may be left out, or null: then the new key is added.
            var known = old is null ? -1 : keys.IndexOf(old);
            if (known >= 0) return ConfigEdits.Set(PathOf(known), fresh);
            return keys.Contains(fresh) ? ConfigEdits.Nothing : ConfigEdits.Set($"{Key}[+]", fresh);
        });
    }

    private async Task<SurfaceAnswer> DeleteAsync(SurfaceCall call)
    {
        var (index, value) = (call.Query("index"), call.Query("value")?.Trim());
        return await edits.WriteAsync(call, values =>
        {
            var keys = KeysIn(values);
            if (int.TryParse(index, NumberStyles.None, CultureInfo.InvariantCulture, out var at) && at < keys.Count) return ConfigEdits.Set(PathOf(at), null);
            if (value is not { Length: > 0 }) return ManagementError.Invalid("missing index or value");
            // From the last one on, so that the others keep their places.
            return ConfigEdits.Set([.. Enumerable.Range(0, keys.Count).Reverse().Where(place => keys[place] == value).Select(static place => KeyValuePair.Create(PathOf(place), (JsonNode?)null))]);
        });
    }

    private static string PathOf(int index) => string.Create(CultureInfo.InvariantCulture, $"{Key}[{index}]");

    private static List<string> KeysIn(JsonObject values) => values[Key] is JsonArray list ? [.. list.Select(static item => ConfigEdits.TextOf(item) ?? item?.ToString() ?? "")] : [];
}
