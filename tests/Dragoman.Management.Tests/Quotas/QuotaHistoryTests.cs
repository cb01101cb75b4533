using Dragoman.Gateway.AccountManagement;
using Dragoman.Gateway.Persistence;
using Dragoman.Gateway.Quotas;
using Dragoman.Gateway.Routing;
using Dragoman.Management.Quotas;
using Dragoman.Management.Tests.Support;
using static Dragoman.Management.ManagementErrorKind;

namespace Dragoman.Management.Tests.Quotas;

/// <summary>How quotas stood over time.</summary>
public sealed class QuotaHistoryTests
{
    private const string One = "openai-compatibility: [{ name: one, base-url: 'http://127.0.0.1:1/v1', api-key-entries: [{ api-key: a }], models: [{ name: m }] }]\n";

    [Fact]
    public async Task A_reading_a_change_and_at_most_one_in_five_minutes()
    {
        await using var fixture = await ManagementFixture.StartAsync(One);
        var (start, reset) = (fixture.Time.GetUtcNow(), fixture.Time.GetUtcNow().AddHours(5));
        fixture.Get<QuotaRecorder>().ShouldNotBeNull();
        Observe(0.1);
        Observe(0.2);
        fixture.Time.Advance(TimeSpan.FromMinutes(6));
        Observe(0.1);
        Observe(0.3);
        fixture.Time.Advance(TimeSpan.FromMinutes(6));
        Observe(0.3);
        Observe(0.35);
        // The last of a period is kept even though it came soon after another.
        fixture.Time.Advance(TimeSpan.FromMinutes(2));
        Observe(0.4);
        fixture.Time.Advance(TimeSpan.FromHours(5));
        reset += TimeSpan.FromHours(6);
        Observe(0);

        var series = (await fixture.Get<QuotaHistory>().ListAsync("one", null, null, null, null, default).ValueAsync()).Series.ShouldHaveSingleItem();

        series.Account.ShouldBe("one");
        series.Points.Select(point => (point.At - start, point.UsedFraction)).ShouldBe(
            [(TimeSpan.Zero, 0.1), (TimeSpan.FromMinutes(6), 0.3), (TimeSpan.FromMinutes(12), 0.35), (TimeSpan.FromMinutes(14), 0.4), (TimeSpan.FromMinutes(314), 0)]);
        series.Periods.ShouldBe([new QuotaPeriodView(start, start.AddHours(5), 0.4), new QuotaPeriodView(reset.AddHours(-5), reset, 0)]);
        (await fixture.Get<QuotaHistory>().ListAsync(null, "7d", null, null, null, default).ValueAsync()).Series.ShouldBeEmpty();
        (await fixture.Get<QuotaHistory>().ListAsync(null, null, null, "soon", null, default).ErrorAsync(Invalid, "invalid_value")).Field.ShouldBe("from");

        void Observe(double used) => fixture.Get<Router>().Cooldowns.Observe(fixture.Get<AccountRegistry>().Entries.Single().Account!, null,
            [new QuotaWindow("5h", used, null, null, reset), new QuotaWindow("requests", null, 100, (long)(100 - (used * 100)), fixture.Time.GetUtcNow().AddMinutes(1))]);
    }

    [Fact]
    public async Task What_nobody_used_in_the_last_week_is_on_the_page()
    {
        await using var fixture = await ManagementFixture.StartAsync(One);
        var now = fixture.Time.GetUtcNow();
        var account = fixture.Get<AccountRegistry>().Entries.Single().Account!;
        (double Used, int Reset)[] periods = [(0.9, -200), (0.5, -20), (0.2, -10), (0.6, 2)];
        await fixture.Store.QuotaHistory.AppendAsync([.. periods.Select(period => new StoredQuotaReading(account.Id, null, "5h", now.AddHours(period.Reset - 1), period.Used, now.AddHours(period.Reset), TimeSpan.FromHours(5)))]);
        fixture.Get<Router>().Cooldowns.Observe(account, null, [new QuotaWindow("5h", 0.6, null, null, now.AddHours(2)), new QuotaWindow("7d", 0.6, null, null, now.AddDays(2))]);

        var windows = (await fixture.Get<QuotaOverview>().DescribeAsync(default)).Windows;

        windows.Single(window => window.Name == "5h").UnusedLastWeek.ShouldBe(0.65);
        windows.Single(window => window.Name == "7d").UnusedLastWeek.ShouldBeNull();
        await fixture.LoseStoreAsync();
        (await fixture.Get<QuotaOverview>().DescribeAsync(default)).Windows.Count.ShouldBe(2);
    }

    [Fact]
    public void A_window_that_nobody_begins_makes_no_periods_beside_those_that_count()
    {
        var noon = new DateTimeOffset(2026, 3, 14, 12, 0, 0, TimeSpan.Zero);
        QuotaPeriods.Of([Peak(0, 5, 0), Peak(1, 6, 0.4), Peak(2, 6.01, 0.7), Peak(7, 12, 0.1)]).ShouldBe(
            [new QuotaPeriodView(noon.AddHours(1), noon.AddHours(6.01), 0.7), new QuotaPeriodView(noon.AddHours(7), noon.AddHours(12), 0.1)]);

        QuotaPeak Peak(double first, double reset, double used) => new("a", null, "5h", noon.AddHours(first), noon.AddHours(reset), TimeSpan.FromHours(5), used);
    }
}
