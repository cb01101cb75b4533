using System.Text;
using Dragoman.Gateway.Persistence;
using Dragoman.Management.Tests.Support;
using Dragoman.Management.Usage;
using static Dragoman.Management.ManagementErrorKind;

namespace Dragoman.Management.Tests.Usage;

/// <summary>Usage and prices: summed, listed, exported, and what is wrong with a filter.</summary>
public sealed class UsageReportTests
{
    [Fact]
    public async Task Usage_is_summed_by_what_is_asked_for_and_a_time_without_an_offset_is_of_the_zone()
    {
        await using var fixture = await FilledAsync();
        var report = fixture.Get<UsageReport>();
        var sum = await report.SummariseAsync(new UsageFilter(), "model", null, default).ValueAsync();
        sum.Rows.Select(row => (row.Model, row.Requests, row.InputTokens)).ShouldBe([("a", 2, 30), ("b", 1, 5)]);
        (sum.Total!.Requests, sum.Total.Errors).ShouldBe((3, 1));
        (await report.SummariseAsync(new UsageFilter { Model = "b" }, null, null, default).ValueAsync()).Total!.Requests.ShouldBe(1);
        (await report.SummariseAsync(new UsageFilter(), null, "day", default).ValueAsync()).Rows.Count.ShouldBe(2);
        var read = await report.SummariseAsync(new UsageFilter { From = "2026-01-02", TimeZone = "Europe/Berlin" }, null, null, default).ValueAsync();
        read.From.ShouldBe(new DateTimeOffset(2026, 1, 1, 23, 0, 0, TimeSpan.Zero));
    }

    [Fact]
    public async Task An_hour_far_above_the_same_hours_before_is_unusual()
    {
        await using var fixture = await ManagementFixture.StartAsync();
        var now = new DateTimeOffset(2026, 3, 20, 10, 0, 0, TimeSpan.Zero);
        var entries = new List<UsageEntry>();
        for (var day = 0; day < 14; day++)
        {
            Add(now.AddDays(-1 - day), 20, failed: day % 2, cost: 0.5m + (0.01m * day));
            // Nights cost nothing, and the evening is always dear.
            Add(now.AddDays(-1 - day).AddHours(9), 10, failed: 0, cost: 9);
        }

        Add(now.AddMinutes(5), 40, failed: 12, cost: 1.5m);
        Add(now.AddHours(-8), 5, failed: 0, cost: 0.9m);
        Add(now.AddHours(1), 300, failed: 20, cost: 0.001m);
        await fixture.Store.Usage.AppendAsync(entries);
        var report = fixture.Get<UsageReport>();

        var found = await report.FindUnusualAsync(new UsageFilter { From = "2026-03-20T10:30:00Z", To = "2026-03-20T12:00:00Z" }, default).ValueAsync();
        // The hour in which the time lies counts whole. 20 of 300 failures at eleven are no tenth.
        found.Hours.Select(hour => (hour.At, hour.Kind, hour.Value)).ShouldBe([(now, "spend", 40 * 1.5m), (now, "failures", 12m)]);
        found.Hours[0].Usual.ShouldBe(20 * 0.565m);
        found.Hours[0].Limit.ShouldBe(3 * 20 * 0.565m);
        // Less than a dollar above nothing is not worth a word; what is dear every day is usual.
        (await report.FindUnusualAsync(new UsageFilter { From = "2026-03-19T12:00:00Z", To = "2026-03-20T09:00:00Z" }, default).ValueAsync()).Hours.ShouldHaveSingleItem().At.ShouldBe(now.AddHours(-8));
        // Four days are too few to know what is usual.
        (await report.FindUnusualAsync(new UsageFilter { From = "2026-03-10T10:00:00Z", To = "2026-03-10T11:00:00Z" }, default).ValueAsync()).Hours.ShouldBeEmpty();
        (await report.FindUnusualAsync(new UsageFilter { From = "2026-03-20T10:30:00Z", To = "2026-03-20T12:00:00Z", Model = "another" }, default).ValueAsync()).Hours.ShouldBeEmpty();
        (await report.FindUnusualAsync(new UsageFilter { From = "2025-01-01", To = "2026-01-01" }, default).ErrorAsync(Invalid, "invalid_value")).Field.ShouldBe("from");

        void Add(DateTimeOffset at, int requests, int failed, decimal cost)
        {
            for (var n = 0; n < requests; n++) entries.Add(new UsageEntry { RequestId = $"r{entries.Count}", At = at.AddSeconds(n), Model = "a", Failed = n < failed, Status = n < failed ? 500 : 200, Cost = cost });
        }
    }

