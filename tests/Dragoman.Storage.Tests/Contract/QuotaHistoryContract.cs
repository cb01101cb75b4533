using Dragoman.Gateway.Persistence;
using Dragoman.Storage.Tests.Support;

namespace Dragoman.Storage.Tests.Contract;

public sealed class QuotaHistoryOnSqlite : QuotaHistoryContract<SqlitePlace>;

[Trait("speed", "slow")]
public sealed class QuotaHistoryOnPostgres : QuotaHistoryContract<PostgresPlace>;

public abstract class QuotaHistoryContract<TPlace> : StoreContract<TPlace>
    where TPlace : StorePlace, new()
{
    [Fact]
    public async Task Readings_come_back_as_they_were_and_once()
    {
        StoredQuotaReading[] all =
        [
            new("a", null, "5h", Noon, 0.25, Noon.AddHours(2), TimeSpan.FromHours(5)), new("a", null, "5h", Noon.AddMinutes(5), 0.5, Noon.AddHours(2), TimeSpan.FromHours(5)),
            new("a", "m", "model", Noon, 1, null, null), new("b", null, "7d", Noon.AddMinutes(1), 0.125, Noon.AddDays(1), TimeSpan.FromDays(7)),
        ];
        await Store.QuotaHistory.AppendAsync(all);
        await Store.QuotaHistory.AppendAsync([all[1] with { Used = 0.9 }]);
        await Store.QuotaHistory.AppendAsync([]);
        (await Store.QuotaHistory.ListAsync(new QuotaHistoryQuery(), 100)).ShouldBe(all);
        (await Store.QuotaHistory.ListAsync(new QuotaHistoryQuery { AccountId = "a", Name = "5h", From = Noon.AddMinutes(1) }, 100)).ShouldBe([all[1]]);
        (await Store.QuotaHistory.ListAsync(new QuotaHistoryQuery { Model = "m" }, 100)).ShouldBe([all[2]]);
        (await Store.QuotaHistory.ListAsync(new QuotaHistoryQuery { To = Noon.AddMinutes(1) }, 100)).Count.ShouldBe(2);
        (await Store.QuotaHistory.ListAsync(new QuotaHistoryQuery(), 1)).ShouldBe([all[1]], "the newest");
        (await Store.QuotaHistory.PruneAsync(Noon.AddMinutes(1))).ShouldBe(2);
        (await Store.QuotaHistory.ListAsync(new QuotaHistoryQuery(), 100)).Count.ShouldBe(2);
    }

    [Fact]
    public async Task The_highest_reading_before_each_reset_is_found()
    {
        await Store.QuotaHistory.AppendAsync(
        [
            new("a", null, "5h", Noon, 0.25, Noon.AddHours(2), TimeSpan.FromHours(5)), new("a", null, "5h", Noon.AddHours(1), 0.75, Noon.AddHours(2), TimeSpan.FromHours(5)),
            new("a", null, "5h", Noon.AddHours(3), 0.1, Noon.AddHours(7), TimeSpan.FromHours(5)), new("a", "m", "x", Noon, 0.5, Noon.AddHours(1), null), new("a", null, "y", Noon, 0.5, null, null),
        ]);
        (await Store.QuotaHistory.PeaksAsync(Noon, Noon.AddHours(6))).ShouldBe([new("a", null, "5h", Noon, Noon.AddHours(2), TimeSpan.FromHours(5), 0.75), new("a", "m", "x", Noon, Noon.AddHours(1), null, 0.5)]);
    }
}
