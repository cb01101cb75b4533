using Dragoman.Gateway.Persistence;
using Dragoman.Storage.Tests.Support;

namespace Dragoman.Storage.Tests.Contract;

public sealed class LeasesOnSqlite : LeaseContract<SqlitePlace>;

[Trait("speed", "slow")]
public sealed class LeasesOnPostgres : LeaseContract<PostgresPlace>;

public abstract class LeaseContract<TPlace> : StoreContract<TPlace>
    where TPlace : StorePlace, new()
{
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(5);

    [Fact]
    public async Task One_holds_it_until_it_is_given_back_or_runs_out()
    {
        var first = (await Store.Leases.TryTakeAsync("x", "one", Long)).ShouldNotBeNull();
        first.Epoch.ShouldBe(1);
        first.StopUsingAt.ShouldBeLessThan(first.ExpiresAt);
        (await Store.Leases.TryTakeAsync("x", "two", Long)).ShouldBeNull();
        (await Store.Leases.TryTakeAsync("x", "one", Long)).ShouldBeNull();
        (await Store.Leases.RenewAsync(first, Long)).ShouldNotBeNull().Epoch.ShouldBe(1);
        (await Store.Leases.ReleaseAsync(first)).ShouldBeTrue();
        (await Store.Leases.ReleaseAsync(first)).ShouldBeFalse();
        (await Store.Leases.RenewAsync(first, Long)).ShouldBeNull();
        var second = (await Store.Leases.TryTakeAsync("x", "two", TimeSpan.FromMilliseconds(1))).ShouldNotBeNull();
        second.Epoch.ShouldBe(2);
        await Task.Delay(20);
        var third = (await Store.Leases.TryTakeAsync("x", "three", Long)).ShouldNotBeNull();
        third.Epoch.ShouldBe(3);
        (await Store.Leases.RenewAsync(second, Long)).ShouldBeNull();
        (await Store.Leases.ReleaseAsync(second)).ShouldBeFalse();
        (await Store.Leases.GetAsync("x"))!.Holder.ShouldBe("three");
        (await Store.Leases.GetAsync("y")).ShouldBeNull();
    }

    [Fact]
    public async Task A_lease_that_is_forgotten_leaves_nothing_and_refuses_who_still_writes_under_it()
    {
        await Store.Accounts.AddAsync(Account("a"));
        var first = (await Store.Leases.TryTakeAsync("once", "one", Long)).ShouldNotBeNull();
        (await Store.Leases.ForgetAsync(first with { Epoch = 7 })).ShouldBeFalse();
        (await Store.Leases.ForgetAsync(first)).ShouldBeTrue();
        (await Store.Leases.ForgetAsync(first)).ShouldBeFalse();
        (await Store.Leases.GetAsync("once")).ShouldBeNull();
        var account = (await Store.Accounts.GetAsync("a")).ShouldNotBeNull();
        (await Store.Accounts.UpdateAsync(account with { Label = "late" }, first.Fence)).Saved.ShouldBeFalse();
    }

    [Fact]
    public async Task However_many_race_there_are_never_two_holders()
    {
        await using var other = await Place.OpenAsync();
        var inside = 0;
        var epochs = new List<long>();
        await Task.WhenAll(Enumerable.Range(0, 8).Select(async worker =>
        {
            var store = worker % 2 == 0 ? Store : other;
            for (var tries = 0; tries < 25; tries++)
            {
                if (await store.Leases.TryTakeAsync("race", $"w{worker}", Long) is not { } lease) continue;
                Interlocked.Increment(ref inside).ShouldBe(1);
                lock (epochs) epochs.Add(lease.Epoch);
                await Task.Yield();
                Interlocked.Decrement(ref inside);
                (await store.Leases.ReleaseAsync(lease)).ShouldBeTrue();
            }
        }));
        epochs.Order().ShouldBe(Enumerable.Range(1, epochs.Count).Select(n => (long)n));
    }

    [Fact]
    public async Task Changes_are_told_to_listeners_of_every_process()
    {
        await using var other = await Place.OpenAsync();
        using var stop = new CancellationTokenSource();
        await using var changes = other.Changes.ListenAsync(stop.Token).GetAsyncEnumerator(stop.Token);
        await Store.Accounts.AddAsync(Account("a"));
        (await NextAsync(changes)).ShouldBe(new StoreChange(StoreChangeKind.Account, "a"));
        await Store.Keys.AddAsync(Key("k"));
        (await NextAsync(changes)).ShouldBe(new StoreChange(StoreChangeKind.Key, "k"));
        await Store.Keys.UpdateAsync(Key("k") with { Version = 99 });
        await Store.Settings.SetAsync(new Setting("s", "1"), null);
        (await NextAsync(changes)).ShouldBe(new StoreChange(StoreChangeKind.Setting, "s"));
        await other.Accounts.RemoveAsync("a");
        (await NextAsync(changes)).ShouldBe(new StoreChange(StoreChangeKind.Account, "a"));
    }

    [Fact]
    public async Task The_health_report_knows_the_engine()
    {
        var health = await Store.CheckAsync();
        health.Healthy.ShouldBeTrue(health.Problem);
        health.EngineVersion.ShouldNotBeNullOrEmpty();
        health.Bytes.ShouldNotBeNull().ShouldBeGreaterThan(0);
        await Store.DisposeAsync();
        (await Store.CheckAsync()).Healthy.ShouldBeFalse();
    }
}
