using Dragoman.Gateway.Persistence;
using Dragoman.Storage.Tests.Support;

namespace Dragoman.Storage.Tests.Contract;

public sealed class UsageOnSqlite : UsageContract<SqlitePlace>;

[Trait("speed", "slow")]
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
    public async Task Client_programs_and_parts_of_the_cost_are_summed()
    {
        var parts = new CostParts(0.001m, 0.002m, 0.003m, 0.004m, 0.005m);
        await Store.Usage.AppendAsync(
        [
            Usage("1", Noon, cost: parts.Total) with { Client = "codex", CostParts = parts }, Usage("2", Noon, cost: parts.Total) with { Client = "codex", CostParts = parts },
            Usage("3", Noon) with { Client = "claude-code" }, Usage("4", Noon, cost: null),
        ]);
        var rows = await Store.Usage.SummariseAsync(new UsageQuery(), new UsageGrouping { Client = true });
        rows.Select(row => (row.Client, row.Requests, row.CostParts)).ShouldBe([("", 1, null), ("claude-code", 1, default(CostParts)), ("codex", 2, parts + parts)]);
        rows[2].Cost.ShouldBe(2 * parts.Total);
        (await Store.Usage.SummariseAsync(new UsageQuery { Client = "codex" }, new UsageGrouping())).ShouldHaveSingleItem().Requests.ShouldBe(2);
        (await Store.Usage.SummariseAsync(new UsageQuery { Client = "" }, new UsageGrouping())).ShouldHaveSingleItem().Requests.ShouldBe(1);
        (await Store.Usage.ListAsync(new UsageQuery { Client = "codex" }, new())).Items.ShouldAllBe(entry => entry.Client == "codex" && entry.CostParts == parts);
        // What replaces an estimate takes its place with its own family.
        await Store.Usage.AppendAsync([Usage("5", Noon) with { Estimated = true, Client = "codex" }]);
        await Store.Usage.AppendAsync([Usage("5", Noon) with { Client = "aider" }]);
        (await Store.Usage.SummariseAsync(new UsageQuery(), new UsageGrouping { Client = true })).Select(row => (row.Client, row.Requests)).ShouldBe([("", 1), ("aider", 1), ("claude-code", 1), ("codex", 2)]);
    }

    [Fact]
    public async Task Tens_of_minutes_and_weeks_are_summed_as_the_same_total()
    {
        await Store.Usage.AppendAsync(
        [
            Usage("1", Noon.AddMinutes(3)), Usage("2", Noon.AddMinutes(9.9)) with { Failed = true }, Usage("3", Noon.AddMinutes(10), cost: null), Usage("4", Noon.AddMinutes(25)) with { FirstByte = null },
            Usage("5", Noon.AddHours(40), model: "x"),
        ]);
        var grouping = new UsageGrouping { Step = UsageStep.TenMinutes };
        var day = new UsageQuery { From = Noon.AddMinutes(1), To = Noon.AddMinutes(29) };
        (await Store.Usage.SummariseAsync(day, grouping)).Select(row => (row.At, row.Requests, row.Errors, row.Unpriced)).ShouldBe([(Noon, 2, 1, 0), (Noon.AddMinutes(10), 1, 0, 1), (Noon.AddMinutes(20), 1, 0, 0)]);
        (await Store.Usage.SummariseAsync(new UsageQuery { From = Noon.AddMinutes(10), To = Noon.AddMinutes(20) }, grouping)).ShouldHaveSingleItem().Requests.ShouldBe(1);
        var total = (await Store.Usage.SummariseAsync(new UsageQuery(), new UsageGrouping { ByEntries = true })).ShouldHaveSingleItem();
        total.ShouldBe((await Store.Usage.SummariseAsync(new UsageQuery(), new UsageGrouping())).ShouldHaveSingleItem());
        (await Store.Usage.SummariseAsync(new UsageQuery { Model = "x" }, grouping)).ShouldHaveSingleItem().At.ShouldBe(Noon.AddHours(40));
        // Noon is on a Saturday; forty hours later it is Monday.
        (await Store.Usage.SummariseAsync(new UsageQuery(), new UsageGrouping { Step = UsageStep.Week })).Select(row => (row.At, row.Requests))
            .ShouldBe([(new DateTimeOffset(2026, 3, 9, 0, 0, 0, default), 4), (new DateTimeOffset(2026, 3, 16, 0, 0, 0, default), 1)]);
        // At five in the morning of Monday it is still Sunday in New York's distance and a bit.
        (await Store.Usage.SummariseAsync(new UsageQuery(), new UsageGrouping { Step = UsageStep.Week, Offset = TimeSpan.FromHours(-5) })).ShouldHaveSingleItem().At.ShouldBe(new DateTimeOffset(2026, 3, 9, 0, 0, 0, TimeSpan.FromHours(-5)));
    }

    [Fact]
    public async Task Percentiles_are_exact_by_any_grouping()
    {
        await Store.Usage.AppendAsync([.. Enumerable.Range(1, 100).Select(n => Usage($"r{n}", Noon.AddMinutes(n), model: n <= 20 ? "slow" : "fast") with
        {
            Duration = TimeSpan.FromMilliseconds(n), FirstByte = n % 2 == 0 ? TimeSpan.FromMilliseconds(n) : null, Client = "codex",
        })]);
        var all = await Store.Usage.MeasureAsync(new UsageQuery(), new UsageGrouping());
        all.Sampled.ShouldBeFalse();
        var total = all.Total.ShouldNotBeNull();
        (total.DurationMedian, total.Duration95, total.FirstByteMedian, total.FirstByte95).ShouldBe((Ms(50), Ms(95), Ms(50), Ms(96)));
        var grouped = await Store.Usage.MeasureAsync(new UsageQuery(), new UsageGrouping { Model = true, Client = true, Step = UsageStep.Hour });
        var rows = await Store.Usage.SummariseAsync(new UsageQuery(), new UsageGrouping { Model = true, Client = true, Step = UsageStep.Hour });
        grouped.Rows.Select(row => (row.Group.At, row.Group.Model, row.Group.Client)).ShouldBe(rows.Select(row => (row.At, row.Model, row.Client)), ignoreOrder: true);
        grouped.Rows.Single(row => row.Group.Model == "slow").Duration95.ShouldBe(Ms(19));
        grouped.Total.ShouldBe(total);
        (await Store.Usage.MeasureAsync(new UsageQuery { Model = "slow" }, new UsageGrouping())).Total.ShouldNotBeNull().DurationMedian.ShouldBe(Ms(10));
        (await Store.Usage.MeasureAsync(new UsageQuery { Model = "none" }, new UsageGrouping())).Total.ShouldBeNull();
        var week = await Store.Usage.MeasureAsync(new UsageQuery(), new UsageGrouping { Step = UsageStep.Week, Offset = TimeSpan.FromHours(1) });
        week.Rows.ShouldHaveSingleItem().Group.At.ShouldBe(new DateTimeOffset(2026, 3, 9, 0, 0, 0, TimeSpan.FromHours(1)));

        static TimeSpan Ms(int n) => TimeSpan.FromMilliseconds(n);
    }

    [Fact]
    public async Task Of_too_many_entries_a_sample_is_measured()
    {
        await Store.Usage.AppendAsync([.. Enumerable.Range(1, 1_000).Select(n => Usage($"r{n:0000}", Noon.AddSeconds(n)) with { Duration = TimeSpan.FromMilliseconds(n) })]);
        var measured = await Store.Usage.MeasureAsync(new UsageQuery { From = Noon }, new UsageGrouping { Model = true }, most: 100);
        measured.Sampled.ShouldBeTrue();
        var total = measured.Total.ShouldNotBeNull();
        total.DurationMedian.TotalMilliseconds.ShouldBe(500, tolerance: 20);
        total.Duration95.TotalMilliseconds.ShouldBe(950, tolerance: 20);
    }

    [Fact]
    public async Task Credits_of_plans_are_summed_and_unknown_where_nobody_says_them()
    {
        await Store.Usage.AppendAsync([Usage("1", Noon) with { Credits = 0.08m }, Usage("2", Noon) with { Credits = 1.25m, Estimated = true }, Usage("3", Noon)]);
        await Store.Usage.AppendAsync([Usage("2", Noon) with { Credits = 0.5m }]);
        (await Store.Usage.ListAsync(new UsageQuery(), new PageRequest(5))).Items.OrderBy(item => item.RequestId).Select(item => item.Credits).ShouldBe([0.08m, 0.5m, null]);
        foreach (var byEntries in (bool[])[false, true]) (await Store.Usage.SummariseAsync(new UsageQuery(), new UsageGrouping { ByEntries = byEntries })).ShouldHaveSingleItem().Credits.ShouldBe(0.58m);
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
        var entry = Usage("full", Noon.AddDays(1)) with { CachedTokens = 1, CacheWriteTokens = 2, ReasoningTokens = 3, Stream = true, Failed = true, Estimated = true, FirstByte = null, Cost = 0.000_000_001m, Credits = 0.08m };
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
