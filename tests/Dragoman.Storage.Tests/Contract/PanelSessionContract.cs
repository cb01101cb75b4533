using Dragoman.Gateway.Persistence;
using Dragoman.Storage.Tests.Support;

namespace Dragoman.Storage.Tests.Contract;

public sealed class PanelSessionsOnSqlite : PanelSessionContract<SqlitePlace>;

[Trait("speed", "slow")]
public sealed class PanelSessionsOnPostgres : PanelSessionContract<PostgresPlace>;

public abstract class PanelSessionContract<TPlace> : StoreContract<TPlace>
    where TPlace : StorePlace, new()
{
    private static readonly DateTimeOffset Now = new(2026, 3, 4, 5, 6, 7, TimeSpan.Zero);

    [Fact]
    public async Task A_session_is_kept_found_used_and_ended_on_every_node()
    {
        await using var other = await Place.OpenAsync();
        await Store.PanelSessions.AddAsync(Session("a"), 10);
        var found = (await other.PanelSessions.FindAsync("a")).ShouldNotBeNull();
        found.TokenHash.ToArray().ShouldBe([1, 2]);
        found.SecretProof.ToArray().ShouldBe([3]);
        (found.CreatedAt, found.LastUsedAt, found.ExpiresAt, found.Address, found.UserAgent).ShouldBe((Now, Now, Now.AddDays(14), "192.0.2.1", "Browser/1"));
        (await other.PanelSessions.TouchAsync("a", Now.AddMinutes(5))).ShouldBeTrue();
        (await other.PanelSessions.TouchAsync("a", Now.AddMinutes(2))).ShouldBeTrue();
        (await Store.PanelSessions.FindAsync("a"))!.LastUsedAt.ShouldBe(Now.AddMinutes(5), "a node that lags does not turn it back");
        (await other.PanelSessions.RemoveAsync("a")).ShouldBeTrue();
        (await other.PanelSessions.RemoveAsync("a")).ShouldBeFalse();
        (await Store.PanelSessions.FindAsync("a")).ShouldBeNull();
        (await Store.PanelSessions.TouchAsync("a", Now)).ShouldBeFalse();
    }

    [Fact]
    public async Task Those_that_were_used_least_recently_make_room()
    {
        for (var i = 0; i < 5; i++) await Store.PanelSessions.AddAsync(Session($"s{i}", used: i == 0 ? 9 : i), 3);
        (await Store.PanelSessions.ListAsync()).Select(session => session.Id).ShouldBe(["s0", "s4", "s3"]);
        (await Store.PanelSessions.RemoveAllAsync("s4")).ShouldBe(2);
        (await Store.PanelSessions.ListAsync()).Select(session => session.Id).ShouldBe(["s4"]);
        (await Store.PanelSessions.RemoveAllAsync(null)).ShouldBe(1);
    }

    [Fact]
    public async Task Those_that_have_ended_are_dropped()
    {
        await Store.PanelSessions.AddAsync(Session("old"), 10);
        await Store.PanelSessions.AddAsync(Session("idle", used: 1), 10);
        await Store.PanelSessions.AddAsync(Session("used", used: 60), 10);
        (await Store.PanelSessions.PruneAsync(Now, Now.AddMinutes(1))).ShouldBe(2);
        (await Store.PanelSessions.PruneAsync(Now.AddDays(14), Now)).ShouldBe(1);
    }

    private static PanelSession Session(string id, int used = 0) => new(id, new byte[] { 1, 2 }, new byte[] { 3 })
    {
        CreatedAt = Now, LastUsedAt = Now.AddMinutes(used), ExpiresAt = Now.AddDays(14), Address = "192.0.2.1", UserAgent = "Browser/1",
    };
}
