using Dragoman.Gateway.Catalog;
using Dragoman.Gateway.Persistence;
using Dragoman.Gateway.Tests.Support;
using Dragoman.Protocols;
using Dragoman.Protocols.Conversation;

namespace Dragoman.Gateway.Tests.Routing;

public sealed class NameResolutionTests
{
    private const string Keys = """
        claude-api-key: [ { name: anthropic, api-key: a } ]
        codex-api-key: [ { name: openai, api-key: o } ]
        gemini-api-key: [ { name: google, api-key: g } ]
        bedrock: [ { name: aws, region: us-east-1, api-key: b, priority: -1 } ]
        """;

    [Theory]
    [InlineData("claude-sonnet-4-5", "anthropic:claude-sonnet-4-5 aws:claude-sonnet-4-5")]
    [InlineData("claude-sonnet-4-6[1m]", "anthropic:claude-sonnet-4-6 aws:claude-sonnet-4-6")]
    [InlineData("models/gemini-2.5-pro", "google:gemini-2.5-pro")]
    [InlineData("gpt-5(high)", "openai:gpt-5")]
    [InlineData("o3", "openai:o3")]
    [InlineData("ft:gpt-4o:acme::1", "openai:ft:gpt-4o:acme::1")]
    [InlineData("us.anthropic.claude-sonnet-4-5-20250929-v1:0", "aws:us.anthropic.claude-sonnet-4-5-20250929-v1:0")]
    [InlineData("amazon.nova-pro-v1:0", "aws:amazon.nova-pro-v1:0")]
    [InlineData("arn:aws:bedrock:us-east-1:1:application-inference-profile/abc", "aws:arn:aws:bedrock:us-east-1:1:application-inference-profile/abc")]
    [InlineData("converse/anthropic.claude-sonnet-4-6", "aws:converse/anthropic.claude-sonnet-4-6")]
    [InlineData("llama-3.3-70b", "")]
    public void Accounts_without_a_list_take_what_fits_their_provider(string asked, string served)
        => string.Join(' ', new RouterFixture(Keys).Ask(asked)).ShouldBe(served);

    [Theory]
    [InlineData("us.anthropic.claude-sonnet-4-5-20250929-v1:0", "a:claude-sonnet-4-5")]
    [InlineData("anthropic.claude-sonnet-4-5-20250929-v1:0:200k", "a:claude-sonnet-4-5")]
    [InlineData("global.anthropic.claude-sonnet-4-5", "a:claude-sonnet-4-5")]
    [InlineData("arn:aws:bedrock:eu-west-1:123456789012:inference-profile/eu.anthropic.claude-sonnet-4-5-20250929-v1:0", "a:claude-sonnet-4-5")]
    [InlineData("arn:aws:bedrock:::inference-profile/mine", "b:m")]
    [InlineData("openai.gpt-oss-120b-1:0", "b:gpt-oss-120b-1")]
    [InlineData("anthropic.claude-opus-4-1-20250805-v1:0", "")]
    [InlineData("com.example.m", "")]
    public void Bedrocks_ids_are_understood_where_nobody_has_them_as_they_stand(string asked, string served)
    {
        var router = new RouterFixture("openai-compatibility:\n" + RouterFixture.Upstream("a", models: "[ claude-sonnet-4-5 ]") + RouterFixture.Upstream("b", models: "[ { name: m, alias: mine }, gpt-oss-120b-1 ]"));
        string.Join(' ', router.Ask(asked)).ShouldBe(served);
    }

