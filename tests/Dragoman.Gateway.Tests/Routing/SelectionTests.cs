using Dragoman.Gateway.Persistence;
using Dragoman.Gateway.Requests;
using Dragoman.Gateway.Routing;
using Dragoman.Gateway.Tests.Support;
using Dragoman.Protocols;
using Dragoman.Protocols.Conversation;

namespace Dragoman.Gateway.Tests.Routing;

/// <summary>Which account is asked first, by each strategy.</summary>
public sealed class SelectionTests
{
    private static readonly string Three = Upstreams("a", "b", "c");

    [Fact]
    public void Weights_share_smoothly()
    {
        var routing = new RouterFixture("openai-compatibility:\n" + RouterFixture.Upstream("a", "weight: 5") + RouterFixture.Upstream("b") + RouterFixture.Upstream("c"));
        Firsts(routing, 14).ShouldBe("aabacaaaabacaa");
        routing.Ask("m").Length.ShouldBe(3, "the others follow");
    }

    [Fact]
    public void Any_weights_get_their_exact_share_over_a_cycle()
    {
        var random = new Random(20);
        for (var run = 0; run < 50; run++)
        {
            var weights = Enumerable.Range(0, random.Next(2, 6)).Select(_ => random.Next(1, 9)).ToArray();
            var routing = new RouterFixture("routing: { strategy: weighted-round-robin }\nopenai-compatibility:\n" + string.Concat(weights.Select((weight, index) => RouterFixture.Upstream($"u{index}", $"weight: {weight}"))));
            var counts = Enumerable.Range(0, 3 * weights.Sum()).Select(_ => routing.Ask("m")[0]).CountBy(name => name).ToDictionary();
            for (var index = 0; index < weights.Length; index++) counts[$"u{index}:m"].ShouldBe(3 * weights[index]);
        }
    }

    [Fact]
    public void Without_weight_an_account_is_asked_last()
    {
        var routing = new RouterFixture("openai-compatibility:\n" + RouterFixture.Upstream("a", "weight: 0") + RouterFixture.Upstream("b") + RouterFixture.Upstream("c"));
        Firsts(routing, 6).ShouldBe("bcbcbc");
        routing.Ask("m")[2].ShouldBe("a:m");
    }

    [Fact]
    public void Keys_of_one_entry_may_have_weights_and_limits_of_their_own()
    {
        var accounts = Config.Load("""
            openai-compatibility:
              - name: x
                base-url: https://x.example/v1
                weight: 2
                max-concurrency: 7
                api-key-entries: [ { api-key: one, weight: 3, concurrency: 1 }, { api-key: two } ]
            claude-api-key:
              - { label: mine, api-key: k, tags: [ home, Home, spare ], weight: -1, concurrency: 0 }
            """).Accounts;
        accounts.Select(account => (account.Label, account.Weight, account.Concurrency)).ShouldBe([("mine", 0, null), ("x", 3, 1), ("x #2", 2, 7)]);
        accounts[0].Tags.ShouldBe(["home", "spare"]);
    }

    [Fact]
    public void Least_used_asks_whom_has_least_under_way_then_least_done()
    {
        var routing = new RouterFixture("routing: { strategy: least-used }\n" + Three);
        var held = new List<Candidate>();
        for (var turn = 0; turn < 6; turn++) held.Add(Enter(routing));
        held.CountBy(candidate => candidate.Account.Label).ShouldAllBe(pair => pair.Value == 2);
        var third = held.First(candidate => candidate.Account.Label == "c");
        routing.Router.Release(third);
        Enter(routing).Account.Label.ShouldBe("c");
        foreach (var candidate in held) routing.Router.Release(candidate);
        // All are free again: tokens decide.
        Answer(routing, held.First(candidate => candidate.Account.Label == "a"), 1_000);
        Answer(routing, held.First(candidate => candidate.Account.Label == "b"), 10);
        routing.Ask("m").ShouldBe(["c:m", "b:m", "a:m"]);
        routing.Time.Advance(TimeSpan.FromMinutes(6));
        Enumerable.Range(0, 3).Select(_ => routing.Ask("m")[0]).Distinct().Count().ShouldBe(3, "what is long past does not count, and equals take turns");
    }

    [Fact]
    public void Least_used_counts_by_weight()
    {
        var routing = new RouterFixture("routing: { strategy: least-used }\nopenai-compatibility:\n" + RouterFixture.Upstream("a", "weight: 3") + RouterFixture.Upstream("b"));
        for (var turn = 0; turn < 40; turn++) Enter(routing);
        routing.Router.Load.Report(IdOf(routing, "a")).Running.ShouldBe(30);
        routing.Router.Load.Report(IdOf(routing, "b")).Running.ShouldBe(10);
    }

