using Dragoman.Gateway.Persistence;
using Dragoman.Gateway.Tests.Support;
using Dragoman.Protocols;

namespace Dragoman.Gateway.Tests.Routing;

public sealed class RouterTests
{
    private static readonly string Three = "openai-compatibility:\n" + RouterFixture.Upstream("a") + RouterFixture.Upstream("b") + RouterFixture.Upstream("c");

    [Fact]
    [Trait("check", "cliproxy 34")]
    public void Round_robin_gives_each_its_turn_and_the_rest_as_fallback()
    {
        var routing = new RouterFixture(Three);
        routing.Ask("m").ShouldBe(["a:m", "b:m", "c:m"]);
        routing.Ask("m(high)").ShouldBe(["b:m", "c:m", "a:m"]);
        routing.Ask("M").ShouldBe(["c:m", "a:m", "b:m"]);
        routing.Ask("m").ShouldBe(["a:m", "b:m", "c:m"]);
    }

    [Fact]
    public void Round_robin_passes_over_who_rests_without_losing_the_turn()
    {
        var routing = new RouterFixture(Three);
        routing.Fail("m", FailureClass.RateLimited, TimeSpan.FromMinutes(5)).Account.Label.ShouldBe("a");
        Enumerable.Range(0, 4).Select(_ => routing.Ask("m")[0]).ShouldBe(["b:m", "c:m", "b:m", "c:m"]);
        routing.Time.Advance(TimeSpan.FromMinutes(5));
        Enumerable.Range(0, 3).Select(_ => routing.Ask("m")[0]).ShouldBe(["a:m", "b:m", "c:m"]);
    }

    [Fact]
    public void Round_robin_spreads_evenly_under_concurrency()
    {
        var routing = new RouterFixture(Three);
        var counts = new System.Collections.Concurrent.ConcurrentDictionary<string, int>();
        Parallel.For(0, 3_000, _ => counts.AddOrUpdate(routing.Ask("m")[0], 1, (_, count) => count + 1));
        counts.Values.ShouldBe([1_000, 1_000, 1_000]);
    }

    [Fact]
    [Trait("check", "cliproxy 35")]
    public void Higher_priorities_are_used_up_first()
    {
        var routing = new RouterFixture("openai-compatibility:\n" + RouterFixture.Upstream("low") + RouterFixture.Upstream("a", "priority: 5") + RouterFixture.Upstream("b", "priority: 5"));
        routing.Ask("m").ShouldBe(["a:m", "b:m", "low:m"]);
        routing.Ask("m").ShouldBe(["b:m", "a:m", "low:m"]);
        routing.Fail("m", FailureClass.QuotaExhausted, TimeSpan.FromHours(1));
        routing.Fail("m", FailureClass.QuotaExhausted, TimeSpan.FromHours(1));
        routing.Ask("m").ShouldBe(["low:m"]);
    }