    [Theory]
    [InlineData("claude-sonnet-4.5", "claude-sonnet-4-5")]
    [InlineData("Claude-Sonnet-4.5", "claude-sonnet-4-5")]
    [InlineData("claude-sonnet-4-5-20250929", "claude-sonnet-4-5-20250929")]
    [InlineData("claude-sonnet-4.5-20250929", "claude-sonnet-4-5-20250929")]
    [InlineData("claude-sonnet-4-5@20250929", "claude-sonnet-4-5-20250929")]
    [InlineData("claude-sonnet-4-5-latest", "claude-sonnet-4-5")]
    [InlineData("claude-4.5-sonnet", "claude-sonnet-4-5")]
    [InlineData("claude-4-5-sonnet-20250929", "claude-sonnet-4-5-20250929")]
    [InlineData("claude-opus-4.6[1m]", "claude-opus-4-6")]
    [InlineData("claude-sonnet-4", "claude-sonnet-4-0")]
    [InlineData("claude-4-opus", "claude-opus-4-0")]
    [InlineData("claude-sonnet-4-20250514", "claude-sonnet-4-20250514")]
    [InlineData("claude-opus-4.1", "claude-opus-4-1")]
    [InlineData("claude-3.7-sonnet", "claude-3-7-sonnet-20250219")]
    [InlineData("claude-3-5-haiku-latest", "claude-3-5-haiku-latest")]
    [InlineData("claude-haiku-3.5", "claude-3-5-haiku-20241022")]
    [InlineData("claude-3-haiku-20240307", "claude-3-haiku-20240307")]
    [InlineData("claude-sonnet-5", "claude-sonnet-5")]
    [InlineData("claude-opus-9.1", "claude-opus-9-1")]
    [InlineData("claude-2.1", "claude-2.1")]
    [InlineData("claude-instant-1.2", "claude-instant-1.2")]
    [InlineData("claude-sonnet-4-5-mine", "claude-sonnet-4-5-mine")]
    public void Anthropics_own_accounts_get_a_Claudes_name_as_Anthropic_spells_it(string asked, string sent)
    {
        var plan = new RouterFixture("claude-api-key: [ { name: a, api-key: k } ]").Plan(asked);
        RouterFixture.Show(plan).ShouldBe([$"a:{sent}"]);
        plan.Candidates[0].DefaultReasoning.ShouldBeNull();
    }

    [Theory]
    [InlineData("claude-opus-4-5-thinking", "claude-opus-4-5")]
    [InlineData("claude-opus-4.5-thinking", "claude-opus-4-5")]
    [InlineData("claude-opus-4-5-20251101-thinking", "claude-opus-4-5-20251101")]
    [InlineData("claude-opus-4-5-thinking-20251101", "claude-opus-4-5-20251101")]
    [InlineData("claude-4.5-opus-thinking", "claude-opus-4-5")]
    [InlineData("claude-opus-4.5:thinking", "claude-opus-4-5")]
    public void A_name_that_ends_in_thinking_asks_for_it(string asked, string sent)
    {
        var direct = new RouterFixture("claude-api-key: [ { name: a, api-key: k } ]\nbedrock: [ { name: aws, region: us-east-1, api-key: b, priority: -1 } ]").Plan(asked);
        RouterFixture.Show(direct).ShouldBe([$"a:{sent}", $"aws:{sent}"]);
        direct.Candidates.ShouldAllBe(candidate => candidate.DefaultReasoning!.Mode == ReasoningMode.On);
        var listed = new RouterFixture("openai-compatibility:\n" + RouterFixture.Upstream("x", models: "[ claude-opus-4-5 ]")).Plan(asked);
        RouterFixture.Show(listed).ShouldBe(["x:claude-opus-4-5"]);
        listed.Candidates[0].DefaultReasoning!.Mode.ShouldBe(ReasoningMode.On);
    }

    [Theory]
    [InlineData("claude-sonnet-4", "claude-sonnet-4")]
    [InlineData("claude-4.5-sonnet", "claude-sonnet-4-5")]
    [InlineData("claude-3.5-haiku", "claude-3-5-haiku")]
    [InlineData("us.anthropic.claude-sonnet-4-5-20250929-v1:0", "us.anthropic.claude-sonnet-4-5-20250929-v1:0")]
    public void Bedrock_gets_the_name_its_ids_are_looked_up_by(string asked, string sent)
        => new RouterFixture("bedrock: [ { name: aws, region: us-east-1, api-key: b } ]").Ask(asked).ShouldBe([$"aws:{sent}"]);

    [Fact]
    public void A_configured_name_is_found_by_its_other_spellings_and_wins_as_it_stands()
    {
        var listed = new RouterFixture("openai-compatibility:\n" + RouterFixture.Upstream("x", models: "[ { name: glm-4.7, alias: claude-haiku-4-5 }, { name: dated, alias: claude-opus-4-1-20250805 }, { name: own, alias: claude-opus-4.6 } ]"));
        listed.Ask("claude-haiku-4-5-20251001").ShouldBe(["x:glm-4.7"]);
        listed.Ask("claude-haiku-4.5").ShouldBe(["x:glm-4.7"]);
        listed.Ask("claude-opus-4-1").ShouldBe(["x:dated"]);
        listed.Ask("claude-opus-4-1-20250101").ShouldBeEmpty("another snapshot is another model");
        listed.Ask("claude-opus-4-5").ShouldBeEmpty();
        listed.Ask("claude-opus-4.6").ShouldBe(["x:own"]);
        new RouterFixture("claude-api-key: [ { name: a, api-key: k, models: [ claude-opus-4.5-thinking ] } ]").Ask("claude-opus-4.5-thinking").ShouldBe(["a:claude-opus-4.5-thinking"]);
        new RouterFixture("claude-api-key: [ { name: a, api-key: k, models: [ claude-opus-4-5-thinking ] } ]").Ask("claude-opus-4-5").ShouldBeEmpty("nobody asked for thinking");
    }

