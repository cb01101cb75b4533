using Dragoman.Gateway.Models;
using Dragoman.Gateway.Providers;
using Dragoman.Gateway.Tests.Support;
using Dragoman.Wire.Conversation;

namespace Dragoman.Gateway.Tests.Models;

public sealed class RouterTests
{
    private static readonly string Three = "openai-compatibility:\n" + Routing.Upstream("a") + Routing.Upstream("b") + Routing.Upstream("c");

    [Fact]
    public void Round_robin_gives_each_its_turn_and_the_rest_as_fallback()
    {
        var routing = new Routing(Three);
        routing.Ask("m").ShouldBe(["a:m", "b:m", "c:m"]);
        routing.Ask("m(high)").ShouldBe(["b:m", "c:m", "a:m"]);
        routing.Ask("M").ShouldBe(["c:m", "a:m", "b:m"]);
        routing.Ask("m").ShouldBe(["a:m", "b:m", "c:m"]);
    }

    [Fact]
    public void Round_robin_passes_over_who_rests_without_losing_the_turn()
    {
        var routing = new Routing(Three);
        routing.Fail("m", FailureClass.RateLimited, TimeSpan.FromMinutes(5)).Account.Label.ShouldBe("a");
        Enumerable.Range(0, 4).Select(_ => routing.Ask("m")[0]).ShouldBe(["b:m", "c:m", "b:m", "c:m"]);
        routing.Time.Advance(TimeSpan.FromMinutes(5));
        Enumerable.Range(0, 3).Select(_ => routing.Ask("m")[0]).ShouldBe(["a:m", "b:m", "c:m"]);
    }

    [Fact]
    public void Round_robin_spreads_evenly_under_concurrency()
    {
        var routing = new Routing(Three);
        var counts = new System.Collections.Concurrent.ConcurrentDictionary<string, int>();
        Parallel.For(0, 3_000, _ => counts.AddOrUpdate(routing.Ask("m")[0], 1, (_, count) => count + 1));
        counts.Values.ShouldBe([1_000, 1_000, 1_000]);
    }

    [Fact]
    public void Higher_priorities_are_used_up_first()
    {
        var routing = new Routing("openai-compatibility:\n" + Routing.Upstream("low") + Routing.Upstream("a", "priority: 5") + Routing.Upstream("b", "priority: 5"));
        routing.Ask("m").ShouldBe(["a:m", "b:m", "low:m"]);
        routing.Ask("m").ShouldBe(["b:m", "a:m", "low:m"]);
        routing.Fail("m", FailureClass.QuotaExhausted);
        routing.Fail("m", FailureClass.QuotaExhausted);
        routing.Ask("m").ShouldBe(["low:m"]);
    }

    [Fact]
    public void Fill_first_stays_with_the_first_and_prefers_the_clients_language_among_equals()
    {
        const string yaml = """
            routing: { strategy: fill-first }
            openai-compatibility:
              - { name: chat, base-url: 'https://c.example/v1', models: [ m ] }
              - { name: responses, base-url: 'https://r.example/v1', wire-api: responses, models: [ m ] }
              - { name: first, base-url: 'https://f.example/v1', wire-api: responses, models: [ m ], priority: 1 }
            claude-api-key: [ { name: claude, api-key: k, models: [ m ] } ]
            """;
        var routing = new Routing(yaml);
        for (var time = 0; time < 3; time++) routing.Ask("m").ShouldBe(["first:m", "chat:m", "claude:m", "responses:m"]);
        routing.Ask("m", source: Language.OpenAiResponses).ShouldBe(["first:m", "responses:m", "claude:m", "chat:m"]);
        routing.Ask("m", source: Language.AnthropicMessages).ShouldBe(["first:m", "claude:m", "chat:m", "responses:m"]);
    }

    [Fact]
    public void A_pool_behind_one_alias_goes_round()
    {
        var routing = new Routing("openai-compatibility:\n" + Routing.Upstream("a", models: "[ { name: x, alias: m }, { name: y, alias: m } ]"));
        routing.Ask("m").ShouldBe(["a:x", "a:y"]);
        routing.Ask("m").ShouldBe(["a:y", "a:x"]);
    }

