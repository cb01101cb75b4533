using System.Text.Json;

namespace Dragoman.Gateway.Configuration.Yaml;

/// <summary>JSON as the tree that the readers of the configuration read. It has no places: JSON comes from the API and the store, not from a file.</summary>
internal static class JsonTree
{
    /// <summary>The tree of a value.</summary>
    public static YamlNode From(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => Map(value.EnumerateObject().Select(pair => (pair.Name, From(pair.Value)))),
        JsonValueKind.Array => new YamlList([.. value.EnumerateArray().Select(From)], 0, 0),
        JsonValueKind.String => Text(value.GetString()!),
        JsonValueKind.Null or JsonValueKind.Undefined => new YamlScalar("", Plain: true, 0, 0),
        _ => new YamlScalar(value.GetRawText(), Plain: true, 0, 0),
    };

    /// <summary>A map; of pairs with the same name the last counts.</summary>
    public static YamlMap Map(IEnumerable<(string Name, YamlNode Value)> pairs)
        => new([.. pairs.GroupBy(pair => pair.Name, StringComparer.Ordinal).Select(group => new YamlPair((YamlScalar)Text(group.Key), group.Last().Value))], 0, 0);

    /// <summary>A text, whatever it looks like.</summary>
    public static YamlNode Text(string text) => new YamlScalar(text, Plain: false, 0, 0);
}
