using Dragoman.Gateway.AccountManagement;
using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Forwarding.Transport;
using Dragoman.Gateway.Persistence;
using Dragoman.Gateway.Providers;
using Dragoman.Gateway.Quotas;
using Dragoman.Gateway.Routing;
using Dragoman.Management.Accounts;
using Dragoman.Management.Tests.Logins;
using Dragoman.Management.Tests.Support;
using Dragoman.Protocols;
using Microsoft.Extensions.Logging.Abstractions;

namespace Dragoman.Management.Tests.Accounts;

/// <summary>What the gateway learns from usage pages, by itself and when a person asks.</summary>
public sealed class QuotaServiceTests
{
    private readonly StubProvider _stub = new();
    private int _asked;

    private QuotaReport Page(double used, ManualTime time) => new()
    {
        Account = [new QuotaWindow("5h", used, null, null, time.GetUtcNow().AddHours(5))], Plan = "Max", Facts = new Dictionary<string, string> { ["credits"] = "12 USD" },
    };

    private void Say(Func<QuotaReport> page) => _stub.Usage = _ =>
    {
        Interlocked.Increment(ref _asked);
        return page();
    };

    [Fact]
    public async Task A_page_is_asked_by_itself_and_shown_with_its_age()
    {
        await using var fixture = await ManagementFixture.StartAsync(more: _stub.Module);
        var id = await SignOutServiceTests.SignInAsync(fixture);
        Say(() => Page(0.25, fixture.Time));
        fixture.Get<QuotaPoller>().ShouldNotBeNull();

        await fixture.Time.UntilAsync(() => fixture.Get<QuotaBook>().Find(id) is not null);

        var view = fixture.Get<AccountDirectory>().All().Single();
        view.UsagePage.ShouldNotBeNull().Plan.ShouldBe("Max");
        view.UsagePage.Facts["credits"].ShouldBe("12 USD");
        view.UsagePage.Problem.ShouldBeNull();
        var window = view.Cooldowns.ShouldHaveSingleItem().Quotas.ShouldHaveSingleItem();
        window.UsedFraction.ShouldBe(0.25);
        window.SeenAt.ShouldNotBeNull().ShouldBeGreaterThanOrEqualTo(view.UsagePage.AskedAt);
        // Nobody uses the account: it is asked every half hour and not every five minutes.
        _asked.ShouldBe(1);
        fixture.Time.Advance(TimeSpan.FromMinutes(10));
        await Task.Yield();
        _asked.ShouldBe(1);
        await Poll.UntilAsync(() =>
        {
            fixture.Time.Advance(TimeSpan.FromMinutes(1));
            return _asked == 2;
        });
        (fixture.Time.GetUtcNow() - view.UsagePage.AskedAt).ShouldBeGreaterThan(TimeSpan.FromMinutes(29));
    }

    [Fact]
    public async Task A_person_who_asks_again_at_once_does_not_ask_the_vendor_again()
    {
        await using var fixture = await ManagementFixture.StartAsync(more: _stub.Module);
        await SignOutServiceTests.SignInAsync(fixture);
        Say(() => Page(0.5, fixture.Time));
        var service = fixture.Get<QuotaService>();

        for (var again = 0; again < 3; again++) (await service.AskAsync("u1@stub", ManagementFixture.Owner, default)).Value.ShouldNotBeNull().UsagePage.ShouldNotBeNull().Plan.ShouldBe("Max");

        _asked.ShouldBe(1);
        fixture.Time.Advance(TimeSpan.FromSeconds(31));
        await service.AskAsync("u1@stub", ManagementFixture.Owner, default);
        _asked.ShouldBeGreaterThanOrEqualTo(2);
        var before = _asked;
        await service.AskAsync("u1@stub", ManagementFixture.Owner, default, insists: true);
        _asked.ShouldBe(before + 1, "who insists is not put off");
    }

