using Dragoman.Gateway.AccountManagement;
using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Persistence;
using Dragoman.Gateway.Providers;
using Dragoman.Gateway.Routing;
using Dragoman.Management.Accounts;
using Dragoman.Management.Quotas;
using Dragoman.Management.Tests.Accounts;
using Dragoman.Management.Tests.Logins;
using Dragoman.Management.Tests.Support;
using Dragoman.Protocols;

namespace Dragoman.Management.Tests.Quotas;

/// <summary>The quotas of all accounts on one page.</summary>
public sealed class QuotaOverviewTests
{
    private const string Two = """
        openai-compatibility:
          - name: one
            base-url: http://127.0.0.1:1/v1
            api-key-entries: [{ api-key: a }]
            models: [{ name: m }]
          - name: two
            base-url: http://127.0.0.1:1/v1
            api-key-entries: [{ api-key: b }]
            models: [{ name: m }]
        """;

    [Fact]
    public async Task Windows_are_grouped_and_come_in_the_order_of_their_resets()
    {
        await using var fixture = await ManagementFixture.StartAsync(Two);
        var now = fixture.Time.GetUtcNow();
        var (one, two) = AccountsOf(fixture);
        var cooldowns = fixture.Get<Router>().Cooldowns;
        cooldowns.Observe(one, null, [new QuotaWindow("7d", 0.5, null, null, now.AddDays(3)), new QuotaWindow("5h", 0.2, null, null, now.AddHours(2)), new QuotaWindow("premium", 0.1, 300, 270, now.AddDays(20)) { Length = TimeSpan.FromDays(31) }]);
        cooldowns.Observe(two, "m", [new QuotaWindow("requests", null, 100, 25, now.AddSeconds(30)), new QuotaWindow("input-tokens", null, 1_000, 1_000, null)]);

        var list = (await fixture.Get<QuotaOverview>().DescribeAsync(default));

        list.Windows.Select(window => (window.Name, window.Family, window.WindowSeconds)).ShouldBe(
            [("requests", "requests", null), ("5h", "five-hour", 18_000), ("7d", "weekly", 604_800), ("premium", "monthly", 2_678_400), ("input-tokens", "tokens", null)]);
        var requests = list.Windows[0];
        (requests.AccountId, requests.Model, requests.UsedFraction, requests.Limit, requests.Remaining, requests.Ready).ShouldBe((two.Id, "m", 0.75, 100, 25, true));
        list.Accounts.ShouldAllBe(account => account.Ready && account.NextReadyAt == null);
    }

    [Fact]
    public async Task A_window_is_forecast_by_what_was_used_since_it_began()
    {
        await using var fixture = await ManagementFixture.StartAsync(Two);
        var now = fixture.Time.GetUtcNow();
        var (one, _) = AccountsOf(fixture);
        // Of five hours one is over.
        fixture.Get<Router>().Cooldowns.Observe(one, null,
            [new QuotaWindow("5h", 0.4, null, null, now.AddHours(4)), new QuotaWindow("7d", 0.25, null, null, now.AddDays(3.5)), new QuotaWindow("1d", 0.1, null, null, now.AddHours(23.9)), new QuotaWindow("month", 1, null, null, now.AddDays(3))]);

        var forecasts = (await fixture.Get<QuotaOverview>().DescribeAsync(default)).Windows.ToDictionary(window => window.Name, window => window.Forecast);

        forecasts["5h"].ShouldBe(new QuotaForecastView(now.AddHours(1.5), 2));
        forecasts["7d"].ShouldBe(new QuotaForecastView(null, 0.5));
        forecasts["1d"].ShouldBeNull("six minutes of a day say nothing");
        forecasts["month"].ShouldBeNull("it is used up");
    }

    [Fact]
    public async Task What_is_used_up_or_cooling_down_says_when_it_is_ready()
    {
        await using var fixture = await ManagementFixture.StartAsync(Two);
        var now = fixture.Time.GetUtcNow();
        var (one, two) = AccountsOf(fixture);
        var cooldowns = fixture.Get<Router>().Cooldowns;
        cooldowns.Observe(one, null, [new QuotaWindow("5h", 1, null, null, now.AddHours(2)), new QuotaWindow("7d", 0.5, null, null, now.AddDays(2))]);
        cooldowns.RecordFailure(two, "m", new Failure(FailureClass.RateLimited, new WireError(ErrorKind.RateLimit, "slow down"), now.AddMinutes(10)), new CooldownOptions());

        var list = (await fixture.Get<QuotaOverview>().DescribeAsync(default));

        var cooling = list.Windows[0];
        (cooling.Name, cooling.Family, cooling.Model, cooling.CoolingDown, cooling.Until, cooling.Ready).ShouldBe(("cooldown", "cooldown", "m", true, now.AddMinutes(10), false));
        cooling.Reason.ShouldNotBeNullOrEmpty();
        list.Windows.Single(window => window.Name == "5h").Ready.ShouldBeFalse();
        list.Windows.Single(window => window.Name == "7d").Ready.ShouldBeTrue();
        list.Accounts.Select(account => (account.AccountId, account.Ready, account.NextReadyAt)).ShouldBe([(one.Id, false, now.AddHours(2)), (two.Id, true, null)]);
        // Ready, but not for this model.
        list.Accounts[0].CoolingModels.ShouldBeEmpty();
        var model = list.Accounts[1].CoolingModels.ShouldHaveSingleItem();
        (model.Model, model.Until, model.Reason).ShouldBe(("m", now.AddMinutes(10), cooling.Reason));

        fixture.Time.Advance(TimeSpan.FromHours(3));
        var later = (await fixture.Get<QuotaOverview>().DescribeAsync(default));
        later.Accounts.ShouldAllBe(account => account.Ready && account.CoolingModels.Count == 0);
        var over = later.Windows.Single(window => window.Name == "5h");
        (over.UsedFraction, over.ResetsAt, over.Ready).ShouldBe((0, null, true));
    }

    [Fact]
    public async Task The_plan_and_the_trouble_of_a_usage_page_are_shown()
    {
        var stub = new StubProvider();
        await using var fixture = await ManagementFixture.StartAsync(more: stub.Module);
        await SignOutServiceTests.SignInAsync(fixture);
        stub.Usage = _ => new QuotaReport { Account = [new QuotaWindow("5h", 0.25, null, null, fixture.Time.GetUtcNow().AddHours(1))], Plan = "Max" };
        await fixture.Get<QuotaService>().AskAsync("u1@stub", ManagementFixture.Owner, default);
        stub.Usage = _ => QuotaReport.Failed("Asked too often.");
        fixture.Time.Advance(TimeSpan.FromMinutes(1));
        await fixture.Get<QuotaService>().AskAsync("u1@stub", ManagementFixture.Owner, default);

        var list = (await fixture.Get<QuotaOverview>().DescribeAsync(default));

        list.Windows.ShouldHaveSingleItem().Plan.ShouldBe("Max");
        var account = list.Accounts.ShouldHaveSingleItem();
        (account.Plan, account.Problem, account.Ready).ShouldBe(("Max", "Asked too often.", true));
        account.AskedAt.ShouldNotBeNull();
    }

    private static (Account One, Account Two) AccountsOf(ManagementFixture fixture)
    {
        var accounts = fixture.Get<AccountRegistry>().Entries.Select(entry => entry.Account!).ToList();
        return (accounts[0], accounts[1]);
    }
}