    [Fact]
    public void Who_is_known_to_serve_a_name_comes_before_who_is_only_assumed_to()
    {
        const string yaml = "claude-api-key: [ { name: direct, api-key: k } ]\nopenai-compatibility:\n";
        var listed = new RouterFixture(yaml + RouterFixture.Upstream("x", models: "[ claude-newest-9 ]"));
        for (var time = 0; time < 4; time++) listed.Ask("claude-newest-9").ShouldBe(["x:claude-newest-9", "direct:claude-newest-9"]);
        var both = new RouterFixture(yaml + RouterFixture.Upstream("x", models: "[ claude-opus-4-5 ]"));
        Enumerable.Range(0, 4).Select(_ => both.Ask("claude-opus-4-5")[0]).Distinct().Count().ShouldBe(2, "both are known to serve it");
    }

    [Fact]
    public void A_name_that_nobody_is_known_to_serve_stays_with_the_upstream_that_answered_it()
    {
        var routing = new RouterFixture("""
            openai-compatibility:
              - { name: one, base-url: 'http://127.0.0.1:1/v1' }
              - { name: two, base-url: 'http://127.0.0.1:2/v1', api-key-entries: [ { api-key: k1 }, { api-key: k2 } ] }
            """);
        for (var time = 0; time < 3; time++) routing.Ask("mystery")[0].ShouldBe("one:mystery", "the order of the file, not in turn");
        routing.Fail("mystery", FailureClass.Gone).Account.Label.ShouldBe("one");
        var second = routing.Succeed("mystery");
        second.ShouldStartWith("two");
        routing.Time.Advance(TimeSpan.FromHours(1));
        var firsts = Enumerable.Range(0, 4).Select(_ => routing.Ask("mystery")).ToList();
        firsts.ShouldAllBe(order => order.First().StartsWith("two") && order.Last() == "one:mystery");
        firsts.Select(order => order[0]).Distinct().Count().ShouldBe(2, "the keys of one upstream take turns");
        routing.Ask("other")[0].ShouldBe("one:other");
    }

    [Fact]
    public void An_upstream_of_which_nothing_is_known_is_asked_after_a_vendor_that_is_only_assumed_to_serve_the_name()
    {
        var routing = new RouterFixture(Keys + "\nopenai-compatibility: [ { name: any, base-url: 'http://127.0.0.1:11434/v1' } ]\n");
        routing.Ask("gpt-oss-in-my-cellar").ShouldBe(["openai:gpt-oss-in-my-cellar", "any:gpt-oss-in-my-cellar"]);
        routing.Fail("gpt-oss-in-my-cellar", FailureClass.Gone);
        routing.Succeed("gpt-oss-in-my-cellar").ShouldBe("any");
        routing.Time.Advance(TimeSpan.FromHours(1));
        routing.Ask("gpt-oss-in-my-cellar")[0].ShouldBe("any:gpt-oss-in-my-cellar");
    }

    [Theory]
    [InlineData("m(high)", ReasoningMode.On, "high", null)]
    [InlineData("m(XHigh)", ReasoningMode.On, "xhigh", null)]
    [InlineData("m(8192)", ReasoningMode.On, null, 8192)]
    [InlineData("m(0)", ReasoningMode.Off, null, null)]
    [InlineData("m(none)", ReasoningMode.Off, null, null)]
    [InlineData("m(auto)", ReasoningMode.Adaptive, null, null)]
    [InlineData("m(-1)", ReasoningMode.Adaptive, null, null)]
    [InlineData("m[1m](low)", ReasoningMode.On, "low", null)]
    [InlineData("m(low)[1m]", ReasoningMode.On, "low", null)]
    [InlineData("p/m(low)", ReasoningMode.On, "low", null)]
    public void A_suffix_asks_for_reasoning(string asked, ReasoningMode mode, string? effort, int? budget)
    {
        var candidate = new RouterFixture("openai-compatibility:\n" + RouterFixture.Upstream("a", "prefix: p")).Plan(asked).Candidates.ShouldHaveSingleItem();
        candidate.Model.Id.ShouldBe("m");
        (candidate.SuffixReasoning!.Mode, candidate.SuffixReasoning.Effort, candidate.SuffixReasoning.BudgetTokens).ShouldBe((mode, effort, budget));
    }