    [Fact]
    public void Who_has_hardly_any_quota_left_comes_last()
    {
        var routing = new RouterFixture("routing: { strategy: least-used }\n" + Three);
        var a = CandidateOf(routing, "a");
        routing.Router.ReportQuotas(a, new QuotaReading([], [new QuotaWindow("5h", 0.96, null, null, routing.Time.GetUtcNow().AddHours(1))]));
        for (var turn = 0; turn < 4; turn++) routing.Ask("m")[2].ShouldBe("a:m");
        routing.Time.Advance(TimeSpan.FromHours(1));
        Enumerable.Range(0, 3).Select(_ => routing.Ask("m")[0]).ShouldContain("a:m");
    }

    [Fact]
    public void Hybrid_prefers_healthy_idle_accounts_with_quota()
    {
        var routing = new RouterFixture("routing: { strategy: hybrid }\n" + Three);
        routing.Router.ReportQuotas(CandidateOf(routing, "b"), new QuotaReading([new QuotaWindow("requests", null, 100, 90, routing.Time.GetUtcNow().AddHours(5))], []));
        routing.Ask("m").ShouldBe(["b:m", "a:m", "c:m"], "90 % beats the 50 % that is taken for unknown");
        Use(routing, "b", 30);
        routing.Ask("m")[0].ShouldBe("a:m", "its bucket is more than half empty");
        routing.Router.ReportFailure(CandidateOf(routing, "a"), new Failure(FailureClass.Transient, new WireError(ErrorKind.Api, "no")));
        routing.Time.Advance(TimeSpan.FromSeconds(6));
        routing.Ask("m").ShouldBe(["c:m", "a:m", "b:m"], "two of three parts of health are a matter of 20 points a failure");
        routing.Router.ReportFailure(CandidateOf(routing, "a"), new Failure(FailureClass.Transient, new WireError(ErrorKind.Api, "no")));
        routing.Time.Advance(TimeSpan.FromSeconds(60));
        routing.Ask("m")[2].ShouldBe("a:m", "below 50 points it comes behind the healthy ones");
    }

    [Fact]
    public void Hybrid_numbers_are_the_owners_to_choose()
    {
        var routing = new RouterFixture("routing: { strategy: hybrid, hybrid: { bucket-weight: 0, quota-weight: 0, idle-weight: 0, health-weight: 1, success: 5 } }\n" + Three);
        Answer(routing, Enter(routing, "c"), 0);
        routing.Ask("m").ShouldBe(["c:m", "a:m", "b:m"]);
        Config.Errors("routing: { hybrid: { bucket: 0, min-health: many } }").Select(problem => problem.Path).ShouldBe(["routing.hybrid.bucket", "routing.hybrid.min-health"], ignoreOrder: true);
    }

    [Fact]
    public void A_route_has_its_own_strategy_affinity_and_stand_ins()
    {
        const string rules = """
            routing:
              strategy: round-robin
              routes:
                - { models: [ "x*" ], strategy: fill-first, fallback: m }
                - { models: [ m ], session-affinity: true, fallback: [ y, x ] }
              fallbacks: { y: x, "*": [ m ] }

            """;
        var routing = new RouterFixture(rules + "openai-compatibility:\n" + RouterFixture.Upstream("a", models: "[ m, x, y ]") + RouterFixture.Upstream("b", models: "[ m, x, y ]"));
        Enumerable.Range(0, 3).Select(_ => routing.Ask("x")[0]).ShouldBe(["a:x", "a:x", "a:x"]);
        Enumerable.Range(0, 3).Select(_ => routing.Ask("y")[0]).ShouldBe(["a:y", "b:y", "a:y"]);
        routing.Succeed("m", "s").ShouldBe("a");
        routing.Succeed("m", "s").ShouldBe("a");
        string[] Fallbacks(string model) => [.. routing.Router.FallbacksOf(RouterFixture.Request(model))];
        Fallbacks("x(high)").ShouldBe(["m"]);
        Fallbacks("m").ShouldBe(["y", "x"]);
        Fallbacks("y").ShouldBe(["x"]);
        Config.Errors("routing: { routes: [ { strategy: sticky } ], fallbacks: { m: } }").Select(problem => problem.Path).ShouldBe(["routing.routes[0].models", "routing.fallbacks.m"], ignoreOrder: true);
    }

