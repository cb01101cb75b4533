using System.Text.Json;
using System.Text.Json.Nodes;

namespace Dragoman.Gateway.Configuration.Editing;

/// <summary>What a text says, without how: every scalar as text. Two texts that say the same have equal shapes.</summary>
internal static class ConfigShape
{
    public static JsonNode? From(SourceMappedNode node) => node switch
    {
        { Form: NodeForm.Alias } => JsonValue.Create("*" + node.Value),
        { IsMap: true } => new JsonObject(node.Pairs.Select(pair => KeyValuePair.Create(pair.Key.Value, From(pair.Value)))),
        { IsList: true } => new JsonArray([.. node.Items.Select(From)]),
        _ => node.IsNull ? null : JsonValue.Create(node.Value),
    };

    public static JsonNode? From(JsonNode? value) => value switch
    {
        null => null,
        JsonObject map => new JsonObject(map.Select(pair => KeyValuePair.Create(pair.Key, From(pair.Value)))),
        JsonArray list => new JsonArray([.. list.Select(From)]),
        _ => JsonValue.Create(value.GetValueKind() == JsonValueKind.String ? value.GetValue<string>() : value.ToJsonString()),
    };

    /// <summary>The shape with a value set; parents that are missing are made.</summary>
    public static JsonNode? With(JsonNode? shape, ReadOnlySpan<ConfigStep> steps, JsonNode? value)
    {
        if (steps.IsEmpty) return From(value);
        var step = steps[0];
        if (step.Key is { } key)
        {
            var map = shape as JsonObject ?? [];
            var inner = map[key];
            map.Remove(key);
            map[key] = With(inner, steps[1..], value);
            return map;
        }

        var list = shape as JsonArray ?? [];
        if (step.Index == ConfigStep.Append || step.Index == list.Count) list.Add(With(null, steps[1..], value));
        else
        {
            var inner = list[step.Index];
            list[step.Index] = null;
            list[step.Index] = With(inner, steps[1..], value);
        }

        return list;
    }

    /// <summary>The shape without a key or an item, which is there.</summary>
    public static void Without(JsonNode? shape, ReadOnlySpan<ConfigStep> steps)
    {
        for (; steps.Length > 1; steps = steps[1..]) shape = steps[0].Key is { } inner ? shape![inner] : shape![steps[0].Index];
        if (steps[0].Key is { } key) shape!.AsObject().Remove(key);
        else shape!.AsArray().RemoveAt(steps[0].Index);
    }
}
