using System.Globalization;
using System.Text.Json.Nodes;
using Dragoman.Gateway.Settings;

namespace Dragoman.Gateway.Configuration.Editing;

/// <summary>A configuration's text as JSON: switches and numbers as such, everything in quotes as text, as YAML 1.2 has it. For programs that read a configuration as data.</summary>
public static class ConfigValues
{
    /// <summary>Keys whose values are texts, however they are written: a key of digits is a key.</summary>
    private static readonly HashSet<string> Texts = new(StringComparer.Ordinal)
    {
        "api-key", "api-keys", "name", "alias", "prefix", "base-url", "proxy-url", "excluded-models", "display-name", "host", "secret-key", "upstream-url", "upstream-api-key", "from", "to", "test-model", "label",
    };

    /// <summary>The values of a text; null when it cannot be read as one map of keys.</summary>
    public static JsonObject? Read(string text)
    {
        try
        {
            return From(SourceMappedTree.Read(text), isText: false) as JsonObject ?? [];
        }
        catch (EditException)
        {
            return null;
        }
    }

    /// <summary>A value of the configuration as JSON, in the same way.</summary>
    internal static JsonNode? From(SettingNode node) => node switch
    {
        SettingMap map => new JsonObject(map.Pairs.Select(static pair => KeyValuePair.Create(pair.Key.Value, From(pair.Value)))),
        SettingList list => new JsonArray([.. list.Items.Select(From)]),
        SettingScalar { IsNull: false } scalar => scalar.Plain ? Plain(scalar.Value) : JsonValue.Create(scalar.Value),
        _ => null,
    };

    private static JsonNode? From(SourceMappedNode node, bool isText) => node switch
    {
        { Form: NodeForm.Alias } => JsonValue.Create("*" + node.Value),
        { IsMap: true } => new JsonObject(node.Pairs.Select(pair => KeyValuePair.Create(pair.Key.Value, From(pair.Value, isText || Texts.Contains(pair.Key.Value) || pair.Key.Value == "headers")))),
        // Where texts are listed, a map may stand in the place of one, whose own keys say what they are.
        { IsList: true } => new JsonArray([.. node.Items.Select(item => From(item, isText && item.IsScalar))]),
        _ => node.IsNull ? null : isText || node.Form != NodeForm.Plain ? JsonValue.Create(node.Value) : Plain(node.Value),
    };

    private static JsonValue Plain(string text)
    {
        switch (text)
        {
            case "true" or "True" or "TRUE": return JsonValue.Create(true);
            case "false" or "False" or "FALSE": return JsonValue.Create(false);
        }

        // A text with a leading zero or a plus is written so on purpose.
        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole) && whole.ToString(CultureInfo.InvariantCulture) == text) return JsonValue.Create(whole);
        return text.Contains('.', StringComparison.Ordinal) && double.TryParse(text, NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && char.IsAsciiDigit(text[^1])
            ? JsonValue.Create(number) : JsonValue.Create(text);
    }
}
