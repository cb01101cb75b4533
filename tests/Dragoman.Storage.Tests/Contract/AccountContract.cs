using Dragoman.Gateway.Persistence;
using Dragoman.Storage.Tests.Support;

namespace Dragoman.Storage.Tests.Contract;

public sealed class AccountsOnSqlite : AccountContract<SqlitePlace>;

[Trait("speed", "slow")]
public sealed class AccountsOnPostgres : AccountContract<PostgresPlace>;

public abstract class AccountContract<TPlace> : StoreContract<TPlace>
    where TPlace : StorePlace, new()
{
    [Fact]
    public async Task What_was_saved_comes_back_whole()
    {
        var account = Account("a1") with
        {
            Label = "Ärger «ünïcode» 🎭",
            ExpiresAt = Noon,
            Enabled = false,
            Priority = -3,
            Weight = 7,
            Concurrency = 4,
            Tags = ["x", "y\"z"],
            Settings = """{"baseUrl":"https://x"}""",
            Refresh = new RefreshIntent(9, "abc", Noon),
            Problem = "needs sign-in",
            Mask = "sk…1",
        };
        (await Store.Accounts.AddAsync(account)).ShouldBe(new SaveResult(SaveOutcome.Saved, 1));
        var read = (await Store.Accounts.GetAsync("a1")).ShouldNotBeNull();
        read.Secret.ToArray().ShouldBe([1, 2, 3]);
        read.Tags.ShouldBe(account.Tags);
        (read with { Secret = default, Tags = [], CreatedAt = default, UpdatedAt = default }).ShouldBe(account with { Secret = default, Tags = [], Version = 1 });
        (await Store.Accounts.ListAsync()).Count.ShouldBe(1);
        (await Store.Accounts.GetAsync("a2")).ShouldBeNull();
    }

    [Fact]
    public async Task Ids_and_labels_are_unique_without_regard_to_case()
    {
        (await Store.Accounts.AddAsync(Account("a"))).Saved.ShouldBeTrue();
        (await Store.Accounts.AddAsync(Account("a") with { Label = "other" })).Outcome.ShouldBe(SaveOutcome.Taken);
        (await Store.Accounts.AddAsync(Account("b") with { Label = "LABEL a" })).Outcome.ShouldBe(SaveOutcome.Taken);
        (await Store.Accounts.AddAsync(Account("c"))).Saved.ShouldBeTrue();
        (await Store.Accounts.UpdateAsync(Account("c") with { Label = "Label A", Version = 1 })).Outcome.ShouldBe(SaveOutcome.Taken);
    }

    [Fact]
    public async Task A_save_from_an_old_version_changes_nothing()
    {
        await Store.Accounts.AddAsync(Account("a"));
        (await Store.Accounts.UpdateAsync(Account("a") with { Priority = 1, Version = 1 })).ShouldBe(new SaveResult(SaveOutcome.Saved, 2));
        (await Store.Accounts.UpdateAsync(Account("a") with { Priority = 2, Version = 1 })).Outcome.ShouldBe(SaveOutcome.Conflict);
        (await Store.Accounts.UpdateAsync(Account("z") with { Version = 1 })).Outcome.ShouldBe(SaveOutcome.Missing);
        (await Store.Accounts.GetAsync("a")).ShouldNotBeNull().Priority.ShouldBe(1);
    }

    [Fact]
    public async Task A_save_whose_lease_has_passed_on_is_refused()
    {
        await Store.Accounts.AddAsync(Account("a"));
        var first = (await Store.Leases.TryTakeAsync("refresh:a", "one", TimeSpan.FromMinutes(1))).ShouldNotBeNull();
        (await Store.Accounts.UpdateAsync(Account("a") with { Version = 1 }, first.Fence)).Saved.ShouldBeTrue();
        await Store.Leases.ReleaseAsync(first);
        (await Store.Leases.TryTakeAsync("refresh:a", "two", TimeSpan.FromMinutes(1))).ShouldNotBeNull();
        (await Store.Accounts.UpdateAsync(Account("a") with { Version = 2, Priority = 5 }, first.Fence)).Outcome.ShouldBe(SaveOutcome.Fenced);
        (await Store.Accounts.GetAsync("a")).ShouldNotBeNull().Version.ShouldBe(2);
    }

    [Fact]
    public async Task Of_many_who_save_at_once_one_wins_each_version()
    {
        await Store.Accounts.AddAsync(Account("a"));
        await using var other = await Place.OpenAsync();
        var wins = 0;
        await Task.WhenAll(Enumerable.Range(0, 8).Select(async worker =>
        {
            var store = worker % 2 == 0 ? Store : other;
            for (var round = 0; round < 10; round++)
            {
                var account = (await store.Accounts.GetAsync("a"))!;
                if ((await store.Accounts.UpdateAsync(account with { Priority = account.Priority + 1 })).Saved) Interlocked.Increment(ref wins);
            }
        }));
        var end = (await Store.Accounts.GetAsync("a"))!;
        end.Priority.ShouldBe(wins);
        end.Version.ShouldBe(wins + 1);
    }

    [Fact]
    public async Task Removing_an_account_forgets_its_lanes()
    {
        await Store.Accounts.AddAsync(Account("a"));
        await Store.Cooldowns.SaveAsync([new StoredCooldown("a", "m", new CooldownState { Until = Noon }, Noon)]);
        (await Store.Accounts.RemoveAsync("a")).ShouldBeTrue();
        (await Store.Accounts.RemoveAsync("a")).ShouldBeFalse();
        (await Store.Cooldowns.ListAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task An_account_that_was_changed_meanwhile_is_not_removed()
    {
        await Store.Accounts.AddAsync(Account("a"));
        await Store.Cooldowns.SaveAsync([new StoredCooldown("a", "m", new CooldownState { Until = Noon }, Noon)]);
        var seen = (await Store.Accounts.GetAsync("a"))!;
        (await Store.Accounts.UpdateAsync(seen with { Refresh = new RefreshIntent(1, "hash", Noon) })).Saved.ShouldBeTrue();
        (await Store.Accounts.RemoveAsync("a", seen.Version)).Outcome.ShouldBe(SaveOutcome.Conflict);
        (await Store.Accounts.GetAsync("a")).ShouldNotBeNull();
        (await Store.Accounts.RemoveAsync("a", seen.Version + 1)).Outcome.ShouldBe(SaveOutcome.Saved);
        (await Store.Accounts.RemoveAsync("a", seen.Version + 1)).Outcome.ShouldBe(SaveOutcome.Missing);
        (await Store.Cooldowns.ListAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Lanes_keep_absolute_times_and_the_later_observation_stands()
    {
        var state = new CooldownState { Until = Noon.AddHours(5), Cause = FailureClass.QuotaExhausted, IsUpstreamHint = true, ConsecutiveFailures = 3, CountedAt = Noon };
        var cooldown = new StoredCooldown("a", "m", state, Noon) { Quotas = [new QuotaWindow("5h", 0.75, 100, 25, Noon.AddHours(5))] };
        await Store.Cooldowns.SaveAsync([cooldown, new StoredCooldown("a", null, state with { Cause = FailureClass.AuthDead }, Noon)]);
        await Store.Cooldowns.SaveAsync([cooldown with { ObservedAt = Noon.AddSeconds(-1), State = state with { ConsecutiveFailures = 9 } }]);
        var read = await Store.Cooldowns.ListAsync();
        read.Select(item => item.Model).ShouldBe([null, "m"]);
        read[1].State.ShouldBe(state);
        read[1].Quotas.ShouldBe(cooldown.Quotas);
        await Store.Cooldowns.SaveAsync([cooldown with { ObservedAt = Noon.AddSeconds(1), State = state with { ConsecutiveFailures = 4 } }]);
        (await Store.Cooldowns.ListAsync())[1].State.ConsecutiveFailures.ShouldBe(4);
        (await Store.Cooldowns.PruneAsync(Noon.AddHours(4))).ShouldBe(0);
        (await Store.Cooldowns.PruneAsync(Noon.AddHours(6))).ShouldBe(2);
    }
}