    [Fact]
    public void Sticky_keeps_conversations_and_deals_new_ones_out()
    {
        var routing = new Routing("routing: { strategy: sticky }\n" + Three);
        routing.Succeed("m", "one").ShouldBe("a");
        routing.Succeed("m", "two").ShouldBe("b");
        for (var time = 0; time < 3; time++) routing.Succeed("m", "one").ShouldBe("a");
        routing.Succeed("m", "two").ShouldBe("b");
        routing.Succeed("m", "three").ShouldBe("c");
    }

    [Fact]
    public void Sticky_without_a_conversation_stays_until_it_must_move_and_stays_there()
    {
        var routing = new Routing("routing: { strategy: sticky }\n" + Three);
        for (var time = 0; time < 3; time++) routing.Ask("m")[0].ShouldBe("a:m");
        routing.Fail("m", FailureClass.RateLimited, TimeSpan.FromMinutes(1));
        for (var time = 0; time < 3; time++) routing.Ask("m")[0].ShouldBe("b:m");
        routing.Time.Advance(TimeSpan.FromMinutes(2));
        routing.Ask("m")[0].ShouldBe("b:m");
    }

    [Fact]
    public void A_conversation_whose_account_rests_moves_and_stays_with_the_one_that_answered()
    {
        var routing = new Routing("routing: { session-affinity: true }\n" + Three);
        routing.Succeed("m", "s").ShouldBe("a");
        var plan = routing.Plan("m", "s");
        routing.FailAt(plan.Candidates[0], FailureClass.RateLimited, TimeSpan.FromMinutes(1));
        var moved = routing.Succeed("m", "s");
        moved.ShouldNotBe("a");
        routing.Time.Advance(TimeSpan.FromMinutes(2));
        routing.Succeed("m", "s").ShouldBe(moved);
    }

    [Fact]
    public void A_conversation_is_forgotten_after_its_time_and_each_use_lengthens_it()
    {
        var routing = new Routing("routing: { strategy: sticky, session-affinity-ttl: 10m }\n" + Three);
        routing.Succeed("m", "s").ShouldBe("a");
        routing.Time.Advance(TimeSpan.FromMinutes(9));
        routing.Succeed("m", "s").ShouldBe("a");
        routing.Time.Advance(TimeSpan.FromMinutes(9));
        routing.Succeed("m", "s").ShouldBe("a");
        routing.Time.Advance(TimeSpan.FromMinutes(10));
        routing.Explain("m", "s").Steps.ShouldContain(step => step.Contains("not bound"));
    }

    [Fact]
    public void A_bound_conversation_comes_before_priority()
    {
        var yaml = "routing: { session-affinity: true }\nopenai-compatibility:\n" + Routing.Upstream("low") + Routing.Upstream("high", "priority: 1");
        var routing = new Routing(yaml);
        routing.Fail("m", FailureClass.RateLimited, TimeSpan.FromSeconds(30));
        routing.Succeed("m", "s").ShouldBe("low");
        routing.Time.Advance(TimeSpan.FromMinutes(1));
        routing.Ask("m", "s").ShouldBe(["low:m", "high:m"]);
        routing.Ask("m", "t").ShouldBe(["high:m", "low:m"]);
    }

    [Fact]
    public void Explaining_changes_nothing()
    {
        var routing = new Routing("routing: { strategy: round-robin, session-affinity: true }\n" + Three);
        for (var time = 0; time < 5; time++) Routing.Show(routing.Explain("m", "s"))[0].ShouldBe("a:m");
        routing.Router.Sessions.Count.ShouldBe(0);
        routing.Ask("m")[0].ShouldBe("a:m");
        Routing.Show(routing.Explain("m"))[0].ShouldBe("b:m");
        routing.Ask("m")[0].ShouldBe("b:m");
        var plan = routing.Explain("m(high)");
        plan.Steps.ShouldContain(step => step.Contains("(high)"));
        plan.Steps.ShouldContain(step => step.Contains("round-robin"));
        plan.Candidates[0].Why.ShouldNotBeNull();
    }

    [Fact]
    public void When_all_rest_by_their_upstreams_word_the_client_is_told_how_long()
    {
        var routing = new Routing(Three);
        routing.Fail("m", FailureClass.RateLimited, TimeSpan.FromSeconds(90.5));
        routing.Fail("m", FailureClass.QuotaExhausted, TimeSpan.FromHours(3));
        routing.Fail("m", FailureClass.RateLimited, TimeSpan.FromSeconds(200));
        var plan = routing.Plan("m");
        plan.Candidates.ShouldBeEmpty();
        (plan.Error!.EffectiveStatus, plan.Error.Kind, plan.Error.Code).ShouldBe((429, ErrorKind.RateLimit, "model_cooldown"));
        plan.Error.RetryAfter.ShouldBe(TimeSpan.FromSeconds(91));
        plan.Error.Message.ShouldContain("1m31s");
        plan.Excluded.Count.ShouldBe(3);
        plan.Excluded.ShouldAllBe(item => item.Until > routing.Time.GetUtcNow());
    }