    [Fact]
    public void A_key_reaches_only_its_providers()
    {
        var routing = new RouterFixture("claude-api-key: [ { api-key: k, models: [ m ] } ]\ncodex-api-key: [ { api-key: k, models: [ m, n ] } ]\n" + Three);
        RoutePlan Plan(string model, params string[] providers) => routing.Router.Plan(RouterFixture.Request(model) with { Providers = providers });
        Plan("m").Candidates.Count.ShouldBe(5);
        Plan("m", "cl*").Candidates.Select(candidate => candidate.Account.Provider).ShouldBe(["claude"]);
        Plan("m", "claude", "codex").Candidates.Count.ShouldBe(2);
        Plan("m", "claude").Excluded.Count(item => item.Reason.Contains("may not use the provider")).ShouldBe(4);
        var error = Plan("n", "claude", "gemini").Error!;
        (error.EffectiveStatus, error.Kind, error.Code).ShouldBe((403, ErrorKind.Permission, "provider_not_allowed"));
        error.Message.ShouldContain("codex");
    }

    [Fact]
    public void Full_accounts_are_passed_over_and_all_full_is_told()
    {
        var routing = new RouterFixture("openai-compatibility:\n" + RouterFixture.Upstream("a", "concurrency: 1") + RouterFixture.Upstream("b", "concurrency: 2"));
        var held = new List<Candidate> { Enter(routing), Enter(routing), Enter(routing) };
        held.Select(candidate => candidate.Account.Label).Order().ShouldBe(["a", "b", "b"]);
        var plan = routing.Plan("m");
        (plan.IsFull, plan.Error!.EffectiveStatus, plan.Error.Code).ShouldBe((true, 429, "account_concurrency"));
        plan.Error.RetryAfter.ShouldNotBeNull();
        routing.Router.TryAcquire(held[0]).ShouldBe(AcquireResult.Full);
        var freed = routing.Router.SlotFreed;
        freed.IsCompleted.ShouldBeFalse();
        routing.Router.Release(held[1]);
        freed.IsCompleted.ShouldBeTrue();
        Enter(routing).Account.Label.ShouldBe("b");
    }

    [Fact]
    public void Places_are_never_overbooked()
    {
        var routing = new RouterFixture("openai-compatibility:\n" + RouterFixture.Upstream("a", "concurrency: 3") + RouterFixture.Upstream("b", "concurrency: 5"));
        var most = 0;
        Parallel.For(0, 4_000, _ =>
        {
            foreach (var candidate in routing.Plan("m").Candidates)
            {
                if (routing.Router.TryAcquire(candidate) != AcquireResult.Taken) continue;
                var running = routing.Router.Load.Report(candidate.Account.Id).Running;
                if (running > candidate.Account.Concurrency) Interlocked.Increment(ref most);
                routing.Router.Release(candidate);
                break;
            }
        });
        most.ShouldBe(0);
        routing.Router.Load.Report(IdOf(routing, "a")).Running.ShouldBe(0);
    }

    [Fact]
    public void What_changed_since_the_plan_is_seen_at_the_door()
    {
        var routing = new RouterFixture(Three);
        var plan = routing.Plan("m");
        routing.FailAt(plan.Candidates[1], FailureClass.RateLimited, TimeSpan.FromMinutes(1));
        routing.Router.TryAcquire(plan.Candidates[1]).ShouldBe(AcquireResult.CoolingDown);
        routing.Apply(Upstreams("a", "b"));
        routing.Router.TryAcquire(plan.Candidates[2]).ShouldBe(AcquireResult.Gone);
        routing.Router.ReportFailure(plan.Candidates[2], new Failure(FailureClass.RateLimited, new WireError(ErrorKind.RateLimit, "no"))).ShouldBeNull();
        routing.Router.ReportSuccess(RouterFixture.Request("m", "s"), plan.Candidates[2]);
        routing.Router.Cooldowns.Report().ShouldHaveSingleItem("what is gone leaves nothing behind");
    }

    [Fact]
    public void A_request_for_one_account_reaches_it_even_while_it_rests_and_takes_nobodys_turn()
    {
        var routing = new RouterFixture(Three);
        var b = CandidateOf(routing, "b");
        routing.FailAt(b, FailureClass.QuotaExhausted, TimeSpan.FromHours(1));
        var plan = routing.Router.Plan(RouterFixture.Request("m", "s") with { Pin = new AccountPin(b.Account.Id, Force: true) });
        RouterFixture.Show(plan).ShouldBe(["b:m"]);
        routing.Router.TryAcquire(plan.Candidates[0]).ShouldBe(AcquireResult.Taken);
        routing.Ask("m")[0].ShouldBe("a:m");
        routing.Router.Plan(RouterFixture.Request("other") with { Pin = new AccountPin(b.Account.Id, Force: true) }).Error!.Kind.ShouldBe(ErrorKind.NotFound);
    }

