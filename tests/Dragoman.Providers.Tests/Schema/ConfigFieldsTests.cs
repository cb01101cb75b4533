using System.Text.Json.Nodes;
using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Configuration;
using Dragoman.Gateway.Configuration.Schema;
using Dragoman.Gateway.Settings;

namespace Dragoman.Providers.Tests.Schema;

/// <summary>The description of config.yaml and its readers agree: in names, kinds of value, bounds and words.</summary>
public sealed class ConfigFieldsTests
{
    private static readonly Gateway.Providers.ProviderRegistry Registry = ProviderModules.CreateRegistry(TimeProvider.System);

    private static readonly IReadOnlyDictionary<string, SettingField> Described = Flat(ConfigFields.Describe(Registry), "").DistinctBy(static pair => pair.Path).ToDictionary(static pair => pair.Path, static pair => pair.Field);

    private static readonly IReadOnlyDictionary<string, SettingsRecord.Asked> Read = ReadKeys();

    [Fact]
    public void Every_key_that_is_read_is_described() => Read.Keys.Except(Described.Keys).ShouldBeEmpty();

    [Fact]
    public void Every_key_that_is_described_is_read()
    {
        // A login is read as a whole: where its tokens are not those of a login, its other keys are not looked at.
        var logins = Registry.All.SelectMany(static module => module.Accounts.Form.Credentials.Where(static way => way.Kind == OAuthCredential.KindName).SelectMany(way => way.Fields).Select(field => $"{module.Accounts.Section}[].{field.Name}"));
        Described.Where(static pair => pair.Value.Type != SettingType.TextMap).Select(static pair => pair.Key).Except(Read.Keys).Except(logins).ShouldBeEmpty();
    }

    [Fact]
    public void Kinds_bounds_and_words_are_those_that_are_read()
    {
        var wrong = new List<string>();
        foreach (var (path, field) in Described)
        {
            if (!Read.TryGetValue(path, out var asked) || asked.Type is not { } type) continue;
            if (!Fits(type, field.Type)) wrong.Add($"{path}: described as {field.Type}, read as {type}");
            if (type is SettingType.Integer or SettingType.Number && (field.Min ?? asked.Min, field.Max ?? asked.Max) is var (min, max) && (min < asked.Min || max > asked.Max)) wrong.Add($"{path}: described as {field.Min} to {field.Max}, read as {asked.Min} to {asked.Max}");
            if (asked.Words is { } words && !words.Order(StringComparer.Ordinal).SequenceEqual(field.Choices.Concat(field.OtherChoices).Order(StringComparer.Ordinal))) wrong.Add($"{path}: read as {string.Join(", ", words)}");
            if (field is { Type: SettingType.Choice, Default: { } word }) field.Choices.ShouldContain(word, path);
            if (field.Type is SettingType.Integer && field.Default is { } number) int.Parse(number, System.Globalization.CultureInfo.InvariantCulture).ShouldBeInRange(field.Min ?? int.MinValue, field.Max ?? int.MaxValue, path);
        }

        wrong.ShouldBeEmpty();
    }

    [Fact]
    public void Defaults_are_those_that_hold()
    {
        // What is written as its default changes nothing.
        var text = new System.Text.StringBuilder();
        foreach (var field in ConfigFields.Describe(Registry).Where(static field => field.Deprecated is null))
        {
            if (field.Default is { } value) text.Append(System.Globalization.CultureInfo.InvariantCulture, $"{field.Name}: {value}\n");
            if (field.Type != SettingType.Group || field.Name is "providers" || !field.Items.Any(static item => item.Default is not null)) continue;
            text.Append(System.Globalization.CultureInfo.InvariantCulture, $"{field.Name}:\n");
            foreach (var item in field.Items.Where(static item => item.Default is not null)) text.Append(System.Globalization.CultureInfo.InvariantCulture, $"  {item.Name}: {item.Default}\n");
        }

        var loader = new ConfigLoader(Registry, static _ => null);
        var written = loader.Load(text.ToString(), "config.yaml");
        written.Problems.ShouldBeEmpty();
        var config = written.Config!;
        config.Listeners.ShouldBe(GatewayConfig.Default.Listeners);
        (config.Retry, config.Cooling, config.Streaming, config.Limits, config.Responses, config.Store, config.Flows, config.Budgets, config.DrainTimeout)
            .ShouldBe((GatewayConfig.Default.Retry, GatewayConfig.Default.Cooling, GatewayConfig.Default.Streaming, GatewayConfig.Default.Limits, GatewayConfig.Default.Responses, GatewayConfig.Default.Store, GatewayConfig.Default.Flows, GatewayConfig.Default.Budgets, GatewayConfig.Default.DrainTimeout));
        (config.CliProxy, config.Logging, config.Telemetry, config.Surfaces, config.Catalog).ShouldBe((GatewayConfig.Default.CliProxy, GatewayConfig.Default.Logging, GatewayConfig.Default.Telemetry, GatewayConfig.Default.Surfaces, GatewayConfig.Default.Catalog));
        (config.Routing.Strategy, config.Routing.SessionAffinityTtl, config.Routing.WarmCacheWait).ShouldBe((GatewayConfig.Default.Routing.Strategy, GatewayConfig.Default.Routing.SessionAffinityTtl, GatewayConfig.Default.Routing.WarmCacheWait));
    }

    /// <summary>What the readers ask for of a document without keys, and of one with all.</summary>
    private static Dictionary<string, SettingsRecord.Asked> ReadKeys()
    {
        var loader = new ConfigLoader(Registry, static _ => null);
        var asked = new Dictionary<string, SettingsRecord.Asked>(loader.Record("").Keys, StringComparer.Ordinal);
        // Where a key and its former name are both written, the former one is not looked into.
        var former = ConfigSample.Of(Registry);
        former.Remove("ampcode");
        former["models"]!.AsObject().Remove("catalog");
        foreach (var document in (JsonObject[])[former, ConfigSample.Of(Registry)])
        {
            foreach (var (path, key) in loader.Record(document.ToJsonString()).Keys) asked[path] = key;
        }

        // The keys of these maps are their owner's.
        var maps = Described.Where(static pair => pair.Value.Type is SettingType.Map or SettingType.TextMap).Select(static pair => pair.Key).ToList();
        return asked.Where(pair => !maps.Exists(map => pair.Key.StartsWith(map + ".", StringComparison.Ordinal) && !Described.ContainsKey(pair.Key))).ToDictionary(StringComparer.Ordinal);
    }

    private static IEnumerable<(string Path, SettingField Field)> Flat(IEnumerable<SettingField> fields, string parent)
    {
        foreach (var field in fields)
        {
            foreach (var key in field.Keys)
            {
                var path = parent.Length == 0 ? key : $"{parent}.{key}";
                yield return (path, field);
                var below = field.Type switch
                {
                    SettingType.Group => Flat(field.Items, path),
                    SettingType.List => Flat(field.Items, path + "[]"),
                    SettingType.Map => Flat([field.Value! with { Name = "name" }], path),
                    _ => [],
                };
                foreach (var pair in below) yield return pair;
            }
        }
    }

    private static bool Fits(SettingType read, SettingType described) => read == described || (read, described) switch
    {
        (SettingType.Text, SettingType.Address or SettingType.Proxy or SettingType.Time or SettingType.TextOrList or SettingType.Choice) => true,
        (SettingType.List or SettingType.TextList, SettingType.TextOrList or SettingType.TextList) => true,
        (SettingType.TextList or SettingType.List, SettingType.List) => true,
        (SettingType.Group, SettingType.Map or SettingType.TextMap) => true,
        _ => false,
    };
}
