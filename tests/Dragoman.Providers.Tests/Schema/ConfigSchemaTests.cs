using System.Text.Json;
using System.Text.RegularExpressions;
using Dragoman.Gateway.Configuration;
using Dragoman.Gateway.Configuration.Editing;
using Dragoman.Gateway.Configuration.Schema;
using Json.Schema;

namespace Dragoman.Providers.Tests.Schema;

/// <summary>The JSON Schema of config.yaml, checked by a validator that is not ours.</summary>
public sealed partial class ConfigSchemaTests
{
    private static readonly Gateway.Providers.ProviderRegistry Registry = ProviderModules.CreateRegistry(TimeProvider.System);
    private static readonly string Text = ConfigSchema.TextOf(Registry);
    private static readonly JsonSchema Schema = JsonSchema.FromText(Text);

    /// <summary>Values that the readers refuse, each with the place of the fault.</summary>
    public static TheoryData<string> Faulty =>
    [
        "port: eighty", "port: 70000", "routing: { strategy: sometimes }", "debug: perhaps", "api-keys: one", "flows: { mode: all }", "claude-api-key: { api-key: x }", "prices: [ { model: m, input: 1 } ]",
        "openai-compatibility: [ { name: x } ]", "streaming: { keepalive-style: loud }", "routing: { hybrid: { bucket: 0 } }", "responses: { store-ttl: soon }", "listeners: [ { surface: moon } ]",
    ];

    /// <summary>What the readers take, though it is no plain value of its kind.</summary>
    public static TheoryData<string> Tolerated =>
    [
        "", "port: '8317'", "port: ${PORT:-8317}", "debug: yes", "debug: ${DEBUG:-off}", "routing: { strategy: Round-Robin }", "routing: { strategy: rr }", "routing:", "no-such-key: { a: [ 1 ] }",
        "api-keys: [ 12345 ]", "claude-header-defaults: { user-agent: x }", "models: { catalogue: { refresh: 24h } }", "routing: { routes: [ { models: one, fallback: [ two ] } ], fallbacks: { a: b, c: [ d ] } }",
        "responses: { store-ttl: 3600 }", "gemini-api-key: [ { api-key: x, models: [ bare, { name: m, alias: a, thinking: { levels: [ low ] } } ], headers: { x-team: 7 } } ]", "oauth-model-alias: { codex: [ { name: a, alias: b, fork: true } ] }",
    ];

    [Fact]
    public void The_committed_schema_is_the_present_one()
    {
        var path = Path.Combine(RepositoryFiles.Root, "docs", "reference", "config.schema.json");
        if (Environment.GetEnvironmentVariable("DRAGOMAN_WRITE_DOCS") == "1") File.WriteAllText(path, Text);
        (File.Exists(path) ? File.ReadAllText(path) : "").ShouldBe(Text, "docs/reference/config.schema.json is not what the readers take; write it anew with DRAGOMAN_WRITE_DOCS=1 ./test");
    }

    [Fact]
    public void The_schema_is_valid_itself() => Faults(MetaSchemas.Draft202012, JsonDocument.Parse(Text).RootElement).ShouldBeEmpty();

    [Fact]
    public void Every_configuration_of_the_documentation_is_valid()
    {
        string[] pages = [.. RepositoryFiles.Files("docs", "*.md"), Path.Combine(RepositoryFiles.Root, "README.md")];
        var blocks = pages.SelectMany(page => Yaml().Matches(File.ReadAllText(page)).Select(block => (Page: RepositoryFiles.Relative(page), Text: block.Groups["text"].Value))).ToList();
        blocks.Count.ShouldBeGreaterThan(20);
        blocks.SelectMany(block => Faults(block.Text).Select(fault => $"{block.Page}: {fault}: {block.Text}")).ShouldBeEmpty();
    }

    [Theory, MemberData(nameof(Tolerated))]
    public void What_the_readers_take_is_valid(string yaml)
    {
        new ConfigLoader(Registry, static _ => null).Load(yaml, "config.yaml").IsUsable.ShouldBeTrue();
        Faults(yaml).ShouldBeEmpty();
    }

    [Theory, MemberData(nameof(Faulty))]
    public void What_the_readers_refuse_is_not_valid(string yaml)
    {
        new ConfigLoader(Registry, static _ => null).Load(yaml, "config.yaml").IsUsable.ShouldBeFalse();
        Faults(yaml).ShouldNotBeEmpty();
    }

    /// <summary>What the readers ask for when every key is written has no fault either, but for what is written in two ways.</summary>
    [Fact]
    public void Every_described_key_is_taken()
    {
        var document = ConfigSample.Of(Registry);
        foreach (var list in document.Where(pair => pair.Value is System.Text.Json.Nodes.JsonArray).Select(pair => pair.Value!.AsArray()))
        {
            // Items without keys lack those that are needed.
            foreach (var empty in list.Where(item => item is System.Text.Json.Nodes.JsonObject { Count: 0 }).ToList()) list.Remove(empty);
        }

        Faults(Schema, JsonDocument.Parse(document.ToJsonString()).RootElement).Where(fault => !fault.Contains("required", StringComparison.OrdinalIgnoreCase) && fault != "not valid" && !fault.Contains("$ref", StringComparison.Ordinal)).ShouldBeEmpty();
    }

    [GeneratedRegex(@"^```yaml\r?\n(?<text>.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 5000)]
    private static partial Regex Yaml();

    private static IReadOnlyList<string> Faults(string yaml) => Faults(Schema, JsonDocument.Parse((ConfigValues.Read(yaml) ?? throw new InvalidOperationException(yaml)).ToJsonString()).RootElement);

    private static IReadOnlyList<string> Faults(JsonSchema schema, JsonElement document)
    {
        var result = schema.Evaluate(document, new EvaluationOptions { OutputFormat = OutputFormat.List });
        return result.IsValid ? [] : [.. (result.Details ?? []).Where(detail => detail.Errors is not null).SelectMany(detail => detail.Errors!.Select(error => $"{detail.InstanceLocation}: {error.Value}")), "not valid"];
    }
}
