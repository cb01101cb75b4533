using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Dragoman.Server.Tests.Forwarding;
using Dragoman.Server.Tests.Support;

namespace Dragoman.Server.Tests.Observability.Metrics;

/// <summary>What the gateway says of itself.</summary>
[Trait("speed", "fast")]
public sealed partial class MetricsTests
{
    [Fact]
    public async Task The_exposition_is_valid_and_counts_what_happened()
    {
        await using var rig = await GatewayFixture.StartAsync();
        using (await rig.PostAsync("/v1/messages", Talk.Messages("chat-1")))
        using (await rig.PostAsync("/v1/messages", Talk.Messages("claude-1")))
        using (await rig.PostAsync("/v1/chat/completions", "{"))
        {
        }

        var metrics = await ReadAsync(rig);

        metrics["dragoman_requests_total{mode=\"translated\",protocol=\"anthropic-messages\",provider=\"openai\",status=\"200\"}"].ShouldBe(1);
        metrics["dragoman_requests_total{mode=\"passthrough\",protocol=\"anthropic-messages\",provider=\"claude\",status=\"200\"}"].ShouldBe(1);
        metrics["dragoman_requests_total{mode=\"\",protocol=\"openai-chat\",provider=\"\",status=\"400\"}"].ShouldBe(1);
        metrics["dragoman_attempts_total{account=\"chat\",outcome=\"answered\"}"].ShouldBe(1);
        metrics["dragoman_tokens_total{kind=\"output\",model=\"claude-sonnet-4-5\",provider=\"claude\"}"].ShouldBeGreaterThan(0);
        metrics["dragoman_request_duration_seconds_bucket{le=\"+Inf\"}"].ShouldBe(2);
        metrics["dragoman_request_duration_seconds_count"].ShouldBe(2);
        metrics["dragoman_time_to_first_byte_seconds_count{model=\"chat-1\",provider=\"openai\"}"].ShouldBe(1);
        metrics["dragoman_accounts{state=\"ready\"}"].ShouldBe(5);
        metrics["dragoman_account_cooldown_seconds{account=\"chat\"}"].ShouldBe(0);
        metrics["dragoman_requests_open"].ShouldBe(0);
        metrics["dragoman_store_up"].ShouldBe(1);
        metrics["process_resident_memory_bytes"].ShouldBeGreaterThan(1 << 20);
        metrics["dotnet_gc_collections_total{generation=\"0\"}"].ShouldBeGreaterThanOrEqualTo(0);
    }

    [Fact]
    public async Task Failures_retries_and_rests_are_seen()
    {
        await using var rig = await GatewayFixture.StartWithAsync(address => FailureTests.Account("first \"one\"", address + "/v1", "invalid-key") + FailureTests.Account("second", address + "/v1", "k", first: false));
        using (await rig.PostAsync("/v1/chat/completions", Talk.Chat("m")))
        {
        }

        var metrics = await ReadAsync(rig);

        metrics["dragoman_attempts_total{account=\"first \"one\"\",outcome=\"AuthDead\"}"].ShouldBe(1);
        metrics["dragoman_retries_total"].ShouldBe(1);
        metrics["dragoman_accounts{state=\"cooling_down\"}"].ShouldBe(1);
        metrics["dragoman_account_cooldown_seconds{account=\"first \"one\"\"}"].ShouldBeGreaterThan(0);
        metrics["dragoman_cooldowns{account=\"first \"one\"\",cause=\"AuthDead\",model=\"*\"}"].ShouldBe(1);
    }

    [Fact]
    public async Task Clients_cannot_make_labels_without_end()
    {
        await using var rig = await GatewayFixture.StartWithAsync(address => $"claude-api-key:\n  - {{ api-key: k, base-url: '{address}' }}\n");
        for (var i = 0; i < 30; i++)
        {
            using (await rig.PostAsync("/v1/messages", Talk.Messages($"nothing-{i}")))
            {
            }
        }

        using var answer = await rig.GetAsync("/metrics");
        (await answer.TextAsync()).ShouldNotContain("nothing-");
    }

    /// <summary>A panel about a metric that does not exist is empty for ever, and nobody is told.</summary>
    [Fact]
    public async Task Every_query_of_the_dashboard_names_what_is_shown()
    {
        await using var rig = await GatewayFixture.StartWithAsync(address => FailureTests.Account("dead", address + "/v1", "invalid-key") + GatewayFixture.Everything(address)[GatewayFixture.Everything(address).IndexOf("claude-api-key", StringComparison.Ordinal)..]);
        using (await rig.PostAsync("/v1/messages", Talk.Messages("claude-1")))
        using (await rig.PostAsync("/v1/chat/completions", """{"model":"claude-1","messages":[{"role":"user","content":"Hello"}],"logit_bias":{"1":1}}"""))
        using (await rig.PostAsync("/v1/chat/completions", Talk.Chat("m")))
        {
        }

        using (var made = await rig.PostAsync("/api/v1/keys", """{"name":"a \"key\"","budgets":[{"unit":"money","period":"day","limit":2.5}]}""")) ((int)made.StatusCode).ShouldBe(201, await made.TextAsync());
        var metrics = await ReadAsync(rig);
        metrics["dragoman_key_budget_remaining{key=\"a \"key\"\",period=\"day\",unit=\"usd\"}"].ShouldBe(2.5);
        var board = JsonNode.Parse(await File.ReadAllTextAsync(RepositoryFiles.File("deploy", "grafana", "dragoman.json")))!;
        var queries = Expressions(board).ToList();

        queries.Count.ShouldBeGreaterThan(20);
        foreach (var query in queries)
        {
            var bare = Words().Replace(query, "");
            var names = Name().Matches(bare).Select(match => match.Value).ToList();
            names.ShouldNotBeEmpty(query);
            foreach (var name in names) metrics.Names.ShouldContain(name, query);
            foreach (Match matched in Grouping().Matches(query))
            {
                foreach (var label in matched.Groups["labels"].Value.Split(',', StringSplitOptions.TrimEntries).Where(label => label != "le"))
                    names.Any(name => metrics.LabelsOf(name).Contains(label)).ShouldBeTrue($"{label} in {query}");
            }
        }
    }

    private static IEnumerable<string> Expressions(JsonNode? node) => node switch
    {
        JsonObject fields => fields.SelectMany(field => field is { Key: "expr", Value: JsonValue value } && value.TryGetValue<string>(out var text) ? [text] : Expressions(field.Value)),
        JsonArray items => items.SelectMany(Expressions),
        _ => [],
    };

    private static async Task<Exposition> ReadAsync(GatewayFixture rig)
    {
        using var answer = await rig.GetAsync("/metrics");
        answer.Header("content-type")!.ShouldStartWith("text/plain; version=0.0.4");
        return Exposition.Parse(await answer.TextAsync());
    }

    [GeneratedRegex("\"[^\"]*\"", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Words();

    [GeneratedRegex(@"\b(dragoman|process|dotnet)_[a-z0-9_]+", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Name();

    [GeneratedRegex(@"\bby \((?<labels>[^)]*)\)", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Grouping();
}
