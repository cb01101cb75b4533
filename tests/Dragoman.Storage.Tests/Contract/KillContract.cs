using Dragoman.Gateway.Persistence;
using Dragoman.Storage.Tests.Support;

namespace Dragoman.Storage.Tests.Contract;

public sealed class KillOnSqlite : KillContract<SqlitePlace>;

public sealed class KillOnPostgres : KillContract<PostgresPlace>;

[Trait("speed", "slow")]
public abstract class KillContract<TPlace> : StoreContract<TPlace>
    where TPlace : StorePlace, new()
{
    private static readonly Random Chance = new(20260314);

    [Fact]
    public async Task What_was_acknowledged_survives_a_kill_at_any_moment()
    {
        for (var round = 0; round < 5; round++)
        {
            var lines = await DoomedWriter.DoomAsync(Place.Address, "rows", $"run{round}", 20, TimeSpan.FromMilliseconds(Chance.Next(0, 400)));
            lines.Count.ShouldBeGreaterThanOrEqualTo(20);
            var clock = System.Diagnostics.Stopwatch.StartNew();
            await using var store = await Place.OpenAsync();
            TestContext.Current.TestOutputHelper!.WriteLine($"{lines.Count} writes acknowledged; open again in {clock.Elapsed.TotalMilliseconds:0} ms");
            var accounts = (await store.Accounts.ListAsync()).ToDictionary(account => account.Id, account => account.Version);
            var keys = (await store.Keys.ListAsync()).ToDictionary(key => key.Id, key => key.Version);
            var settings = (await store.Settings.ListAsync()).ToDictionary(setting => setting.Name, setting => setting.Version);
            foreach (var (kind, id, version) in lines.Select(line => line.Split(' ')).Select(parts => (parts[0], parts[1], long.Parse(parts[2]))))
            {
                var found = kind switch
                {
                    "account" => accounts.GetValueOrDefault(id),
                    "key" => keys.GetValueOrDefault(id),
                    "setting" => settings.GetValueOrDefault(id),
                    "flow" => await store.Flows.GetAsync(id) is null ? 0 : 1,
                    _ => await store.Usage.AppendAsync([new UsageEntry { RequestId = id, At = DateTimeOffset.UnixEpoch, InputTokens = 1 }]) == 0 ? 1 : 0,
                };
                found.ShouldBeGreaterThanOrEqualTo(version, $"{kind} {id} was acknowledged in round {round}");
            }
        }

        (await Store.CheckAsync()).Healthy.ShouldBeTrue();
    }

    [Fact]
    public async Task Reservations_outlive_a_kill_and_orphans_are_settled_as_estimates()
    {
        long expectedSpent = 0;
        for (var round = 0; round < 4; round++)
        {
            var run = $"run{round}";
            var lines = await DoomedWriter.DoomAsync(Place.Address, "budgets", run, 10, TimeSpan.FromMilliseconds(Chance.Next(0, 300)));
            await using var store = await Place.OpenAsync();
            var orphans = await store.Budgets.SettleOrphansAsync(run);
            orphans.ShouldAllBe(entry => entry.Estimated && entry.InputTokens == 100);
            (await store.Budgets.SettleOrphansAsync(run)).ShouldBeEmpty();

            var entries = (await AllAsync(store)).Where(entry => entry.RequestId.StartsWith(run, StringComparison.Ordinal)).ToDictionary(entry => entry.RequestId);
            foreach (var settled in lines.Where(line => line.StartsWith("settled", StringComparison.Ordinal)).Select(line => line.Split(' ')[1])) entries[settled].Estimated.ShouldBeFalse();
            var done = lines.Where(line => !line.StartsWith("reserved", StringComparison.Ordinal)).Select(line => line.Split(' ')[1]).ToHashSet();
            foreach (var open in lines.Where(line => line.StartsWith("reserved", StringComparison.Ordinal)).Select(line => line.Split(' ')[1]).Where(id => !done.Contains(id)))
            {
                // Acknowledged as reserved and never as anything else: it was settled or released just before the kill, or is an orphan now.
                if (orphans.Any(entry => entry.RequestId == open)) entries[open].Estimated.ShouldBeTrue();
            }

            expectedSpent += entries.Values.Sum(entry => entry.InputTokens);
            var status = (await store.Budgets.GetStatusAsync("key:k", [DoomedWriter.Limit]))[0];
            status.Reserved.ShouldBe(0);
            status.Spent.ShouldBe(expectedSpent);
        }
    }

    private static async Task<List<UsageEntry>> AllAsync(IGatewayStore store)
    {
        var all = new List<UsageEntry>();
        for (string? next = null; ;)
        {
            var page = await store.Usage.ListAsync(new UsageQuery(), new PageRequest(1_000, next));
            all.AddRange(page.Items);
            if ((next = page.Next) is null) return all;
        }
    }
}