    [Theory]
    [InlineData(FailureClass.Transient)]
    [InlineData(FailureClass.Gone)]
    [InlineData(FailureClass.AuthDead)]
    public void A_lane_that_keeps_failing_gets_few_requests_while_another_answers_and_all_when_it_is_the_only_one(FailureClass cause)
    {
        var pair = new RouterFixture(Upstreams("a", "b"));
        var tried = 0;
        for (var step = 0; step < 6_000; step++)
        {
            var candidate = pair.Plan("m").Candidates[0];
            if (candidate.Account.Label != "a")
            {
                pair.Router.ReportSuccess(RouterFixture.Request("m"), candidate);
            }
            else
            {
                tried++;
                pair.FailAt(candidate, cause);
            }

            pair.Time.Advance(TimeSpan.FromMilliseconds(100));
        }

        tried.ShouldBeInRange(1, 15, "ten minutes, a rest of a minute each after the first few");
        var only = new RouterFixture(Upstreams("a"));
        for (var step = 0; step < 100; step++)
        {
            only.Ask("m").ShouldBe(["a:m"], "what could be tried is never refused");
            only.FailAt(CandidateOf(only, "a"), cause);
        }
    }

    [Fact]
    public void When_a_guessed_rest_ends_one_request_finds_out_and_the_others_go_elsewhere()
    {
        var routing = new RouterFixture(Upstreams("a", "b"));
        routing.FailAt(CandidateOf(routing, "a"), FailureClass.Transient);
        Firsts(routing, 3).ShouldBe("bbb");
        routing.Ask("m").ShouldBe(["b:m", "a:m"]);
        routing.Time.Advance(TimeSpan.FromSeconds(6));
        // One request has gone there and has not come back: a thousand more must not follow it.
        Firsts(routing, 6).Count(label => label == 'a').ShouldBe(1);
        routing.Time.Advance(TimeSpan.FromSeconds(5));
        Firsts(routing, 6).Count(label => label == 'a').ShouldBe(1);
        routing.Router.ReportSuccess(RouterFixture.Request("m"), CandidateOf(routing, "a"));
        Firsts(routing, 6).Count(label => label == 'a').ShouldBe(3);
    }

    [Fact]
    public void A_lane_that_fails_after_the_plan_was_made_is_asked_after_the_others()
    {
        var routing = new RouterFixture(Upstreams("a", "b"));
        var plan = routing.Plan("m");
        routing.FailAt(plan.Candidates[0], FailureClass.Transient);
        routing.Router.TryAcquire(plan.Candidates[0]).ShouldBe(AcquireResult.CoolsDown);
        var later = routing.Plan("m").Candidates;
        later[1].Cooldown!.Cause.ShouldBe(FailureClass.Transient);
        routing.Router.TryAcquire(later[1]).ShouldBe(AcquireResult.Taken);
    }

    [Fact]
    public void A_place_at_a_full_account_is_waited_for_before_one_that_cools_down_is_asked()
    {
        var routing = new RouterFixture("openai-compatibility:\n" + RouterFixture.Upstream("a", "concurrency: 1") + RouterFixture.Upstream("b"));
        routing.FailAt(CandidateOf(routing, "b"), FailureClass.Gone);
        var held = Enter(routing, "a");
        var plan = routing.Plan("m");
        (plan.IsFull, plan.Error).ShouldBe((true, null));
        RouterFixture.Show(plan).ShouldBe(["b:m"]);
        routing.Router.Release(held);
        routing.Ask("m").ShouldBe(["a:m", "b:m"]);
    }

    private static string Upstreams(params string[] names) => "openai-compatibility:\n" + string.Concat(names.Select(name => RouterFixture.Upstream(name)));

    private static string Firsts(RouterFixture routing, int turns) => string.Concat(Enumerable.Range(0, turns).Select(_ => routing.Ask("m")[0][0]));

    private static Candidate CandidateOf(RouterFixture routing, string label) => routing.Explain("m").Candidates.Single(candidate => candidate.Account.Label == label);

    private static string IdOf(RouterFixture routing, string label) => routing.Router.VisibleModels()[0].Servers.Single(account => account.Label == label).Id;

    private static Candidate Enter(RouterFixture routing, string? label = null)
    {
        var candidate = label is null ? routing.Plan("m").Candidates[0] : CandidateOf(routing, label);
        routing.Router.TryAcquire(candidate).ShouldBe(AcquireResult.Taken);
        return candidate;
    }

    private static void Answer(RouterFixture routing, Candidate candidate, long tokens)
        => routing.Router.ReportSuccess(RouterFixture.Request("m"), candidate, new TokenUsage { OutputTokens = tokens });

    private static void Use(RouterFixture routing, string label, int times)
    {
        for (var time = 0; time < times; time++) routing.Router.Release(Enter(routing, label));
    }
}
