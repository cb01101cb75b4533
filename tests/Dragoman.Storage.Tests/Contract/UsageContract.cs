using Dragoman.Gateway.Persistence;
using Dragoman.Storage.Tests.Support;

namespace Dragoman.Storage.Tests.Contract;

public sealed class UsageOnSqlite : UsageContract<SqlitePlace>;

public sealed class UsageOnPostgres : UsageContract<PostgresPlace>;

public abstract class UsageContract<TPlace> : StoreContract<TPlace>
    where TPlace : StorePlace, new()
{
    [Fact]
    public async Task An_entry_counts_once_however_often_it_is_sent()
    {
        var batch = Enumerable.Range(0, 120).Select(n => Usage($"r{n}", Noon.AddMinutes(n))).ToList();
        (await Store.Usage.AppendAsync([.. batch, batch[0]])).ShouldBe(120);
        (await Store.Usage.AppendAsync(batch)).ShouldBe(0);
        (await Store.Usage.AppendAsync([batch[5], Usage("new", Noon)])).ShouldBe(1);
        var total = (await Store.Usage.SummariseAsync(new UsageQuery(), new UsageGrouping())).ShouldHaveSingleItem();
        (total.Requests, total.InputTokens, total.OutputTokens, total.Cost).ShouldBe((121, 12_100, 1_210, 0.121m));
        total.MeanDuration.ShouldBe(TimeSpan.FromMilliseconds(200));
        total.MeanFirstByte.ShouldBe(TimeSpan.FromMilliseconds(50));
    }

    [Fact]
    public async Task A_batch_of_known_new_and_estimated_entries_changes_only_what_it_may()
    {
        await Store.Usage.AppendAsync([Usage("a", Noon), Usage("c", Noon) with { Estimated = true, InputTokens = 7 }]);
        (await Store.Usage.AppendAsync([Usage("d", Noon), Usage("c", Noon) with { Estimated = true }, Usage("c", Noon.AddHours(1)), Usage("b", Noon) with { Estimated = true }, Usage("a", Noon) with { InputTokens = 9_999 }])).ShouldBe(3);
        (await Store.Usage.AppendAsync([Usage("c", Noon) with { Estimated = true }, Usage("d", Noon)])).ShouldBe(0);
        (await Store.Usage.SummariseAsync(new(), new() { Step = UsageStep.Hour })).Select(row => (row.At, row.Requests, row.InputTokens, row.Estimated)).ShouldBe([(Noon, 3, 300, 1), (Noon.AddHours(1), 1, 100, 0)]);
        (await Store.Usage.ListAsync(new(), new())).Items.Count.ShouldBe(4);
    }

    [Fact]
    public async Task Nodes_that_append_at_once_lose_and_double_nothing()
    {
        await using var other = await Place.OpenAsync();
        await Task.WhenAll(Enumerable.Range(0, 8).Select(async worker =>
        {
            var store = worker % 2 == 0 ? Store : other;
            // Every entry is sent by two workers.
            for (var round = 0; round < 10; round++)
                await store.Usage.AppendAsync([.. Enumerable.Range(0, 5).Select(n => Usage($"r{worker / 2}-{round}-{n}", Noon, key: $"k{n}", model: $"m{round % 3}"))]);
        }));
        var rows = await Store.Usage.SummariseAsync(new UsageQuery(), new UsageGrouping { Key = true });
        rows.Select(row => (row.KeyId, row.Requests)).ShouldBe(Enumerable.Range(0, 5).Select(n => ((string?)$"k{n}", 40L)));
    }

    [Fact]
    public async Task Sums_are_grouped_by_what_was_asked()
    {
        await Store.Usage.AppendAsync(
        [
            Usage("1", Noon, key: "a", model: "x"), Usage("2", Noon.AddMinutes(59), key: "a", model: "y") with { Failed = true, Status = 500 },
            Usage("3", Noon.AddHours(13), key: "b", model: "x", cost: null), Usage("4", Noon.AddHours(13), key: "b", model: "x", cost: 1.5m),
        ]);
        (await Store.Usage.SummariseAsync(new UsageQuery(), new UsageGrouping { Key = true, Model = true })).Select(row => (row.KeyId, row.Model, row.Requests, row.Errors)).ShouldBe([("a", "x", 1, 0), ("a", "y", 1, 1), ("b", "x", 2, 0)]);
        (await Store.Usage.SummariseAsync(new UsageQuery(), new UsageGrouping { Step = UsageStep.Hour })).Select(row => (row.At, row.Requests)).ShouldBe([(Noon, 2), (Noon.AddHours(13), 2)]);
        (await Store.Usage.SummariseAsync(new UsageQuery(), new UsageGrouping { Step = UsageStep.Day })).Select(row => row.At).ShouldBe([new DateTimeOffset(2026, 3, 14, 0, 0, 0, default), new DateTimeOffset(2026, 3, 15, 0, 0, 0, default)]);
        // 12:00 and 01:00 UTC are one day in New York.
        var local = (await Store.Usage.SummariseAsync(new UsageQuery(), new UsageGrouping { Step = UsageStep.Day, Offset = TimeSpan.FromHours(-4) })).ShouldHaveSingleItem();
        local.At.ShouldBe(new DateTimeOffset(2026, 3, 14, 0, 0, 0, TimeSpan.FromHours(-4)));
        var b = (await Store.Usage.SummariseAsync(new UsageQuery { KeyId = "b", From = Noon.AddHours(1), To = Noon.AddHours(14) }, new UsageGrouping())).ShouldHaveSingleItem();
        (b.Requests, b.Unpriced, b.Cost).ShouldBe((2, 1, 1.5m));
        (await Store.Usage.SummariseAsync(new UsageQuery { KeyId = "nobody" }, new UsageGrouping())).ShouldBeEmpty();
    }

    [Fact]
    public async Task An_unknown_price_is_unknown_and_never_zero()
    {
        await Store.Usage.AppendAsync([Usage("1", Noon, cost: null), Usage("2", Noon, model: "free", cost: 0m)]);
        (await Store.Usage.SummariseAsync(new UsageQuery(), new UsageGrouping { Model = true })).Select(row => (row.Model, row.Cost)).ShouldBe([("free", 0m), ("m", null)]);
    }

    [Fact]
    public async Task Real_numbers_replace_an_estimate_once()
    {
        await Store.Usage.AppendAsync([Usage("1", Noon, input: 1000, cost: 1) with { Estimated = true }]);
        (await Store.Usage.AppendAsync([Usage("1", Noon, input: 5, cost: 0.1m)])).ShouldBe(1);
        (await Store.Usage.AppendAsync([Usage("1", Noon, input: 9, cost: 0.2m)])).ShouldBe(0);
        (await Store.Usage.AppendAsync([Usage("1", Noon, input: 9) with { Estimated = true }])).ShouldBe(0);
        var total = (await Store.Usage.SummariseAsync(new UsageQuery(), new UsageGrouping())).ShouldHaveSingleItem();
        (total.Requests, total.Estimated, total.InputTokens, total.Cost).ShouldBe((1, 0, 5, 0.1m));
    }

    [Fact]
    public async Task Entries_come_back_whole_page_by_page()
    {
        var entry = Usage("full", Noon.AddDays(1)) with { CachedTokens = 1, CacheWriteTokens = 2, ReasoningTokens = 3, Stream = true, Failed = true, Estimated = true, FirstByte = null, Cost = 0.000_000_001m };
        await Store.Usage.AppendAsync([.. Enumerable.Range(0, 12).Select(n => Usage($"r{n}", Noon.AddSeconds(n))), entry]);
        var first = await Store.Usage.ListAsync(new UsageQuery(), new PageRequest(5));
        first.Items[0].ShouldBe(entry);
        var rest = await Store.Usage.ListAsync(new UsageQuery(), new PageRequest(50, first.Next));
        first.Items.Concat(rest.Items).Select(item => item.RequestId).ShouldBe(["full", .. Enumerable.Range(0, 12).Reverse().Select(n => $"r{n}")]);
        rest.Next.ShouldBeNull();
        (await Store.Usage.PruneAsync(Noon.AddSeconds(4))).ShouldBe(4);
        (await Store.Usage.SummariseAsync(new UsageQuery(), new UsageGrouping()))[0].Requests.ShouldBe(13);
    }
}
