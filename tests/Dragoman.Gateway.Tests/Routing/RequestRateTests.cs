using Dragoman.Gateway.Requests;
using Dragoman.Gateway.Routing;
using Dragoman.Gateway.Tests.Support;

namespace Dragoman.Gateway.Tests.Routing;

/// <summary>Requests a minute of an account, of all accounts of a provider together, and the time between two of them.</summary>
public sealed class RequestRateTests
{
    private static AcquireResult Take(RouterFixture routing, string model = "m", int place = 0)
    {
        var candidate = routing.Plan(model).Candidates[place];
        var result = routing.Router.TryAcquire(candidate);
        if (result == AcquireResult.Taken) routing.Router.Release(candidate);
        return result;
    }

    [Fact]
    public void An_account_gets_so_many_requests_in_any_minute_and_others_get_the_rest()
    {
        var routing = new RouterFixture("openai-compatibility:\n" + RouterFixture.Upstream("slow", "priority: 1, requests-per-minute: 2") + RouterFixture.Upstream("open"));
        var early = routing.Plan("m").Candidates[0];
        Take(routing).ShouldBe(AcquireResult.Taken);
        routing.Time.Advance(TimeSpan.FromSeconds(30));
        Take(routing).ShouldBe(AcquireResult.Taken);

        routing.Ask("m").ShouldBe(["open:m"]);
        routing.Router.TryAcquire(early).ShouldBe(AcquireResult.CoolingDown, "a plan that was made before");
        var excluded = routing.Explain("m").Excluded.ShouldHaveSingleItem();
        excluded.Reason.ShouldBe("it had as many requests in the last minute as its limits allow");
        (excluded.Until!.Value - routing.Time.GetUtcNow()).TotalSeconds.ShouldBeInRange(29, 31);

        routing.Time.Advance(TimeSpan.FromSeconds(31));
        routing.Ask("m").ShouldBe(["slow:m", "open:m"]);
        Take(routing).ShouldBe(AcquireResult.Taken);
        routing.Ask("m").ShouldBe(["open:m"]);
    }

    [Fact]
    public void Where_nobody_else_serves_the_model_the_client_is_told_when_to_come_back()
    {
        var routing = new RouterFixture("openai-compatibility:\n" + RouterFixture.Upstream("slow", "requests-per-minute: 1"));
        Take(routing).ShouldBe(AcquireResult.Taken);

        var plan = routing.Plan("m");

        (plan.Error!.Status, plan.Error.Code, plan.BackAt is not null).ShouldBe((429, "model_cooldown", true));
        plan.Error.RetryAfter!.Value.TotalSeconds.ShouldBeInRange(59, 61);
        plan.Error.Message.ShouldContain("it had as many requests in the last minute as its limits allow");
        routing.Router.Plan(RouterFixture.Request("m") with { Pin = new AccountPin("slow", Force: true) }).Candidates.ShouldHaveSingleItem("its owner tests it");
    }

    [Fact]
    public void All_accounts_of_a_provider_may_have_a_limit_together_and_each_one_of_their_own()
    {
        var routing = new RouterFixture("routing: { limits: { openai: { requests-per-minute: 2, total-requests-per-minute: 3 } } }\nopenai-compatibility:\n" + RouterFixture.Upstream("one", "priority: 1") + RouterFixture.Upstream("two"));
        Take(routing).ShouldBe(AcquireResult.Taken);
        Take(routing).ShouldBe(AcquireResult.Taken);
        routing.Ask("m").ShouldBe(["two:m"]);
        Take(routing).ShouldBe(AcquireResult.Taken);
        routing.Ask("m").ShouldBeEmpty();
        routing.Time.Advance(TimeSpan.FromSeconds(61));
        routing.Ask("m").ShouldBe(["one:m", "two:m"]);
    }

    [Fact]
    public void Two_requests_of_an_account_may_have_to_lie_apart()
    {
        var routing = new RouterFixture("routing: { limits: { openai: { request-interval: 500ms } } }\nopenai-compatibility:\n" + RouterFixture.Upstream("one"));
        Take(routing).ShouldBe(AcquireResult.Taken);
        var plan = routing.Plan("m");
        (plan.Candidates.Count, plan.BackAt - routing.Time.GetUtcNow()).ShouldBe((0, TimeSpan.FromMilliseconds(500)));
        routing.Time.Advance(TimeSpan.FromMilliseconds(500));
        routing.Ask("m").ShouldBe(["one:m"]);
    }

    [Theory]
    [InlineData("requests-per-minute: 3", "", 3)]
    [InlineData("", "routing: { limits: { openai: { requests-per-minute: 3 } } }", 3)]
    [InlineData("", "routing: { limits: { openai: { total-requests-per-minute: 3 } } }", 3)]
    [InlineData("", "routing: { limits: { openai: { request-interval: 5s } } }", 1)]
    public void Requests_that_come_at_once_never_pass_a_limit_together(string account, string limits, int most)
    {
        var routing = new RouterFixture(limits + "\nopenai-compatibility:\n" + RouterFixture.Upstream("one", account) + RouterFixture.Upstream("two", "disabled: true"));
        const int Threads = 4;
        const int Rounds = 2_000;
        Candidate? candidate = null;
        var (taken, wrong) = (0, 0);
        using var barrier = new Barrier(Threads, _ =>
        {
            if (candidate is not null && taken != most) wrong++;
            taken = 0;
            routing.Time.Advance(TimeSpan.FromSeconds(61));
            candidate = routing.Plan("m").Candidates[0];
        });
        var threads = Enumerable.Range(0, Threads).Select(_ => new Thread(() =>
        {
            for (var round = 0; round < Rounds; round++)
            {
                barrier.SignalAndWait();
                for (var asked = 0; asked < most; asked++)
                {
                    if (routing.Router.TryAcquire(candidate!) != AcquireResult.Taken) continue;
                    Interlocked.Increment(ref taken);
                    routing.Router.Release(candidate!);
                }
            }

            barrier.SignalAndWait();
        })).ToList();
        foreach (var thread in threads) thread.Start();
        foreach (var thread in threads) thread.Join();
        wrong.ShouldBe(0, "rounds in which another number than the limit passed");
    }

    [Fact]
    public void A_limit_that_is_taken_away_lets_all_pass_at_once()
    {
        var routing = new RouterFixture("openai-compatibility:\n" + RouterFixture.Upstream("one", "requests-per-minute: 1"));
        Take(routing).ShouldBe(AcquireResult.Taken);
        routing.Ask("m").ShouldBeEmpty();
        routing.Apply("openai-compatibility:\n" + RouterFixture.Upstream("one"));
        routing.Ask("m").ShouldBe(["one:m"]);
    }

    [Fact]
    public void A_provider_that_is_not_there_is_told() => Config.Warnings("routing: { limits: { kira: { requests-per-minute: 5 } } }").ShouldHaveSingleItem().Remedy.ShouldBe("Did you mean kiro?");

    [Theory]
    [InlineData("routing: { limits: { kiro: { requests-per-minute: -1 } } }")]
    [InlineData("routing: { limits: { kiro: { request-interval: soon } } }")]
    [InlineData("routing: { limits: { kiro: 5 } }")]
    public void What_is_no_limit_is_refused(string yaml) => Config.Errors(yaml).ShouldNotBeEmpty();
}
