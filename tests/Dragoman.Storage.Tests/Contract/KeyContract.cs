using Dragoman.Gateway.Persistence;
using Dragoman.Storage.Tests.Support;

namespace Dragoman.Storage.Tests.Contract;

public sealed class KeysOnSqlite : KeyContract<SqlitePlace>;

[Trait("speed", "slow")]
public sealed class KeysOnPostgres : KeyContract<PostgresPlace>;

public abstract class KeyContract<TPlace> : StoreContract<TPlace>
    where TPlace : StorePlace, new()
{
    [Fact]
    public async Task What_was_saved_comes_back_whole()
    {
        var key = Key("k1") with
        {
            PreviousHash = new byte[] { 9 },
            PreviousUntil = Noon,
            Prefix = "dgm-ab",
            Scopes = new KeyScopes { Models = ["claude-*"], Providers = ["claude"], Surfaces = ["dragoman"] },
            ExpiresAt = Noon.AddDays(1),
            RequestsPerMinute = 60,
            TokensPerMinute = 5_000_000_000,
            Concurrency = 3,
            Budgets = [new(BudgetUnit.Money, BudgetPeriod.Month, 12.5m, "Europe/Berlin"), new(BudgetUnit.Tokens, BudgetPeriod.Day, 1000)],
            Enabled = false,
            RevokedAt = Noon,
            Note = "n",
            Tags = ["t"],
        };
        (await Store.Keys.AddAsync(key)).Saved.ShouldBeTrue();
        var read = (await Store.Keys.GetAsync("k1")).ShouldNotBeNull();
        read.Hash.ToArray().ShouldBe([4, 5, 6]);
        read.PreviousHash.ToArray().ShouldBe([9]);
        read.Scopes.Models.ShouldBe(["claude-*"]);
        read.Scopes.Surfaces.ShouldBe(["dragoman"]);
        read.Budgets.ShouldBe(key.Budgets);
        read.Tags.ShouldBe(key.Tags);
        var empty = new KeyScopes();
        (read with { Hash = default, PreviousHash = default, Scopes = empty, Budgets = [], Tags = [], CreatedAt = default, UpdatedAt = default })
            .ShouldBe(key with { Hash = default, PreviousHash = default, Scopes = empty, Budgets = [], Tags = [], Version = 1 });
    }

    [Fact]
    public async Task Names_are_unique_and_versions_are_kept()
    {
        await Store.Keys.AddAsync(Key("a"));
        (await Store.Keys.AddAsync(Key("b") with { Name = "NAME A" })).Outcome.ShouldBe(SaveOutcome.Taken);
        (await Store.Keys.UpdateAsync(Key("a") with { Version = 1, Note = "x" })).ShouldBe(new SaveResult(SaveOutcome.Saved, 2));
        (await Store.Keys.UpdateAsync(Key("a") with { Version = 1, Note = "y" })).Outcome.ShouldBe(SaveOutcome.Conflict);
        (await Store.Keys.RemoveAsync("a")).ShouldBeTrue();
        (await Store.Keys.UpdateAsync(Key("a") with { Version = 2 })).Outcome.ShouldBe(SaveOutcome.Missing);
    }

    [Fact]
    public async Task The_time_of_last_use_only_moves_forward_and_is_no_new_version()
    {
        await Store.Keys.AddAsync(Key("a"));
        await Store.Keys.TouchAsync(new Dictionary<string, DateTimeOffset> { ["a"] = Noon, ["gone"] = Noon });
        await Store.Keys.TouchAsync(new Dictionary<string, DateTimeOffset> { ["a"] = Noon.AddDays(-1) });
        await Store.Keys.UpdateAsync(Key("a") with { Version = 1 });
        var key = (await Store.Keys.GetAsync("a"))!;
        key.LastUsedAt.ShouldBe(Noon);
        key.Version.ShouldBe(2);
    }

    [Fact]
    public async Task Settings_keep_versions()
    {
        (await Store.Settings.SetAsync(new Setting("a.b", "1"), 0)).ShouldBe(new SaveResult(SaveOutcome.Saved, 1));
        (await Store.Settings.SetAsync(new Setting("a.b", "2"), 0)).Outcome.ShouldBe(SaveOutcome.Taken);
        (await Store.Settings.SetAsync(new Setting("a.b", "3"), 1)).Version.ShouldBe(2);
        (await Store.Settings.SetAsync(new Setting("a.b", "4"), 1)).Outcome.ShouldBe(SaveOutcome.Conflict);
        (await Store.Settings.SetAsync(new Setting("a.b", "") { Secret = new byte[] { 7 } }, null)).Version.ShouldBe(3);
        (await Store.Settings.SetAsync(new Setting("none", "4"), 1)).Outcome.ShouldBe(SaveOutcome.Missing);
        (await Store.Settings.GetAsync("a.b"))!.Secret.ToArray().ShouldBe([7]);
        (await Store.Settings.ListAsync()).Count.ShouldBe(1);
        (await Store.Settings.RemoveAsync("a.b")).ShouldBeTrue();
        (await Store.Settings.GetAsync("a.b")).ShouldBeNull();
    }

    [Fact]
    public async Task The_audit_log_is_read_newest_first_and_page_by_page()
    {
        await Store.Audit.AppendAsync([.. Enumerable.Range(0, 25).Select(n => new AuditEntry(Noon.AddSeconds(n / 3), n % 2 == 0 ? "cli" : "management", "", n % 5 == 0 ? "key.add" : "account.add", $"t{n}", "done", "{}"))]);
        var seen = new List<string>();
        string? next = null;
        do
        {
            var page = await Store.Audit.ListAsync(new AuditQuery(), new PageRequest(7, next));
            seen.AddRange(page.Items.Select(item => item.Target));
            next = page.Next;
        }
        while (next is not null);
        seen.ShouldBe(Enumerable.Range(0, 25).Reverse().Select(n => $"t{n}"));
        (await Store.Audit.ListAsync(new AuditQuery { Action = "key." }, new PageRequest())).Items.Count.ShouldBe(5);
        (await Store.Audit.ListAsync(new AuditQuery { Actor = "cli", Action = "key.add" }, new PageRequest())).Items.Count.ShouldBe(3);
        (await Store.Audit.PruneAsync(Noon.AddSeconds(1))).ShouldBe(3);
    }
}