    [Theory]
    [InlineData("m(nonsense)")]
    [InlineData("m()")]
    [InlineData("m(-5)")]
    public void A_suffix_that_is_not_understood_is_taken_off_and_ignored(string asked)
    {
        var plan = new RouterFixture("openai-compatibility:\n" + RouterFixture.Upstream("a")).Explain(asked);
        plan.Candidates.ShouldHaveSingleItem().SuffixReasoning.ShouldBeNull();
        (plan.Trace[0].Code, plan.Trace[0].Values["suffix"]).ShouldBe(("suffix_ignored", plan.Trace[0].Text.Split('(', ')')[1]));
        plan.Trace[0].Text.ShouldContain("ignored");
    }

    [Fact]
    public void A_suffix_in_the_configuration_holds_unless_the_client_brings_its_own()
    {
        var routing = new RouterFixture("openai-compatibility:\n" + RouterFixture.Upstream("a", models: "[ { name: 'm(high)', alias: deep } ]"));
        routing.Plan("deep").Candidates[0].SuffixReasoning!.Effort.ShouldBe("high");
        routing.Plan("deep(low)").Candidates[0].SuffixReasoning!.Effort.ShouldBe("low");
        routing.Plan("deep").Candidates[0].Model.Id.ShouldBe("m");
    }

    [Fact]
    public void An_alias_that_looks_like_a_suffix_is_an_alias()
    {
        var routing = new RouterFixture("openai-compatibility:\n" + RouterFixture.Upstream("a", models: "[ { name: x, alias: 'm(high)' }, { name: y, alias: m } ]"));
        routing.Ask("m(high)").ShouldBe(["a:x"]);
        routing.Ask("m(low)").ShouldBe(["a:y"]);
    }

    [Fact]
    public void An_upstream_name_counts_where_no_alias_does()
    {
        var routing = new RouterFixture("openai-compatibility:\n" + RouterFixture.Upstream("a", models: "[ { name: real, alias: m } ]") + RouterFixture.Upstream("b", models: "[ { name: other, alias: x }, m ]"));
        routing.Ask("real").ShouldBe(["a:real"]);
        routing.Ask("m").ShouldBe(["a:real", "b:m"]);
        routing.Ask("M").Length.ShouldBe(2);
    }

    [Fact]
    public void A_prefix_reaches_only_its_accounts()
    {
        const string yaml = "openai-compatibility:\n";
        var routing = new RouterFixture(yaml + RouterFixture.Upstream("a", "prefix: team") + RouterFixture.Upstream("b"));
        routing.Ask("team/m").ShouldBe(["a:m"]);
        routing.Ask("m").ShouldBe(["a:m", "b:m"]);
        routing.Ask("other/m").ShouldBeEmpty();
        var forced = new RouterFixture("force-model-prefix: true\n" + yaml + RouterFixture.Upstream("a", "prefix: team") + RouterFixture.Upstream("b"));
        forced.Ask("m").ShouldBe(["b:m"]);
        forced.Ask("team/m").ShouldBe(["a:m"]);
        forced.Router.VisibleModels().Select(model => model.Id).ShouldBe(["team/m", "m"]);
        new RouterFixture("force-model-prefix: true\nclaude-api-key: [ { api-key: k, prefix: me } ]").Ask("claude-opus-4-5").ShouldBeEmpty();
        new RouterFixture("force-model-prefix: true\nclaude-api-key: [ { api-key: k, prefix: me } ]").Ask("me/claude-opus-4-5").ShouldBe(["claude:claude-opus-4-5"]);
    }

    [Fact]
    public void Names_with_slashes_are_names()
        => new RouterFixture("openai-compatibility:\n" + RouterFixture.Upstream("a", models: "[ deepseek/r1 ]")).Ask("deepseek/r1(high)").ShouldBe(["a:deepseek/r1"]);