    [Fact]
    public void When_all_rest_by_a_guess_one_request_a_minute_is_let_through()
    {
        var routing = new Routing("openai-compatibility:\n" + Routing.Upstream("a"));
        var candidate = routing.Fail("m", FailureClass.QuotaExhausted);
        Routing.Show(routing.Explain("m")).ShouldBe(["a:m"]);
        routing.Ask("m").ShouldBe(["a:m"]);
        var refused = routing.Plan("m");
        (refused.Error!.EffectiveStatus, refused.Error.RetryAfter).ShouldBe((429, TimeSpan.FromSeconds(60)));
        routing.FailAt(candidate, FailureClass.QuotaExhausted);
        routing.Time.Advance(TimeSpan.FromSeconds(59));
        routing.Ask("m").ShouldBeEmpty();
        routing.Time.Advance(TimeSpan.FromSeconds(1));
        routing.Ask("m").ShouldBe(["a:m"]);
    }

    [Fact]
    public void Faults_that_are_not_limits_end_as_503()
    {
        var routing = new Routing("openai-compatibility:\n" + Routing.Upstream("a"));
        routing.Fail("m", FailureClass.Capacity, TimeSpan.FromSeconds(30));
        var error = routing.Plan("m").Error!;
        (error.EffectiveStatus, error.Kind, error.RetryAfter).ShouldBe((503, ErrorKind.Unavailable, TimeSpan.FromSeconds(30)));
    }

    [Fact]
    public void Refused_credentials_and_missing_models_are_told_as_such()
    {
        var routing = new Routing("openai-compatibility:\n" + Routing.Upstream("a", models: "[ m, n ]"));
        routing.Fail("m", FailureClass.Gone);
        routing.Plan("m").Error!.Code.ShouldBe("model_not_found");
        routing.Ask("n").ShouldBe(["a:n"]);
        routing.Fail("n", FailureClass.AuthDead);
        var error = routing.Plan("n").Error!;
        (error.EffectiveStatus, error.Code, error.RetryAfter).ShouldBe((503, "auth_unavailable", null));
        new Routing("openai-compatibility:\n" + Routing.Upstream("a", "disabled: true")).Plan("m").Error!.Code.ShouldBe("auth_unavailable");
    }

    [Fact]
    public void A_new_configuration_keeps_what_was_learnt()
    {
        var routing = new Routing("routing: { strategy: sticky }\n" + Three);
        routing.Succeed("m", "s").ShouldBe("a");
        routing.Fail("m", FailureClass.RateLimited, TimeSpan.FromMinutes(5));
        routing.Apply("routing: { strategy: sticky }\nopenai-compatibility:\n" + Routing.Upstream("c") + Routing.Upstream("a", "priority: 9"));
        routing.Ask("m").ShouldBe(["c:m"]);
        routing.Time.Advance(TimeSpan.FromMinutes(5));
        routing.Ask("m", "s").ShouldBe(["a:m", "c:m"]);
        routing.Apply("");
        routing.Router.Lanes.Report().ShouldBeEmpty();
        routing.Plan("m").Error!.EffectiveStatus.ShouldBe(404);
    }

    [Fact]
    public void Plans_and_reports_and_new_configurations_may_come_all_at_once()
    {
        var routing = new Routing(Three);
        Parallel.For(0, 2_000, turn =>
        {
            if (turn % 100 == 0) routing.Apply(turn % 200 == 0 ? Three : "routing: { strategy: sticky }\n" + Three);
            var plan = routing.Plan("m", $"s{turn % 7}");
            if (plan.Candidates.Count == 0) return;
            if (turn % 5 == 0) routing.FailAt(plan.Candidates[0], FailureClass.Transient);
            else routing.Router.ReportSuccess(Routing.Request("m", $"s{turn % 7}"), plan.Candidates[0]);
        });
        routing.Time.Advance(TimeSpan.FromHours(1));
        routing.Ask("m").Length.ShouldBe(3);
    }
}
