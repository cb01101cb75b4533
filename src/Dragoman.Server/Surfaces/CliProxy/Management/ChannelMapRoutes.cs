using System.Text.Json.Nodes;
using Dragoman.Management;
using Dragoman.Server.Surfaces.Abstractions;
using Dragoman.Server.Surfaces.CliProxy.Shared;

namespace Dragoman.Server.Surfaces.CliProxy.Management;

/// <summary>The maps of the configuration whose keys are channels: models that logins are not used for, names that their models have besides, rules for their errors (wire notes cliproxyapi 1.7 and 1.12).</summary>
internal sealed class ChannelMapRoutes(ConfigEdits edits) : ICliProxyRoutes
{
    private static readonly Shape[] Shapes =
    [
        new("oauth-excluded-models", "provider", "models", static items => EntryTidying.PatternsOf(items)),
        new("oauth-model-alias", "channel", "aliases", AliasesOf),
        new("oauth-request-scoped-errors", "channel", "rules", static items => EntryTidying.WithoutNulls(items).AsArray()),
    ];

    /// <inheritdoc/>
    public void Map(SurfaceRoutes routes)
    {
        var management = new ManagementRoutes(routes);
        foreach (var shape in Shapes)
        {
            var path = "/" + shape.Key;
            management.Get(path, $"Shows {shape.Key}.", call => edits.ShowAsync(call, values => new JsonObject { [shape.Key] = values[shape.Key] is JsonObject { Count: > 0 } map ? map.DeepClone() : null }));
            management.Add("PUT", path, $"Replaces {shape.Key}.", call => ReplaceAsync(call, shape));
            management.Add("PATCH", path, $"Sets what {shape.Key} says of one channel; an empty list takes it away.", call => PatchAsync(call, shape));
            management.Add("DELETE", path, $"Takes a channel out of {shape.Key}.", call => DeleteAsync(call, shape));
        }
    }

    private async Task<SurfaceAnswer> ReplaceAsync(SurfaceCall call, Shape shape)
    {
        var body = await call.JsonAsync();
        var map = body is JsonObject { Count: 1 } wrapped && wrapped["items"] is JsonObject items ? items : body as JsonObject;
        if (map is null || map.Any(static pair => pair.Value is not (null or JsonArray))) return CliProxyErrors.AnswerOf(CliProxyErrors.InvalidBody);
        var kept = new JsonObject();
        foreach (var (name, value) in map)
            if (NameOf(name) is { Length: > 0 } channel && value is JsonArray list && shape.Keep(list) is { Count: > 0 } tidy) kept[channel] = tidy;
        return await edits.WriteAsync(call, values => kept.Count == 0 && !values.ContainsKey(shape.Key) ? ConfigEdits.Nothing : ConfigEdits.Set(shape.Key, kept.Count == 0 ? null : kept));
    }

    private async Task<SurfaceAnswer> PatchAsync(SurfaceCall call, Shape shape)
    {
        var body = await call.BodyAsync();
        var given = body.ContainsKey("channel") ? body["channel"] : body["provider"];
        if (ConfigEdits.TextOf(given) is not { } name || body[shape.Items] is not (null or JsonArray)) return CliProxyErrors.AnswerOf(CliProxyErrors.InvalidBody);
        if (NameOf(name) is not { Length: > 0 } channel) return CliProxyErrors.Flat(400, $"invalid {shape.Word}");
        var kept = body[shape.Items] is JsonArray list ? shape.Keep(list) : [];
        return await edits.WriteAsync(call, values =>
        {
            if (kept.Count > 0) return ConfigEdits.Set(PathOf(shape, values, channel), kept);
            return Existing(shape, values, channel) is { } known ? ConfigEdits.Set($"{shape.Key}.{known}", null) : ManagementError.NotFound($"{shape.Word} not found");
        });
    }

    private async Task<SurfaceAnswer> DeleteAsync(SurfaceCall call, Shape shape)
    {
        if (NameOf(call.Query("channel") ?? call.Query("provider") ?? "") is not { Length: > 0 } channel) return CliProxyErrors.Flat(400, $"missing {shape.Word}");
        return await edits.WriteAsync(call, values => Existing(shape, values, channel) is { } known ? ConfigEdits.Set($"{shape.Key}.{known}", null) : ManagementError.NotFound($"{shape.Word} not found"));
    }

    private static string PathOf(Shape shape, JsonObject values, string channel) => $"{shape.Key}.{Existing(shape, values, channel) ?? channel}";

    /// <summary>A channel as the file spells it; null where it has none.</summary>
    private static string? Existing(Shape shape, JsonObject values, string channel)
        => (values[shape.Key] as JsonObject)?.Select(static pair => pair.Key).FirstOrDefault(key => key.Equals(channel, StringComparison.OrdinalIgnoreCase));

    /// <summary>A name as it is kept; empty where it cannot be one.</summary>
    private static string NameOf(string name)
        => name.Trim().ToLowerInvariant() is { Length: <= 64 } kept && kept.All(static letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_') ? kept : "";

    /// <summary>Aliases as they are kept: without those that say nothing, and each alias once.</summary>
    private static JsonArray AliasesOf(JsonArray items)
    {
        var (kept, seen) = (new JsonArray(), new HashSet<string>(StringComparer.OrdinalIgnoreCase));
        foreach (var item in items.OfType<JsonObject>())
        {
            var (name, alias) = (KeySection.Text(item, "name"), KeySection.Text(item, "alias"));
            if (name.Length == 0 || alias.Length == 0 || name.Equals(alias, StringComparison.OrdinalIgnoreCase) || !seen.Add(alias)) continue;
            var tidy = EntryTidying.WithoutNulls(item).AsObject();
            (tidy["name"], tidy["alias"]) = (name, alias);
            kept.Add((JsonNode)tidy);
        }

        return kept;
    }

    /// <param name="Key">The key of the file, which is the route too.</param>
    /// <param name="Word">What a channel is called in errors.</param>
    /// <param name="Items">The name of the list in a PATCH.</param>
    /// <param name="Keep">Makes of a list what is kept.</param>
    private sealed record Shape(string Key, string Word, string Items, Func<JsonArray, JsonArray> Keep);
}
