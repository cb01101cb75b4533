using System.Text;
using System.Text.Json;
using Dragoman.Management.Flows;
using Dragoman.Management.Flows.Export;
using Dragoman.Management.Tests.Support;
using static Dragoman.Management.ManagementErrorKind;

namespace Dragoman.Management.Tests.Flows;

/// <summary>Flows: listed, marked, shown with their bodies, exported, replayed and followed.</summary>
public sealed class FlowUseCaseTests
{
    [Fact]
    public async Task Flows_are_listed_shown_marked_and_removed()
    {
        await using var upstream = await StubUpstream.StartAsync();
        await using var fixture = await ManagementFixture.StartAsync(Config(upstream));
        var flows = fixture.Get<FlowArchive>();
        var id = await fixture.AskAsync("m-mini");
        await fixture.AskAsync("nobody-serves-this");
        (await flows.ListAsync(new FlowFilter(), null, null, default).ValueAsync()).Flows.Count.ShouldBe(2);
        (await flows.ListAsync(new FlowFilter { Status = "2xx", From = "1h" }, null, null, default).ValueAsync()).Flows.ShouldHaveSingleItem().Id.ShouldBe(id);
        (await flows.GetTotalsAsync(default).ValueAsync()).Flows.ShouldBe(2);
        (await flows.GetAsync("req_" + id, default).ValueAsync()).Account.ShouldBe("one");
        var marked = await flows.MarkAsync(id, new FlowMarksInput(true, "why", ["x", "x"]), ManagementFixture.Owner, default).ValueAsync();
        (marked.Bookmarked, marked.Note, marked.Tags.Single()).ShouldBe((true, "why", "x"));
        (await flows.RemoveAsync(id, ManagementFixture.Owner, default)).ShouldBeNull();
        await flows.GetAsync(id, default).ErrorAsync(NotFound, "not_found");
        await flows.RemoveAsync(id, ManagementFixture.Owner, default).ErrorAsync(NotFound, "not_found");
        (await fixture.AuditAsync()).ShouldBe([$"flow.mark {id} done bookmarked; a note; tags x, x", $"flow.remove {id} done"]);
    }

    [Fact]
    public async Task What_cannot_be_names_its_field()
    {
        await using var fixture = await ManagementFixture.StartAsync();
        var (flows, exporter) = (fixture.Get<FlowArchive>(), fixture.Get<FlowExporter>());
        foreach (var (filter, field) in ((FlowFilter, string)[])[(new() { Status = "9xx" }, "status"), (new() { From = "noon" }, "from"), (new() { To = "x" }, "to")])
        {
            (await flows.ListAsync(filter, null, null, default).ErrorAsync(Invalid, "invalid_value")).Field.ShouldBe(field);
            (await exporter.ExportAsync(filter, null, false, null, default).ErrorAsync(Invalid, "invalid_value")).Field.ShouldBe(field);
            fixture.Get<FlowEvents>().Follow(filter).Failed(Invalid, "invalid_value").Field.ShouldBe(field);
        }

        (await flows.ListAsync(new(), 0, null, default).ErrorAsync(Invalid, "invalid_value")).Field.ShouldBe("limit");
        (await flows.MarkAsync("f", new FlowMarksInput(null, new string('x', 10_001), null), ManagementFixture.Owner, default).ErrorAsync(Invalid, "invalid_value")).Field.ShouldBe("note");
        (await flows.MarkAsync("f", new FlowMarksInput(null, null, [""]), ManagementFixture.Owner, default).ErrorAsync(Invalid, "invalid_value")).Field.ShouldBe("tags");
        await flows.MarkAsync("f", new FlowMarksInput(true, null, null), ManagementFixture.Owner, default).ErrorAsync(NotFound, "not_found");
        (await flows.GetBodyAsync("f", "soul", null, default).ErrorAsync(Invalid, "invalid_value")).Field.ShouldBe("kind");
        await flows.ListBodiesAsync("f", default).ErrorAsync(NotFound, "not_found");
        (await exporter.ExportAsync(new(), "pdf", false, null, default).ErrorAsync(Invalid, "invalid_value")).Field.ShouldBe("format");
        (await exporter.ExportAsync(new(), null, false, 0, default).ErrorAsync(Invalid, "invalid_value")).Field.ShouldBe("limit");
        await exporter.ExportOneAsync("f", "har", true, default).ErrorAsync(NotFound, "not_found");
        await fixture.LoseStoreAsync();
        await flows.ListAsync(new(), null, null, default).ErrorAsync(Unavailable, "store_unavailable");
        await flows.GetAsync("f", default).ErrorAsync(Unavailable, "store_unavailable");
        await exporter.ExportOneAsync("f", null, true, default).ErrorAsync(Unavailable, "store_unavailable");
    }

