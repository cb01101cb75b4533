using Dragoman.Gateway.Persistence;
using Dragoman.Storage.Tests.Support;

namespace Dragoman.Storage.Tests.Contract;

public sealed class ResponseStateOnSqlite : ResponseStateContract<SqlitePlace>;

[Trait("speed", "slow")]
public sealed class ResponseStateOnPostgres : ResponseStateContract<PostgresPlace>;

public abstract class ResponseStateContract<TPlace> : StoreContract<TPlace>
    where TPlace : StorePlace, new()
{
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(5);

    [Fact]
    public async Task Stored_answers_belong_to_their_owner_and_form_chains()
    {
        var now = DateTimeOffset.FromUnixTimeMilliseconds(TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds());
        var first = new ResponseStateRecord { Id = "r1", Owner = "k", Response = "{}"u8.ToArray(), InputItems = "[]"u8.ToArray(), CreatedAt = now, ExpiresAt = now.AddDays(1), Model = "m", AccountId = "a" };
        (await Store.Responses.SaveAsync(first)).Saved.ShouldBeTrue();
        (await Store.Responses.SaveAsync(first with { Id = "r2", ParentId = "r1", Status = "in_progress" })).Saved.ShouldBeTrue();
        (await Store.Responses.SaveAsync(first with { Id = "r2", ParentId = "r1" })).Saved.ShouldBeTrue();
        (await Store.Responses.SaveAsync(first with { Owner = "thief", Response = "[]"u8.ToArray() })).Outcome.ShouldBe(SaveOutcome.Taken);
        (await Store.Responses.GetAsync("r1", "thief")).ShouldBeNull();
        (await Store.Responses.GetAsync("r1", "k"))!.Response.ToArray().ShouldBe("{}"u8.ToArray());
        (await Store.Responses.ChainAsync("r2", "k"))!.Select(item => item.Id + item.Status).ShouldBe(["r1completed", "r2completed"]);
        (await Store.Responses.ChainAsync("r2", "k", limit: 1)).ShouldBeNull();
        (await Store.Responses.OwnerOfAsync("r1")).ShouldBe("k");
        (await Store.Responses.OwnerOfAsync("nobody's")).ShouldBeNull();
        (await Store.Responses.RecentAsync("k", 10)).Select(item => item.Id).ShouldBe(["r1", "r2"], ignoreOrder: true);
        (await Store.Responses.RecentAsync("k", 1)).Count.ShouldBe(1);
        (await Store.Responses.RecentAsync("thief", 10)).ShouldBeEmpty();
        (await Store.Responses.SaveAsync(first with { ExpiresAt = now.AddSeconds(-1) })).Saved.ShouldBeTrue();
        (await Store.Responses.GetAsync("r1", "k")).ShouldBeNull();
        (await Store.Responses.ChainAsync("r2", "k")).ShouldBeNull();
        (await Store.Responses.PruneAsync(now)).ShouldBe(1);
        (await Store.Responses.RemoveAsync("r2", "thief")).ShouldBeFalse();
        (await Store.Responses.RemoveAsync("r2", "k")).ShouldBeTrue();
    }

    [Fact]
    public async Task A_save_that_names_the_version_it_was_made_from_is_done_only_on_that_version()
    {
        var record = Record("c1", "one");
        (await Store.Responses.SaveAsync(record, fromVersion: 0)).ShouldBe(new SaveResult(SaveOutcome.Saved, 1));
        (await Store.Responses.SaveAsync(record, fromVersion: 0)).Outcome.ShouldBe(SaveOutcome.Taken);
        (await Store.Responses.SaveAsync(Record("c1", "two"), fromVersion: 1)).ShouldBe(new SaveResult(SaveOutcome.Saved, 2));
        (await Store.Responses.SaveAsync(Record("c1", "late"), fromVersion: 1)).ShouldBe(new SaveResult(SaveOutcome.Conflict, 0));
        (await Store.Responses.SaveAsync(Record("c1", "thief") with { Owner = "thief" }, fromVersion: 2)).Outcome.ShouldBe(SaveOutcome.Taken);
        (await Store.Responses.SaveAsync(Record("nobody's", "x"), fromVersion: 1)).Outcome.ShouldBe(SaveOutcome.Missing);
        var found = (await Store.Responses.GetAsync("c1", "k")).ShouldNotBeNull();
        (Text(found), found.Version).ShouldBe(("two", 2));

        // Whoever names no version replaces what is there, and is counted all the same.
        (await Store.Responses.SaveAsync(Record("c1", "three"))).ShouldBe(new SaveResult(SaveOutcome.Saved, 3));
        (await Store.Responses.SaveAsync(Record("c1", "late"), fromVersion: 2)).Outcome.ShouldBe(SaveOutcome.Conflict);
        (await Store.Responses.RecentAsync("k", 1))[0].Version.ShouldBe(3);
    }

    [Fact]
    public async Task Whatever_two_processes_add_at_once_is_there_in_the_end_in_the_order_of_the_versions()
    {
        await using var other = await Place.OpenAsync();
        await Store.Responses.SaveAsync(Record("c", ""), fromVersion: 0);
        var order = new string[61];
        await Task.WhenAll(Enumerable.Range(0, 6).Select(async worker =>
        {
            var store = worker % 2 == 0 ? Store : other;
            for (var number = 0; number < 10; number++)
            {
                var word = $"{worker}.{number}";
                SaveResult saved;
                do
                {
                    var row = (await store.Responses.GetAsync("c", "k")).ShouldNotBeNull();
                    saved = await store.Responses.SaveAsync(Record("c", $"{Text(row)} {word}"), row.Version);
                    saved.Outcome.ShouldBeOneOf(SaveOutcome.Saved, SaveOutcome.Conflict);
                }
                while (!saved.Saved);
                order[saved.Version - 1] = word;
            }
        }));
        var end = (await Store.Responses.GetAsync("c", "k")).ShouldNotBeNull();
        end.Version.ShouldBe(61);
        Text(end).Trim().Split(' ').ShouldBe(order.Skip(1));
    }

    [Fact]
    public async Task A_save_under_a_lease_is_refused_once_the_lease_has_passed_on()
    {
        var first = (await Store.Leases.TryTakeAsync("response:r", "one", Long)).ShouldNotBeNull();
        (await Store.Responses.SaveAsync(Record("r", "made"), fence: first.Fence)).Saved.ShouldBeTrue();
        await Store.Leases.ReleaseAsync(first);
        // Given back and not taken by another, it is still the last one.
        (await Store.Responses.SaveAsync(Record("r", "again"), fence: first.Fence)).Saved.ShouldBeTrue();
        var second = (await Store.Leases.TryTakeAsync("response:r", "two", Long)).ShouldNotBeNull();
        (await Store.Responses.SaveAsync(Record("r", "late"), fence: first.Fence)).ShouldBe(new SaveResult(SaveOutcome.Fenced, 0));
        (await Store.Responses.SaveAsync(Record("new", "late"), fence: first.Fence)).Outcome.ShouldBe(SaveOutcome.Fenced);
        (await Store.Responses.SaveAsync(Record("r", "failed"), fence: second.Fence)).Saved.ShouldBeTrue();
        Text((await Store.Responses.GetAsync("r", "k")).ShouldNotBeNull()).ShouldBe("failed");
        (await Store.Responses.GetAsync("new", "k")).ShouldBeNull();
    }

    private static ResponseStateRecord Record(string id, string text)
        => new() { Id = id, Owner = "k", Response = System.Text.Encoding.UTF8.GetBytes(text), InputItems = "[]"u8.ToArray(), CreatedAt = TimeProvider.System.GetUtcNow() };

    private static string Text(ResponseStateRecord record) => System.Text.Encoding.UTF8.GetString(record.Response.Span);
}
