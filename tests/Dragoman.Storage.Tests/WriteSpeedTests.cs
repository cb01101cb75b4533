using System.Diagnostics;
using Dragoman.Gateway.Persistence;
using Dragoman.Storage.Tests.Support;

namespace Dragoman.Storage.Tests;

public sealed class WriteSpeedOnSqlite : WriteSpeed<SqlitePlace>;

public sealed class WriteSpeedOnPostgres : WriteSpeed<PostgresPlace>;

/// <summary>Measures and prints; judges only that nothing was lost.</summary>
[Trait("speed", "slow")]
public abstract class WriteSpeed<TPlace> : StoreContract<TPlace>
    where TPlace : StorePlace, new()
{
    [Theory, InlineData(1), InlineData(32)]
    public async Task Budgets_are_reserved_and_settled(int atOnce)
    {
        const int Requests = 320;
        var limit = new BudgetLimit(BudgetUnit.Tokens, BudgetPeriod.Month, 1_000_000_000);
        var waits = new List<double>();
        var clock = Stopwatch.StartNew();
        await Task.WhenAll(Enumerable.Range(0, atOnce).Select(async worker =>
        {
            for (var n = 0; n < Requests / atOnce; n++)
            {
                var entry = Usage($"{worker}-{n}", Noon);
                var begun = clock.Elapsed;
                await Store.Budgets.ReserveAsync(new ReservationRecord { RequestId = entry.RequestId, Instance = "i", Tokens = 500, Lines = [new("key:k", limit), new("all", limit)], IfOrphaned = entry });
                lock (waits) waits.Add((clock.Elapsed - begun).TotalMilliseconds);
                await Store.Budgets.SettleAsync(entry);
            }
        }));
        waits.Sort();
        TestContext.Current.TestOutputHelper!.WriteLine($"{typeof(TPlace).Name}, {atOnce} at once: {Requests / clock.Elapsed.TotalSeconds:0} requests/s, reserve p50 {waits[waits.Count / 2]:0.00} ms, p99 {waits[waits.Count * 99 / 100]:0.00} ms");
        (await Store.Budgets.GetStatusAsync("all", [limit]))[0].Spent.ShouldBe(Requests * 110);
    }
}