    [Fact]
    public async Task A_filter_that_cannot_be_names_its_field()
    {
        await using var fixture = await FilledAsync();
        var report = fixture.Get<UsageReport>();
        foreach (var (filter, field) in ((UsageFilter, string)[])
            [(new() { From = "yesterday-ish" }, "from"), (new() { To = "x" }, "to"), (new() { From = "2026-02-01", To = "2026-01-01" }, "from"), (new() { TimeZone = "Mars/Base" }, "tz")])
        {
            (await report.SummariseAsync(filter, null, null, default).ErrorAsync(Invalid, "invalid_value")).Field.ShouldBe(field);
            (await report.ListAsync(filter, null, null, default).ErrorAsync(Invalid, "invalid_value")).Field.ShouldBe(field);
            (await report.ExportAsync(filter, null, default).ErrorAsync(Invalid, "invalid_value")).Field.ShouldBe(field);
        }

        (await report.SummariseAsync(new(), "colour", null, default).ErrorAsync(Invalid, "invalid_value")).Field.ShouldBe("by");
        (await report.SummariseAsync(new(), null, "fortnight", default).ErrorAsync(Invalid, "invalid_value")).Field.ShouldBe("step");
        (await report.ListAsync(new(), 1_001, null, default).ErrorAsync(Invalid, "invalid_value")).Field.ShouldBe("limit");
        (await report.ExportAsync(new(), "xml", default).ErrorAsync(Invalid, "invalid_value")).Field.ShouldBe("format");
    }

    [Fact]
    public async Task Clients_cache_cost_and_percentiles_are_in_the_rows()
    {
        await using var fixture = await ManagementFixture.StartAsync();
        var at = fixture.Time.GetUtcNow();
        var parts = new CostParts(0.1m, 0.2m, 0.3m, 0.4m, 0.5m);
        await fixture.Store.Usage.AppendAsync([.. Enumerable.Range(1, 20).Select(n => new UsageEntry
        {
            RequestId = $"r{n}", At = at.AddMinutes(n), Model = "a", Client = n == 20 ? "" : "codex", InputTokens = 100, CachedTokens = 25, Cost = parts.Total, CostParts = parts,
            Duration = TimeSpan.FromSeconds(n), FirstByte = n == 20 ? null : TimeSpan.FromMilliseconds(n),
        })]);
        var report = fixture.Get<UsageReport>();

        var sum = await report.SummariseAsync(new UsageFilter(), "client", null, default, hasPercentiles: true).ValueAsync();

        sum.Percentiles.ShouldBe("exact");
        sum.Rows.Select(row => (row.Client, row.Requests, row.CachedShare, row.P50DurationMs, row.P95DurationMs, row.P50FirstByteMs, row.P95FirstByteMs)).ShouldBe(
            [("unknown", 1, 0.25, 20_000, 20_000, null, null), ("codex", 19, 0.25, 10_000, 19_000, 10, 19)]);
        sum.Rows[0].CostParts.ShouldBe(new CostPartsView(0.1m, 0.2m, 0.3m, 0.4m, 0.5m));
        (sum.Total!.P50DurationMs, sum.Total.P95DurationMs, sum.Total.Requests).ShouldBe((10_000, 19_000, 20));
        (await report.SummariseAsync(new UsageFilter { Client = "unknown" }, null, null, default).ValueAsync()).Total!.Requests.ShouldBe(1);
        (await report.SummariseAsync(new UsageFilter(), "client", null, default).ValueAsync()).Rows[1].P95DurationMs.ShouldBeNull();

        var fine = await report.SummariseAsync(new UsageFilter { From = "2026-01-01", To = "2026-01-01T01:00:00Z" }, null, "10m", default, hasPercentiles: true).ValueAsync();
        fine.Rows.Select(row => (row.At, row.Requests, row.P95DurationMs)).ShouldBe([(at, 9, 9_000), (at.AddMinutes(10), 10, 19_000), (at.AddMinutes(20), 1, 20_000)]);
        fine.Total!.Requests.ShouldBe(20);
        (await report.SummariseAsync(new UsageFilter(), null, "10m", default).ErrorAsync(Invalid, "invalid_value")).Field.ShouldBe("step");
        (await report.SummariseAsync(new UsageFilter { From = "2025-12-20" }, null, "10m", default).ErrorAsync(Invalid, "invalid_value")).Field.ShouldBe("step");
        (await report.SummariseAsync(new UsageFilter(), null, "week", default).ValueAsync()).Rows.ShouldHaveSingleItem().At.ShouldBe(new DateTimeOffset(2025, 12, 29, 0, 0, 0, TimeSpan.Zero));
    }

