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