    [Fact]
    public async Task A_vendor_that_wants_to_be_left_alone_is()
    {
        await using var fixture = await ManagementFixture.StartAsync(more: _stub.Module);
        await SignOutServiceTests.SignInAsync(fixture);
        Say(() => QuotaReport.Failed("Asked too often.", TimeSpan.FromHours(3)));
        var service = fixture.Get<QuotaService>();

        var first = (await service.AskAsync("u1@stub", ManagementFixture.Owner, default)).Value.ShouldNotBeNull().UsagePage.ShouldNotBeNull();
        fixture.Time.Advance(TimeSpan.FromHours(2));
        var second = (await service.AskAsync("u1@stub", ManagementFixture.Owner, default)).Value.ShouldNotBeNull().UsagePage.ShouldNotBeNull();

        first.Problem.ShouldBe("Asked too often.");
        second.AskedAt.ShouldBe(first.AskedAt);
        _asked.ShouldBe(1);
    }

    [Fact]
    public async Task A_refused_token_is_renewed_once_and_the_page_asked_again()
    {
        await using var fixture = await ManagementFixture.StartAsync(more: _stub.Module);
        await SignOutServiceTests.SignInAsync(fixture);
        _stub.Usage = login => login.AccessToken == "next" ? Page(0.1, fixture.Time) : QuotaReport.Failed("401") with { IsRejected = true };
        _stub.Renew = login => TokenRefresh.Renewed(login with { AccessToken = "next", RefreshToken = "next-refresh" });

        var page = (await fixture.Get<QuotaService>().AskAsync("u1@stub", ManagementFixture.Owner, default)).Value.ShouldNotBeNull().UsagePage.ShouldNotBeNull();

        page.Problem.ShouldBeNull();
    }

    [Theory]
    [InlineData(0.4, true)]
    [InlineData(1, false)]
    public async Task A_cooldown_ends_early_where_the_page_shows_room(double used, bool ends)
    {
        await using var fixture = await ManagementFixture.StartAsync(more: _stub.Module);
        await SignOutServiceTests.SignInAsync(fixture);
        var account = fixture.Get<AccountRegistry>().Entries.Single().Account!;
        var cooldowns = fixture.Get<Router>().Cooldowns;
        cooldowns.RecordFailure(account, "m", new Failure(FailureClass.QuotaExhausted, new WireError(ErrorKind.RateLimit, "used up"), fixture.Time.GetUtcNow().AddDays(3)) { IsOfAccount = true }, new CooldownOptions());
        fixture.Time.Advance(TimeSpan.FromMinutes(1));
        Say(() => Page(used, fixture.Time));

        await fixture.Get<QuotaService>().AskAsync("u1@stub", ManagementFixture.Owner, default);

        (cooldowns.Find(account, "m") is null).ShouldBe(ends);
    }

    [Fact]
    public async Task Of_two_nodes_one_asks_and_both_know()
    {
        await using var fixture = await ManagementFixture.StartAsync(more: _stub.Module);
        var id = await SignOutServiceTests.SignInAsync(fixture);
        Say(() => Page(0.25, fixture.Time));
        var router = fixture.Get<Router>();
        await using var otherBook = new QuotaBook(fixture.Store.Settings, fixture.Store.Changes, fixture.Time, NullLogger<QuotaBook>.Instance);
        await using var other = new QuotaPoller(
            fixture.Get<AccountRegistry>(), router.Cooldowns, router.Load, otherBook, fixture.Get<VendorContexts>(), fixture.Get<Gateway.CredentialRefresh.CredentialRenewal>(), fixture.Store.Leases, "another", fixture.Time, NullLogger<QuotaPoller>.Instance);
        fixture.Get<QuotaPoller>().ShouldNotBeNull();

        await fixture.Time.UntilAsync(() => fixture.Get<QuotaBook>().Find(id) is not null && otherBook.Find(id) is not null);

        _asked.ShouldBe(1);
        otherBook.Find(id).ShouldBe(fixture.Get<QuotaBook>().Find(id), new SameSnapshot());
    }

    private sealed class SameSnapshot : IEqualityComparer<QuotaSnapshot?>
    {
        public bool Equals(QuotaSnapshot? x, QuotaSnapshot? y) => (x?.AskedAt, x?.Plan, x?.NextAt) == (y?.AskedAt, y?.Plan, y?.NextAt);

        public int GetHashCode(QuotaSnapshot? obj) => 0;
    }
}