    [Fact]
    public async Task The_ledger_is_read_page_by_page_and_written_whole()
    {
        await using var fixture = await FilledAsync();
        var report = fixture.Get<UsageReport>();
        var first = await report.ListAsync(new(), 2, null, default).ValueAsync();
        var second = await report.ListAsync(new(), 2, first.Next, default).ValueAsync();
        first.Entries.Concat(second.Entries).Select(entry => entry.RequestId).ShouldBe(["r3", "r2", "r1"]);
        second.Next.ShouldBeNull();
        var csv = await TextAsync(await report.ExportAsync(new(), null, default).ValueAsync(), "usage.csv");
        csv.Split("\r\n")[1].ShouldStartWith("r3,2026-01-02T");
        csv.ShouldContain("'=2+2", Case.Sensitive, "a name of a model is no formula");
        (await TextAsync(await report.ExportAsync(new(), "jsonl", default).ValueAsync(), "usage.jsonl")).Trim().Split('\n').Length.ShouldBe(3);
        await fixture.LoseStoreAsync();
        await report.ListAsync(new(), null, null, default).ErrorAsync(Unavailable, "store_unavailable");
    }

    [Fact]
    public async Task Prices_are_found_by_the_name_that_clients_use()
    {
        await using var upstream = await StubUpstream.StartAsync();
        await using var fixture = await ManagementFixture.StartAsync($"openai-compatibility:\n  - {{ name: one, base-url: '{upstream.Address}', api-key-entries: [ {{ api-key: k }} ], models: [ {{ name: gpt-5.2, alias: best }} ] }}\n");
        var prices = fixture.Get<PriceList>();
        prices.Find(null, null).Prices.Count.ShouldBeGreaterThan(100);
        prices.Find("best", null).Prices.ShouldNotBeEmpty();
        prices.Find("no-such-model", null).Prices.ShouldBeEmpty();
    }

    private static async Task<ManagementFixture> FilledAsync()
    {
        var fixture = await ManagementFixture.StartAsync();
        var at = fixture.Time.GetUtcNow();
        await fixture.Store.Usage.AppendAsync(
        [
            new UsageEntry { RequestId = "r1", At = at, Model = "a", RequestedModel = "a", Status = 200, InputTokens = 10 },
            new UsageEntry { RequestId = "r2", At = at.AddHours(1), Model = "a", RequestedModel = "=2+2", Status = 500, Failed = true, InputTokens = 20 },
            new UsageEntry { RequestId = "r3", At = at.AddDays(1), Model = "b", RequestedModel = "b", Status = 200, InputTokens = 5 },
        ]);
        return fixture;
    }

    private static async Task<string> TextAsync(ExportFile file, string name)
    {
        file.FileName.ShouldBe(name);
        using var target = new MemoryStream();
        await file.WriteAsync(target, default);
        return Encoding.UTF8.GetString(target.ToArray());
    }
}