    [Fact]
    public void Excluded_models_are_left_out_and_said_so()
    {
        var routing = new RouterFixture("claude-api-key:\n  - { name: a, api-key: a, excluded-models: [ '*opus*' ] }\n  - { name: b, api-key: b }\n");
        var plan = routing.Plan("claude-opus-4-5");
        RouterFixture.Show(plan).ShouldBe(["b:claude-opus-4-5"]);
        plan.Excluded.ShouldHaveSingleItem().Reason.ShouldContain("*opus*");
        routing.Ask("claude-sonnet-4-5").Length.ShouldBe(2);
        var none = new RouterFixture("claude-api-key: [ { api-key: a, excluded-models: [ '*' ] } ]");
        none.Plan("claude-opus-4-5").Error!.Code.ShouldBe("model_not_found");
        none.Router.VisibleModels().ShouldBeEmpty();
    }

    [Fact]
    public void An_unknown_upstream_without_a_list_gets_what_nobody_else_serves()
    {
        var routing = new RouterFixture(Keys + "\nopenai-compatibility: [ { name: any, base-url: 'http://127.0.0.1:11434/v1' } ]\n");
        routing.Ask("llama-3.3-70b").ShouldBe(["any:llama-3.3-70b"]);
        routing.Ask("gpt-5").ShouldBe(["openai:gpt-5"]);
    }

    [Fact]
    public void Known_hosts_serve_their_makers_models()
    {
        var routing = new RouterFixture("openai-compatibility:\n  - { name: ds, base-url: 'https://api.deepseek.com/v1', api-key-entries: [ { api-key: k } ] }\n");
        routing.Ask("deepseek-chat").ShouldBe(["ds:deepseek-chat"]);
        routing.Ask("gpt-5").ShouldBeEmpty();
        routing.Router.VisibleModels().Select(model => model.Id).ShouldBe(["deepseek-flash", "deepseek-v4-pro"]);
    }

    [Fact]
    public void Unknown_models_are_not_found_and_the_nearest_are_named()
    {
        var plan = new RouterFixture("openai-compatibility:\n" + RouterFixture.Upstream("a", models: "[ qwen3-coder, llama ]")).Plan("qwen3-codr");
        plan.Candidates.ShouldBeEmpty();
        plan.Error!.EffectiveStatus.ShouldBe(404);
        (plan.Error.Kind, plan.Error.Code, plan.Error.Param).ShouldBe((ErrorKind.NotFound, "model_not_found", "model"));
        plan.Error.Message.ShouldContain("Did you mean qwen3-coder?");
        new RouterFixture("").Plan("x").Error!.Code.ShouldBe("model_not_found");
    }

    [Fact]
    public void Auto_is_the_newest_model()
        => new RouterFixture("openai-compatibility:\n" + RouterFixture.Upstream("a", models: "[ gpt-4o, gpt-5.1, gpt-4.1 ]")).Ask("auto(high)").ShouldBe(["a:gpt-5.1"]);

    [Fact]
    public void Facts_come_from_the_catalogue_and_the_owner()
    {
        var routing = new RouterFixture("openai-compatibility:\n" + RouterFixture.Upstream("a",
            models: "[ { name: anthropic/claude-sonnet-4.5, alias: s, display-name: Mine, max-output-tokens: 5 }, { name: own, thinking: { levels: [ low, high ] } } ]"));
        var visible = routing.Router.VisibleModels();
        (visible[0].Id, visible[0].Facts.DisplayName, visible[0].Facts.ContextWindow, visible[0].Facts.MaxOutputTokens).ShouldBe(("s", "Mine", 200_000, 5));
        visible[1].Facts.Efforts.ShouldBe(["low", "high"]);
        visible[1].Servers.ShouldHaveSingleItem().Label.ShouldBe("a");
        var model = routing.Plan("s").Candidates[0].Model;
        (model.MaxOutputTokens, model.Family, model.Reasoning).ShouldBe((5, SignatureFamily.Claude, ReasoningStyle.Budget));
    }

    [Theory]
    [InlineData("p*", "pq", true)]
    [InlineData("*s", "glass", true)]
    [InlineData("*mid*", "amidst", true)]
    [InlineData("a*b*c", "axxbyyc", true)]
    [InlineData("a*b*c", "axxbyy", false)]
    [InlineData("EXACT", "exact", true)]
    [InlineData("exact", "exactly", false)]
    [InlineData("*", "", true)]
    public void Wildcards(string pattern, string text, bool matches) => Wildcard.Matches(pattern, text).ShouldBe(matches);
}
