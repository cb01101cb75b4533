using Dragoman.Gateway.Persistence;
using Dragoman.Storage.Tests.Support;

namespace Dragoman.Storage.Tests.Contract;

public sealed class BudgetsOnSqlite : BudgetContract<SqlitePlace>;

[Trait("speed", "slow")]
public sealed class BudgetsOnPostgres : BudgetContract<PostgresPlace>;

public abstract class BudgetContract<TPlace> : StoreContract<TPlace>
    where TPlace : StorePlace, new()
{
    private static readonly BudgetLimit Daily = new(BudgetUnit.Tokens, BudgetPeriod.Day, 1_000);
    private static readonly BudgetLimit Total = new(BudgetUnit.Money, BudgetPeriod.Total, 1m);

    [Fact]
    public async Task A_reservation_takes_from_all_windows_or_from_none()
    {
        (await Store.Budgets.ReserveAsync(Reserve("1", 600, 0.4m))).Granted.ShouldBeTrue();
        var refused = await Store.Budgets.ReserveAsync(Reserve("2", 300, 0.7m));
        refused.Granted.ShouldBeFalse();
        refused.Refusal!.Limit.ShouldBe(Total);
        refused.Refusal.Remaining.ShouldBe(0.6m);
        (await StandingAsync()).Select(line => (line.Spent, line.Reserved)).ShouldBe([(0m, 600m), (0m, 0.4m)]);
        (await Store.Budgets.ReserveAsync(Reserve("3", 5_000, 0.1m))).Refusal!.Limit.ShouldBe(Daily);
        // A refusal leaves nothing behind: the same request may try again with less.
        (await Store.Budgets.ReserveAsync(Reserve("2", 400, 0.6m))).Granted.ShouldBeTrue();
        (await Store.Budgets.ReserveAsync(Reserve("4", 0, 0.000_000_001m))).Granted.ShouldBeFalse();
    }

    [Fact]
    public async Task Repeating_any_step_changes_nothing()
    {
        for (var i = 0; i < 3; i++) (await Store.Budgets.ReserveAsync(Reserve("1", 600, 0.4m))).Granted.ShouldBeTrue();
        (await Store.Budgets.SettleAsync(Usage("1", Noon, input: 80, output: 20, cost: 0.1m))).ShouldBeTrue();
        for (var i = 0; i < 2; i++) (await Store.Budgets.SettleAsync(Usage("1", Noon, input: 80, output: 20, cost: 0.1m))).ShouldBeFalse();
        (await Store.Budgets.ReleaseAsync("1")).ShouldBeFalse();
        (await Store.Budgets.RaiseAsync("1", 900, 0.9m)).Granted.ShouldBeFalse();
        (await StandingAsync()).Select(line => (line.Spent, line.Reserved)).ShouldBe([(100m, 0m), (0.1m, 0m)]);
        await Store.Budgets.ReserveAsync(Reserve("2", 10, 0));
        (await Store.Budgets.ReleaseAsync("2")).ShouldBeTrue();
        (await Store.Budgets.ReleaseAsync("2")).ShouldBeFalse();
        (await StandingAsync()).Select(line => (line.Spent, line.Reserved)).ShouldBe([(100m, 0m), (0.1m, 0m)]);
        (await Store.Usage.SummariseAsync(new UsageQuery(), new UsageGrouping()))[0].Requests.ShouldBe(1);
    }

    [Fact]
    public async Task A_reservation_is_raised_in_all_windows_or_in_none()
    {
        await Store.Budgets.ReserveAsync(Reserve("1", 100, 0.1m));
        (await Store.Budgets.RaiseAsync("1", 200, 0.5m)).Granted.ShouldBeTrue();
        (await Store.Budgets.RaiseAsync("1", 200, 0.5m)).Granted.ShouldBeTrue();
        (await Store.Budgets.RaiseAsync("1", 300, 1.5m)).Refusal!.Limit.Unit.ShouldBe(BudgetUnit.Money);
        (await StandingAsync()).Select(line => line.Reserved).ShouldBe([200m, 0.5m]);
        (await Store.Budgets.RaiseAsync("nobody", 1, 1)).ShouldBe(new BudgetVerdict(false));
    }

    [Fact]
    public async Task An_orphan_is_booked_with_what_was_reserved_since_it_began()
    {
        await Store.Budgets.ReserveAsync(Reserve("grown", 82, 0.1m) with { Instance = "gone", IfOrphaned = Usage("grown", Noon, input: 40, output: 42, cost: 0.1m) });
        (await Store.Budgets.RaiseAsync("grown", 700, 0.4m)).Granted.ShouldBeTrue();
        (await Store.Budgets.SettleOrphansAsync("gone")).ShouldHaveSingleItem().OutputTokens.ShouldBe(660);
        (await StandingAsync()).Select(line => (line.Spent, line.Reserved)).ShouldBe([(700m, 0m), (0.4m, 0m)]);
        var booked = (await Store.Usage.ListAsync(new UsageQuery(), new PageRequest(10))).Items.ShouldHaveSingleItem();
        (booked.InputTokens, booked.OutputTokens, booked.Cost, booked.Estimated).ShouldBe((40L, 660L, (decimal?)0.4m, true));
    }

    [Fact]
    public async Task An_orphan_that_no_budget_had_room_for_is_booked_all_the_same()
    {
        await Store.Budgets.ReserveAsync(Reserve("grown", 82, 0.1m) with { Instance = "gone", IfOrphaned = Usage("grown", Noon, input: 40, output: 42, cost: 0.1m) });
        (await Store.Budgets.RaiseAsync("grown", 24_765, 3m)).Granted.ShouldBeFalse();
        (await StandingAsync()).Select(line => (line.Spent, line.Reserved)).ShouldBe([(0m, 82m), (0m, 0.1m)]);
        (await Store.Budgets.SettleOrphansAsync("gone")).ShouldHaveSingleItem().OutputTokens.ShouldBe(24_725);
        (await StandingAsync()).Select(line => (line.Spent, line.Reserved)).ShouldBe([(24_765m, 0m), (3m, 0m)]);
    }

    [Fact]
    public async Task Orphans_are_settled_as_estimates_and_corrected_when_the_numbers_come_after_all()
    {
        await Store.Budgets.ReserveAsync(Reserve("dead", 500, 0.5m) with { Instance = "gone", Term = TimeSpan.FromMilliseconds(1) });
        await Store.Budgets.ReserveAsync(Reserve("alive", 100, 0.1m) with { Instance = "here", Term = TimeSpan.FromMilliseconds(1) });
        (await Store.Budgets.KeepAliveAsync("here", TimeSpan.FromMinutes(5))).ShouldBe(1);
        await Task.Delay(20);
        var orphan = (await Store.Budgets.SettleOrphansAsync()).ShouldHaveSingleItem();
        (orphan.RequestId, orphan.Estimated).ShouldBe(("dead", true));
        (await StandingAsync()).Select(line => (line.Spent, line.Reserved)).ShouldBe([(500m, 100m), (0.5m, 0.1m)]);
        (await Store.Budgets.SettleAsync(Usage("dead", Noon, input: 50, output: 0, cost: 0.05m))).ShouldBeTrue();
        (await StandingAsync()).Select(line => (line.Spent, line.Reserved)).ShouldBe([(50m, 100m), (0.05m, 0.1m)]);
        (await Store.Usage.ListAsync(new UsageQuery(), new PageRequest())).Items.ShouldHaveSingleItem().Estimated.ShouldBeFalse();
    }

    [Fact]
    public async Task Where_the_price_is_unknown_what_was_reserved_is_booked()
    {
        await Store.Budgets.ReserveAsync(Reserve("1", 100, 0.25m));
        await Store.Budgets.SettleAsync(Usage("1", Noon, input: 10, output: 0, cost: null));
        (await StandingAsync()).Select(line => line.Spent).ShouldBe([10m, 0.25m]);
    }

    [Fact]
    public async Task However_many_race_nothing_is_overspent()
    {
        await using var other = await Place.OpenAsync();
        var granted = 0;
        await Task.WhenAll(Enumerable.Range(0, 8).Select(async worker =>
        {
            var store = worker % 2 == 0 ? Store : other;
            for (var round = 0; round < 12; round++)
            {
                var id = $"{worker}-{round}";
                if (!(await store.Budgets.ReserveAsync(Reserve(id, 50, 0.01m))).Granted) continue;
                if (round % 4 == 3) await store.Budgets.ReleaseAsync(id);
                else
                {
                    Interlocked.Increment(ref granted);
                    await store.Budgets.SettleAsync(Usage(id, Noon, input: 50, output: 0, cost: 0.01m));
                }

                var status = (await StandingAsync())[0];
                (status.Spent + status.Reserved).ShouldBeLessThanOrEqualTo(1_000m);
            }
        }));
        // 96 wanted 50 of 1,000 each: the budget is used up to the last token.
        granted.ShouldBe(20);
        (await StandingAsync()).Select(line => (line.Spent, line.Reserved)).ShouldBe([(1_000m, 0m), (0.2m, 0m)]);
    }

    [Fact]
    public async Task Settled_reservations_are_forgotten_on_demand()
    {
        await Store.Budgets.ReserveAsync(Reserve("1", 1, 0));
        await Store.Budgets.ReserveAsync(Reserve("2", 1, 0));
        await Store.Budgets.ReleaseAsync("1");
        (await Store.Budgets.PruneAsync(TimeProvider.System.GetUtcNow().AddMinutes(1))).ShouldBe(1);
        (await StandingAsync())[0].Reserved.ShouldBe(1);
    }

    private static ReservationRecord Reserve(string id, decimal tokens, decimal money) => new()
    {
        RequestId = id, Instance = "here", Tokens = tokens, Money = money, Lines = [new("key:k", Daily), new("all", Total)], IfOrphaned = Usage(id, Noon, input: (long)tokens, output: 0, cost: money),
    };

    private async Task<List<BudgetStatus>> StandingAsync()
        => [.. await Store.Budgets.GetStatusAsync("key:k", [Daily]), .. await Store.Budgets.GetStatusAsync("all", [Total])];
}
