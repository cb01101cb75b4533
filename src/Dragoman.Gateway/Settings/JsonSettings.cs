using System.Text.Json;

namespace Dragoman.Gateway.Settings;

/// <summary>JSON as the tree that the readers of the configuration read. It has no places: JSON comes from the API and the store, not from a file.</summary>
public static class JsonSettings
{
    /// <summary>The tree of a value.</summary>
    public static SettingNode From(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => Map(value.EnumerateObject().Select(pair => (pair.Name, From(pair.Value)))),
        JsonValueKind.Array => new SettingList([.. value.EnumerateArray().Select(From)], 0, 0),
        JsonValueKind.String => Text(value.GetString()!),
        JsonValueKind.Null or JsonValueKind.Undefined => new SettingScalar("", Plain: true, 0, 0),
        _ => new SettingScalar(value.GetRawText(), Plain: true, 0, 0),
    };

    /// <summary>A map; of pairs with the same name the last counts.</summary>
    public static SettingMap Map(IEnumerable<(string Name, SettingNode Value)> pairs)
        => new([.. pairs.GroupBy(pair => pair.Name, StringComparer.Ordinal).Select(group => new SettingPair((SettingScalar)Text(group.Key), group.Last().Value))], 0, 0);

    /// <summary>A text, whatever it looks like.</summary>
    public static SettingNode Text(string text) => new SettingScalar(text, Plain: false, 0, 0);
}
