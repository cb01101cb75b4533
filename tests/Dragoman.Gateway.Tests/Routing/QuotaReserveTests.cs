using Dragoman.Gateway.Persistence;
using Dragoman.Gateway.Requests;
using Dragoman.Gateway.Routing;
using Dragoman.Gateway.Tests.Support;
using Dragoman.Protocols;

namespace Dragoman.Gateway.Tests.Routing;

/// <summary>People before bots: a share of a quota that is kept for some keys.</summary>
public sealed class QuotaReserveTests
{
    private readonly RouterFixture _routing = new("openai-compatibility:\n" + RouterFixture.Upstream("kept", "priority: 1, reserve-percent: 20, reserve-for: [ Alice ]") + RouterFixture.Upstream("open"));

    private RoutePlan Plan(string key, AccountPin? pin = null) => _routing.Router.Plan(new RouteRequest("m", Protocol.OpenAiChat) { KeyName = key, KeyId = "id-of-" + key, Pin = pin });

    private void See(double used)
    {
        var account = _routing.Plan("m").Candidates.Concat(Plan("alice").Candidates).First(candidate => candidate.Account.Label == "kept").Account;
        _routing.Router.Cooldowns.Observe(account, null, [new QuotaWindow("5h", used, null, null, _routing.Time.GetUtcNow().AddHours(2))]);
    }

    [Fact]
    public void Below_the_share_only_the_named_keys_are_served()
    {
        RouterFixture.Show(Plan("bot")).ShouldBe(["kept:m", "open:m"]);
        See(0.79);
        RouterFixture.Show(Plan("bot")).ShouldBe(["kept:m", "open:m"]);
        See(0.80);
        RouterFixture.Show(Plan("bot")).ShouldBe(["open:m"]);
        Plan("bot").Excluded.ShouldHaveSingleItem().Reason.ShouldBe("20 % of its quota is left, and 20 % is kept for Alice.");
        RouterFixture.Show(Plan("alice")).ShouldBe(["kept:m", "open:m"]);
        // A key without a name, and one that is only called alike.
        RouterFixture.Show(Plan("")).ShouldBe(["open:m"]);
        _routing.Time.Advance(TimeSpan.FromHours(3));
        RouterFixture.Show(Plan("bot")).ShouldBe(["kept:m", "open:m"]);
    }

    [Fact]
    public void A_conversation_moves_and_an_owner_who_names_the_account_is_served()
    {
        var sticky = new RouterFixture("routing: { strategy: sticky }\nopenai-compatibility:\n" + RouterFixture.Upstream("kept", "priority: 1, reserve-percent: 50, reserve-for: [ alice ]") + RouterFixture.Upstream("open"));
        sticky.Succeed("m", "one").ShouldBe("kept");
        var account = sticky.Plan("m").Candidates[0].Account;
        sticky.Router.Cooldowns.Observe(account, null, [new QuotaWindow("week", 0.6, null, null, sticky.Time.GetUtcNow().AddDays(2))]);

        sticky.Ask("m", "one").ShouldBe(["open:m"]);
        sticky.Router.Plan(new RouteRequest("m", Protocol.OpenAiChat) { Pin = new AccountPin(account.Id, Force: true) }).Candidates.ShouldHaveSingleItem().Account.Label.ShouldBe("kept");
    }

    [Fact]
    public void Where_nobody_else_serves_the_model_the_error_says_so_and_when_to_come_back()
    {
        var alone = new RouterFixture("openai-compatibility:\n" + RouterFixture.Upstream("kept", "reserve-percent: 30, reserve-for: [ alice, bob ]"));
        alone.Router.Cooldowns.Observe(alone.Plan("m").Candidates[0].Account, null, [new QuotaWindow("5h", 0.9, null, null, alone.Time.GetUtcNow().AddHours(2))]);

        var error = alone.Plan("m").Error.ShouldNotBeNull();

        (error.Status, error.Code, error.RetryAfter).ShouldBe((429, "quota_reserved", TimeSpan.FromHours(2)));
        error.Message.ShouldBe("What is left of the quota for model 'm' is kept for other keys (kept).");
    }

    [Fact]
    public void A_share_that_is_kept_for_nobody_is_not_used()
    {
        var alone = new RouterFixture("openai-compatibility:\n" + RouterFixture.Upstream("kept", "reserve-percent: 20"));
        alone.Router.Cooldowns.Observe(alone.Plan("m").Candidates[0].Account, null, [new QuotaWindow("5h", 0.9, null, null, alone.Time.GetUtcNow().AddHours(2))]);

        alone.Plan("m").Error.ShouldNotBeNull().Message.ShouldBe("What is left of the quota for model 'm' is not to be used (kept).");
        alone.Explain("m").Excluded.ShouldHaveSingleItem().Reason.ShouldBe("10 % of its quota is left, and 20 % is not to be used.");
    }

    [Fact]
    public void A_share_of_one_model_counts_before_that_of_the_account_and_that_before_the_providers()
    {
        const string limits = "routing: { limits: { openai: { reserve-percent: 30 } } }\nopenai-compatibility:\n";
        var routing = new RouterFixture(limits + RouterFixture.Upstream("own", "priority: 2, reserve-percent: 20, reserve-models: { \"m-*\": 50, free: 0 }", "[ m, m-1, free ]") + RouterFixture.Upstream("plain", "priority: 1", "[ m, m-1, free ]"));
        foreach (var candidate in routing.Plan("m").Candidates.ToList())
            routing.Router.Cooldowns.Observe(candidate.Account, null, [new QuotaWindow("5h", 0.75, null, null, routing.Time.GetUtcNow().AddHours(2))]);

        // 25 % is left: less than the provider's 30 and the pattern's 50, more than the account's own 20.
        routing.Ask("m").ShouldBe(["own:m"]);
        routing.Ask("m-1").ShouldBeEmpty();
        routing.Ask("free").ShouldBe(["own:free"]);
        routing.Explain("m-1").Excluded.Select(exclusion => exclusion.Reason).ShouldBe(["25 % of its quota is left, and 50 % is not to be used.", "25 % of its quota is left, and 30 % is not to be used."]);
    }
}