    [Fact]
    [Trait("check", "cliproxy 34")]
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
        var routing = new RouterFixture(yaml);
        for (var time = 0; time < 3; time++) routing.Ask("m").ShouldBe(["first:m", "chat:m", "claude:m", "responses:m"]);
        routing.Ask("m", source: Protocol.OpenAiResponses).ShouldBe(["first:m", "responses:m", "claude:m", "chat:m"]);
        routing.Ask("m", source: Protocol.AnthropicMessages).ShouldBe(["first:m", "claude:m", "chat:m", "responses:m"]);
    }

    [Fact]
    public void A_pool_behind_one_alias_goes_round()
    {
        var routing = new RouterFixture("openai-compatibility:\n" + RouterFixture.Upstream("a", models: "[ { name: x, alias: m }, { name: y, alias: m } ]"));
        routing.Ask("m").ShouldBe(["a:x", "a:y"]);
        routing.Ask("m").ShouldBe(["a:y", "a:x"]);
    }

    [Fact]
    public void Sticky_keeps_conversations_and_deals_new_ones_out()
    {
        var routing = new RouterFixture("routing: { strategy: sticky }\n" + Three);
        routing.Succeed("m", "one").ShouldBe("a");
        routing.Succeed("m", "two").ShouldBe("b");
        for (var time = 0; time < 3; time++) routing.Succeed("m", "one").ShouldBe("a");
        routing.Succeed("m", "two").ShouldBe("b");
        routing.Succeed("m", "three").ShouldBe("c");
    }

    [Fact]
    public void Sticky_without_a_conversation_stays_until_it_must_move_and_stays_there()
    {
        var routing = new RouterFixture("routing: { strategy: sticky }\n" + Three);
        for (var time = 0; time < 3; time++) routing.Ask("m")[0].ShouldBe("a:m");
        routing.Fail("m", FailureClass.RateLimited, TimeSpan.FromMinutes(1));
        for (var time = 0; time < 3; time++) routing.Ask("m")[0].ShouldBe("b:m");
        routing.Time.Advance(TimeSpan.FromMinutes(2));
        routing.Ask("m")[0].ShouldBe("b:m");
    }

    [Fact]
    public void A_conversation_whose_account_rests_moves_and_stays_with_the_one_that_answered()
    {
        var routing = new RouterFixture("routing: { session-affinity: true }\n" + Three);
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
        var routing = new RouterFixture("routing: { strategy: sticky, session-affinity-ttl: 10m }\n" + Three);
        routing.Succeed("m", "s").ShouldBe("a");
        routing.Time.Advance(TimeSpan.FromMinutes(9));
        routing.Succeed("m", "s").ShouldBe("a");
        routing.Time.Advance(TimeSpan.FromMinutes(9));
        routing.Succeed("m", "s").ShouldBe("a");
        routing.Time.Advance(TimeSpan.FromMinutes(10));
        routing.Explain("m", "s").Trace.ShouldContain(step => step.Text.Contains("not bound"));
    }

    [Fact]
    public void A_bound_conversation_comes_before_priority()
    {
        var yaml = "routing: { session-affinity: true }\nopenai-compatibility:\n" + RouterFixture.Upstream("low") + RouterFixture.Upstream("high", "priority: 1");
        var routing = new RouterFixture(yaml);
        routing.Fail("m", FailureClass.RateLimited, TimeSpan.FromSeconds(30));
        routing.Succeed("m", "s").ShouldBe("low");
        routing.Time.Advance(TimeSpan.FromMinutes(1));
        routing.Ask("m", "s").ShouldBe(["low:m", "high:m"]);
        routing.Ask("m", "t").ShouldBe(["high:m", "low:m"]);
    }

    [Fact]
    public void Explaining_changes_nothing()
    {
        var routing = new RouterFixture("routing: { strategy: round-robin, session-affinity: true }\n" + Three);
        for (var time = 0; time < 5; time++) RouterFixture.Show(routing.Explain("m", "s"))[0].ShouldBe("a:m");
        routing.Router.Sessions.Count.ShouldBe(0);
        routing.Ask("m")[0].ShouldBe("a:m");
        RouterFixture.Show(routing.Explain("m"))[0].ShouldBe("b:m");
        routing.Ask("m")[0].ShouldBe("b:m");
        var plan = routing.Explain("m(high)");
        plan.Trace.ShouldContain(step => step.Text.Contains("(high)"));
        plan.Trace.ShouldContain(step => step.Text.Contains("round-robin"));
        plan.Candidates[0].Reason.ShouldNotBeNull();
    }

    [Fact]
    public void When_all_rest_by_their_upstreams_word_the_client_is_told_how_long()
    {
        var routing = new RouterFixture(Three);
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
    public void A_guess_refuses_nobody_and_puts_who_is_back_first_before_the_others_that_cool_down()
    {
        foreach (var cause in (FailureClass[])[FailureClass.QuotaExhausted, FailureClass.RateLimited, FailureClass.Transient, FailureClass.Capacity, FailureClass.UpstreamBug,
            FailureClass.Gone, FailureClass.Forbidden, FailureClass.AuthDead, FailureClass.AuthExpired])
        {
            var routing = new RouterFixture("openai-compatibility:\n" + RouterFixture.Upstream("low", "priority: -1") + RouterFixture.Upstream("a") + RouterFixture.Upstream("b"));
            routing.FailAt(routing.Explain("m").Candidates.Single(candidate => candidate.Account.Label == "a"), cause);
            routing.Ask("m").ShouldBe(["b:m", "low:m", "a:m"], $"{cause}: behind all others, lower priorities too");
            routing.Time.Advance(TimeSpan.FromSeconds(0.5));
            routing.FailAt(routing.Plan("m").Candidates[0], cause);
            routing.FailAt(routing.Plan("m").Candidates[0], FailureClass.AuthDead);
            var plan = routing.Explain("m");
            RouterFixture.Show(plan).ShouldBe(["a:m", "b:m", "low:m"]);
            (plan.Error, plan.BackAt, plan.Excluded.Count).ShouldBe((null, null, 0));
            plan.Candidates[0].Reason!.ShouldContain("cools down");
            plan.Trace.ShouldContain(step => step.Text.Contains("guess"));
        }
    }

    [Fact]
    public void A_stated_limit_leaves_out_and_a_guess_beside_it_is_tried()
    {
        var routing = new RouterFixture(Three);
        routing.Fail("m", FailureClass.RateLimited, TimeSpan.FromMinutes(1));
        routing.Fail("m", FailureClass.Gone);
        routing.Fail("m", FailureClass.RateLimited, TimeSpan.FromMinutes(2));
        var plan = routing.Plan("m");
        RouterFixture.Show(plan).ShouldBe(["b:m"]);
        plan.Excluded.Select(item => item.Account.Label).ShouldBe(["a", "c"]);
        (plan.BackAt - routing.Time.GetUtcNow()).ShouldBe(TimeSpan.FromMinutes(1));
    }

    [Fact]
    public void A_conversation_leaves_an_account_that_cools_down_by_a_guess()
    {
        var routing = new RouterFixture("routing: { session-affinity: true }\n" + Three);
        routing.Succeed("m", "s").ShouldBe("a");
        routing.FailAt(routing.Plan("m", "s").Candidates[0], FailureClass.Forbidden);
        var plan = routing.Plan("m", "s");
        plan.Candidates[^1].Account.Label.ShouldBe("a");
        var moved = routing.Succeed("m", "s");
        moved.ShouldNotBe("a");
        routing.Time.Advance(TimeSpan.FromMinutes(10));
        routing.Succeed("m", "s").ShouldBe(moved, "it stays with the one that answered");
    }

    [Fact]
    public void Faults_that_are_not_limits_end_as_503()
    {
        var routing = new RouterFixture("openai-compatibility:\n" + RouterFixture.Upstream("a"));
        routing.Fail("m", FailureClass.Capacity, TimeSpan.FromSeconds(30));
        var error = routing.Plan("m").Error!;
        (error.EffectiveStatus, error.Kind, error.RetryAfter).ShouldBe((503, ErrorKind.Unavailable, TimeSpan.FromSeconds(30)));
    }

    [Fact]
    public void Accounts_that_are_switched_off_are_told_as_such()
    {
        new RouterFixture("openai-compatibility:\n" + RouterFixture.Upstream("a", "disabled: true")).Plan("m").Error!.Code.ShouldBe("auth_unavailable");
    }

    [Fact]
    public void A_new_configuration_keeps_what_was_learnt()
    {
        var routing = new RouterFixture("routing: { strategy: sticky }\n" + Three);
        routing.Succeed("m", "s").ShouldBe("a");
        routing.Fail("m", FailureClass.RateLimited, TimeSpan.FromMinutes(5));
        routing.Apply("routing: { strategy: sticky }\nopenai-compatibility:\n" + RouterFixture.Upstream("c") + RouterFixture.Upstream("a", "priority: 9"));
        routing.Ask("m").ShouldBe(["c:m"]);
        routing.Time.Advance(TimeSpan.FromMinutes(5));
        routing.Ask("m", "s").ShouldBe(["a:m", "c:m"]);
        routing.Apply("");
        routing.Router.Cooldowns.Report().ShouldBeEmpty();
        routing.Plan("m").Error!.EffectiveStatus.ShouldBe(404);
    }

    [Fact]
    public void Plans_and_reports_and_new_configurations_may_come_all_at_once()
    {
        var routing = new RouterFixture(Three);
        Parallel.For(0, 2_000, turn =>
        {
            if (turn % 100 == 0) routing.Apply(turn % 200 == 0 ? Three : "routing: { strategy: sticky }\n" + Three);
            var plan = routing.Plan("m", $"s{turn % 7}");
            if (plan.Candidates.Count == 0) return;
            if (turn % 5 == 0) routing.FailAt(plan.Candidates[0], FailureClass.Transient);
            else routing.Router.ReportSuccess(RouterFixture.Request("m", $"s{turn % 7}"), plan.Candidates[0]);
        });
        routing.Time.Advance(TimeSpan.FromHours(1));
        routing.Ask("m").Length.ShouldBe(3);
    }
}
