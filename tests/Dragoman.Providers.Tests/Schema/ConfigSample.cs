using System.Text.Json.Nodes;
using Dragoman.Gateway.Configuration.Schema;
using Dragoman.Gateway.Providers;
using Dragoman.Gateway.Settings;

namespace Dragoman.Providers.Tests.Schema;

/// <summary>A configuration with every described key, made of the descriptions.</summary>
internal static class ConfigSample
{
    /// <summary>The document. Lists have an item without keys, one with all of them, and where there are several ways to authenticate one for each.</summary>
    public static JsonObject Of(ProviderRegistry registry)
    {
        var document = Map(ConfigFields.Describe(registry));
        foreach (var module in registry.All)
        {
            var entries = document[module.Accounts.Section]!.AsArray();
            foreach (var way in module.Accounts.Form.Credentials) entries.Add((JsonNode)Map([.. way.Fields, .. module.Accounts.Form.Settings]));
        }

        return document;
    }

    private static JsonObject Map(IEnumerable<SettingField> fields)
        => new(fields.SelectMany(static field => field.Keys.Select(key => KeyValuePair.Create(key, ValueOf(field)))));

    private static JsonNode? ValueOf(SettingField field) => field.Type switch
    {
        SettingType.Integer => JsonValue.Create(Math.Max(field.Min ?? 1, 1)),
        SettingType.Number => JsonValue.Create(1.5),
        SettingType.Flag => JsonValue.Create(true),
        SettingType.Choice => JsonValue.Create(field.Choices[^1]),
        SettingType.Duration => JsonValue.Create("90s"),
        SettingType.Address => JsonValue.Create("https://upstream.invalid/v1"),
        SettingType.Proxy => JsonValue.Create("direct"),
        SettingType.Time => JsonValue.Create("2027-01-01T00:00:00Z"),
        SettingType.TextList or SettingType.TextOrList => new JsonArray("one", "two"),
        SettingType.TextMap => new JsonObject { ["x-name"] = "value" },
        SettingType.Group => Map(field.Items),
        SettingType.Map => new JsonObject { ["name"] = ValueOf(field.Value!) },
        SettingType.List => field.TakesBareItems ? new JsonArray("bare", new JsonObject(), Map(field.Items)) : new JsonArray(new JsonObject(), Map(field.Items)),
        _ => JsonValue.Create("text"),
    };
}