    [Fact]
    public async Task Bodies_are_shown_and_exported_in_every_format()
    {
        await using var upstream = await StubUpstream.StartAsync();
        await using var fixture = await ManagementFixture.StartAsync(Config(upstream));
        var (flows, exporter) = (fixture.Get<FlowArchive>(), fixture.Get<FlowExporter>());
        var id = await fixture.AskAsync("m-mini", "a question");
        (await flows.ListBodiesAsync(id, default).ValueAsync()).Bodies.Count.ShouldBe(4);
        var body = await flows.GetBodyAsync(id, "client-answer", null, default).ValueAsync();
        (body.MediaType, Encoding.UTF8.GetString(body.Content.Span).Contains("fine", StringComparison.Ordinal)).ShouldBe(("application/json", true));
        await flows.GetBodyAsync(id, "client-answer", 7, default).ErrorAsync(NotFound, "not_found");
        var said = await flows.GetExchangeAsync(id, default).ValueAsync();
        (said.Request!.Contains("m-mini", StringComparison.Ordinal), said.Answer).ShouldBe((true, Encoding.UTF8.GetString(body.Content.Span)));
        (await flows.GetExchangeAsync("nothing", default).ValueAsync()).ShouldBe(new RecordedExchange(null, null));
        var har = JsonDocument.Parse(await TextAsync(await exporter.ExportOneAsync(id, "har", true, default).ValueAsync(), $"flow-{id}.har"));
        var response = har.RootElement.GetProperty("log").GetProperty("entries")[0].GetProperty("response");
        (response.GetProperty("status").GetInt32(), response.GetProperty("statusText").GetString()).ShouldBe((200, "OK"));
        (await TextAsync(await exporter.ExportOneAsync(id, "markdown", true, default).ValueAsync(), $"flow-{id}.md")).ShouldContain("a question");
        var json = JsonDocument.Parse(await TextAsync(await exporter.ExportAsync(new FlowFilter(), null, withBodies: false, null, default).ValueAsync(), "flows.json"));
        json.RootElement[0].GetProperty("flow").GetProperty("requested_model").GetString().ShouldBe("m-mini");
    }

    [Fact]
    public async Task A_replay_sends_the_request_again_and_compares_and_says_why_it_cannot()
    {
        await using var upstream = await StubUpstream.StartAsync();
        await using var fixture = await ManagementFixture.StartAsync(Config(upstream));
        var replay = fixture.Get<FlowReplay>();
        var id = await fixture.AskAsync("m-mini");
        var same = await replay.RunAsync(id, new ReplayInput(null, null, null), ManagementFixture.Owner, default).ValueAsync();
        (same.Original.Text, same.Replay.Text, same.Differences.Count).ShouldBe(("fine", "fine", 0));
        upstream.Reply = (200, StubUpstream.Answer.Replace("fine", "better", StringComparison.Ordinal));
        var other = await replay.RunAsync(id, new ReplayInput(null, "one", null), ManagementFixture.Owner, default).ValueAsync();
        (other.Replay.Text, other.Differences).ShouldSatisfyAllConditions(pair => pair.Text.ShouldBe("better"), pair => pair.Differences.ShouldContain("text"));
        await replay.RunAsync("none", new ReplayInput(null, null, null), ManagementFixture.Owner, default).ErrorAsync(NotFound, "not_found");
        var unrecorded = await fixture.Get<FlowArchive>().ListAsync(new FlowFilter { Model = "m-mini" }, 1, null, default).ValueAsync();
        (await fixture.AuditAsync()).ShouldBe([$"flow.replay {id} done as {same.Replay.Flow.Id}", $"flow.replay {id} done as {unrecorded.Flows[0].Id}"]);
    }

    [Fact]
    public async Task A_flow_without_its_bodies_is_not_replayed()
    {
        await using var upstream = await StubUpstream.StartAsync();
        await using var fixture = await ManagementFixture.StartAsync(Config(upstream).Replace("mode: full", "mode: metadata", StringComparison.Ordinal));
        var id = await fixture.AskAsync("m-mini");
        await fixture.Get<FlowReplay>().RunAsync(id, new ReplayInput(null, null, null), ManagementFixture.Owner, default).ErrorAsync(Conflict, "body_not_recorded");
    }

    [Fact]
    public async Task What_happens_is_reported_to_who_follows()
    {
        await using var upstream = await StubUpstream.StartAsync();
        await using var fixture = await ManagementFixture.StartAsync(Config(upstream));
        using var stop = new CancellationTokenSource();
        var seen = new TaskCompletionSource<FlowView>();
        var following = fixture.Get<FlowEvents>().Follow(new FlowFilter { Model = "m-*" }).Done()((name, data) =>
        {
            if (name == "flow") seen.TrySetResult(data.ShouldBeOfType<IdentifiedEvent>().Data.ShouldBeOfType<FlowView>());
            return ValueTask.CompletedTask;
        }, stop.Token);
        var id = await fixture.AskAsync("m-mini");
        // Reading writes what waits, and with that it is reported.
        await fixture.Get<FlowArchive>().GetAsync(id, default).ValueAsync();
        (await seen.Task.WaitAsync(TimeSpan.FromMinutes(1))).Id.ShouldBe(id);
        await stop.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(following);
    }

    private static string Config(StubUpstream upstream)
        => $"flows: {{ mode: full }}\nopenai-compatibility:\n  - {{ name: one, base-url: '{upstream.Address}', api-key-entries: [ {{ api-key: key-of-one }} ], models: [ m-mini ] }}\n";

    private static async Task<string> TextAsync(ExportFile file, string name)
    {
        file.FileName.ShouldBe(name);
        using var target = new MemoryStream();
        await file.WriteAsync(target, default);
        return Encoding.UTF8.GetString(target.ToArray());
    }
}
