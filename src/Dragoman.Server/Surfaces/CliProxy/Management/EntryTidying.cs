using System.Text.Json;
using System.Text.Json.Nodes;

namespace Dragoman.Server.Surfaces.CliProxy.Management;

/// <summary>Makes entries as they are kept (wire notes cliproxyapi 2.4): texts without blanks around them, models' patterns in small letters and once, headers with a name and a value. What it does not know stays.</summary>
internal static class EntryTidying
{
    private static readonly string[] Texts = ["api-key", "base-url", "proxy-url", "name"];

    /// <summary>An entry as it is kept.</summary>
    public static JsonObject Tidy(JsonObject entry)
    {
        var tidy = new JsonObject();
        foreach (var (name, value) in entry)
        {
            // The index is only shown; nothing and null are the same.
            if (name is "auth-index" or "auth_index" || TidyField(name, value) is not { } kept) continue;
            tidy[name] = kept;
        }

        return tidy;
    }

    /// <summary>A field as it is kept; null to leave it out.</summary>
    public static JsonNode? TidyField(string name, JsonNode? value) => name switch
    {
        _ when value is null => null,
        "prefix" when ConfigEdits.TextOf(value) is { } text => text.Trim().Trim('/').Trim() is { Length: > 0 } prefix ? prefix : null,
        "excluded-models" when value is JsonArray patterns => PatternsOf(patterns) is { Count: > 0 } kept ? kept : null,
        "headers" when value is JsonObject headers => HeadersOf(headers) is { Count: > 0 } kept ? kept : null,
        "weight" when value.GetValueKind() == JsonValueKind.Number && ConfigEdits.NumberOf(value) is { } weight => weight,
        "api-key-entries" when value is JsonArray keys => new JsonArray([.. keys.OfType<JsonObject>().Select(static key => (JsonNode)Tidy(key)).Where(static key => key.AsObject().Count > 0)]),
        _ when Texts.Contains(name, StringComparer.Ordinal) && ConfigEdits.TextOf(value) is { } text => text.Trim() is { Length: > 0 } kept ? kept : null,
        _ => WithoutNulls(value),
    };

    /// <summary>Patterns of models in small letters, each once.</summary>
    public static JsonArray PatternsOf(JsonArray patterns)
        => new([.. patterns.Select(static item => ConfigEdits.TextOf(item)?.Trim().ToLowerInvariant() ?? "").Where(static text => text.Length > 0).Distinct(StringComparer.Ordinal).Select(static text => (JsonNode)text)]);

    /// <summary>A value without members that say nothing.</summary>
    public static JsonNode WithoutNulls(JsonNode value) => value switch
    {
        JsonObject map => new JsonObject(map.Where(static pair => pair.Value is not null).Select(static pair => KeyValuePair.Create<string, JsonNode?>(pair.Key, WithoutNulls(pair.Value!)))),
        JsonArray list => new JsonArray([.. list.Where(static item => item is not null).Select(static item => WithoutNulls(item!))]),
        _ => value.DeepClone(),
    };

    private static JsonObject HeadersOf(JsonObject headers)
        => new(headers.Select(static pair => (Name: pair.Key.Trim(), Value: ConfigEdits.TextOf(pair.Value)?.Trim() ?? "")).Where(static pair => pair.Name.Length > 0 && pair.Value.Length > 0)
            .DistinctBy(static pair => pair.Name, StringComparer.OrdinalIgnoreCase).Select(static pair => KeyValuePair.Create<string, JsonNode?>(pair.Name, pair.Value)));
}
