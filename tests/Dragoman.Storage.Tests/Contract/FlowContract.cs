using System.Text;
using Dragoman.Gateway.Persistence;
using Dragoman.Storage.Tests.Support;

namespace Dragoman.Storage.Tests.Contract;

public sealed class FlowsOnSqlite : FlowContract<SqlitePlace>;

[Trait("speed", "slow")]
public sealed class FlowsOnPostgres : FlowContract<PostgresPlace>;

public abstract class FlowContract<TPlace> : StoreContract<TPlace>
    where TPlace : StorePlace, new()
{
    [Fact]
    public async Task What_was_appended_comes_back_whole()
    {
        var flow = Flow("f1") with
        {
            FirstByte = TimeSpan.FromMilliseconds(12),
            KeyId = "k",
            KeyName = "kn",
            UserAgent = "claude-cli/1",
            Session = "s",
            Surface = "dragoman",
            ClientProtocol = "AnthropicMessages",
            UpstreamProtocol = "OpenAiChat",
            Mode = "translated",
            Stream = true,
            Error = "bad",
            ClientLeft = true,
            Attempts = [new("a", "al", "claude", "m", "sticky", "429", TimeSpan.FromSeconds(1)) { Started = TimeSpan.FromMilliseconds(7), Transport = AttemptTransport.HttpFallback }],
            Losses = [new("dropped", "tools[0].strict", "unknown")],
            InputTokens = 1,
            OutputTokens = 2,
            CachedTokens = 3,
            CacheWriteTokens = 4,
            ReasoningTokens = 5,
            Cost = 0.25m,
            Preview = "hello",
        };
        var body = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("{\"role\":\"user\"},", 5_000)));
        await Store.Flows.AppendAsync([flow with { SearchText = "sesame", Bodies = [new(FlowBodyKind.ClientRequest, 0, "application/json", body, 999_999), new(FlowBodyKind.ClientAnswer, 1, "text/event-stream", default, 0)] }]);
        var read = (await Store.Flows.GetAsync("f1"))!;
        read.Attempts.ShouldBe(flow.Attempts);
        read.Losses.ShouldBe(flow.Losses);
        (read with { Attempts = [], Losses = [], Marks = flow.Marks, Bodies = flow.Bodies }).ShouldBe(flow with { Attempts = [], Losses = [] });
        var bodies = await Store.Flows.BodiesAsync("f1");
        bodies.Select(item => (item.Kind, item.Attempt, item.ContentType, item.Length, item.Truncated)).ShouldBe(
            [(FlowBodyKind.ClientRequest, 0, "application/json", 999_999, true), (FlowBodyKind.ClientAnswer, 1, "text/event-stream", 0, false)]);
        bodies[0].Content.ToArray().ShouldBe(body);
        (await Store.Flows.TotalsAsync()).Bytes.ShouldBeLessThan(10_000);
    }

    [Fact]
    public async Task Appending_again_replaces_and_keeps_marks()
    {
        await Store.Flows.AppendAsync([Flow("f") with { SearchText = "before", Bodies = [new(FlowBodyKind.ClientRequest, 0, "", "x"u8.ToArray(), 1)] }, Flow("g")]);
        (await Store.Flows.MarkAsync("f", new FlowMarks { Bookmarked = true, Note = "look here" })).ShouldBeTrue();
        (await Store.Flows.MarkAsync("f", new FlowMarks { Tags = ["Prod"] })).ShouldBeTrue();
        (await Store.Flows.MarkAsync("gone", new FlowMarks { Note = "" })).ShouldBeFalse();
        await Store.Flows.AppendAsync([Flow("f") with { Status = 500, SearchText = "after" }]);
        var flow = (await Store.Flows.GetAsync("f"))!;
        (flow.Status, flow.Marks.Bookmarked, flow.Marks.Note, flow.Marks.Tags![0]).ShouldBe((500, true, "look here", "Prod"));
        (await FindAsync(new() { Text = "after look" })).ShouldBe(["f"]);
        (await FindAsync(new() { Text = "before" })).ShouldBeEmpty();
        (await Store.Flows.BodiesAsync("f")).ShouldBeEmpty();
        await Store.Flows.MarkAsync("f", new FlowMarks { Note = "other" });
        (await FindAsync(new() { Text = "look" })).ShouldBeEmpty();
        (await FindAsync(new() { Text = "other prod after" })).ShouldBe(["f"]);
    }

    [Fact]
    public async Task Flows_are_found_by_words_whatever_the_words_are_made_of()
    {
        await Store.Flows.AppendAsync(
        [
            Flow("1") with { SearchText = "The QUICK brown fox; it's 42°" }, Flow("2") with { SearchText = "naïve ÄRGER über 東京タワー" }, Flow("3") with { Model = "claude-sonnet-4-5", Error = "overloaded_error" },
            Flow("4") with { SearchText = "'; DROP TABLE flows; -- \" * NEAR(a b) & | ! <-> :* \\ \0" },
        ]);
        (await FindAsync(new() { Text = "quick BRO" })).ShouldBe(["1"]);
        (await FindAsync(new() { Text = "rown" })).ShouldBeEmpty();
        (await FindAsync(new() { Text = "ärger 東京" })).ShouldBe(["2"]);
        (await FindAsync(new() { Text = "claude-sonnet-4" })).ShouldBe(["3"]);
        (await FindAsync(new() { Text = "overloaded" })).ShouldBe(["3"]);
        (await FindAsync(new() { Text = "'drop* \"table\" near(" })).ShouldBe(["4"]);
        (await FindAsync(new() { Text = "\"*&|!" })).ShouldBeEmpty();
        (await FindAsync(new() { Text = "OR" })).ShouldBeEmpty();
        (await FindAsync(new() { Text = " " })).Count.ShouldBe(4);
    }

    [Fact]
    public async Task Flows_with_and_without_recorded_words_are_found_together()
    {
        await Store.Flows.AppendAsync(
        [
            Flow("aa1") with { Model = "Gpt-5", AccountLabel = "Work", Session = "Morning call 7" }, Flow("aa2") with { Model = "Gpt-5", AccountLabel = "Work", SearchText = "bananas and morning" },
            Flow("AA-3") with { Model = "gpt-5", AccountLabel = "work", Preview = "Ärger" }, Flow("bb4") with { Error = string.Concat(Enumerable.Repeat("long winded ", 300)) + "morning", Marks = new FlowMarks { Tags = ["gpt notes"] } },
            Flow("bb5") with { Attempts = [new("a", "Spare", "claude", "m", "why", "Overloaded: 529", TimeSpan.Zero)], UserAgent = "claude-cli/2.0" },
        ]);
        (await FindAsync(new() { Text = "gpt" })).ShouldBe(["bb4", "aa2", "aa1", "AA-3"], ignoreOrder: true);
        (await FindAsync(new() { Text = "WORK gpt-5" })).ShouldBe(["aa2", "aa1", "AA-3"], ignoreOrder: true);
        // One word from what is shared, one from what was said, the session, the id or the marks.
        (await FindAsync(new() { Text = "work banan" })).ShouldBe(["aa2"]);
        (await FindAsync(new() { Text = "morn" })).ShouldBe(["bb4", "aa2", "aa1"], ignoreOrder: true);
        (await FindAsync(new() { Text = "morn call 7 work" })).ShouldBe(["aa1"]);
        (await FindAsync(new() { Text = "aa" })).ShouldBe(["aa2", "aa1", "AA-3"], ignoreOrder: true);
        (await FindAsync(new() { Text = "3 ärg gpt" })).ShouldBe(["AA-3"]);
        (await FindAsync(new() { Text = "a1" })).ShouldBeEmpty();
        (await FindAsync(new() { Text = "notes winded morning" })).ShouldBe(["bb4"]);
        (await FindAsync(new() { Text = "spare 529 cli" })).ShouldBe(["bb5"]);
        (await FindAsync(new() { Text = "work spare" })).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_flow_without_recorded_words_is_found_by_its_marks_and_by_what_takes_its_place()
    {
        await Store.Flows.AppendAsync([Flow("f"), Flow("g"), Flow("f") with { Status = 201 }]);
        (await Store.Flows.GetAsync("f"))!.Status.ShouldBe(201);
        (await FindAsync(new() { Text = "f" })).ShouldBe(["f"]);
        await Store.Flows.MarkAsync("f", new FlowMarks { Note = "look here" });
        (await FindAsync(new() { Text = "look al" })).ShouldBe(["f"]);
        await Store.Flows.MarkAsync("f", new FlowMarks { Note = "", Tags = ["red"] });
        (await FindAsync(new() { Text = "look" })).ShouldBeEmpty();
        // New ones and known ones in one batch; the known ones change what is shared and what was said.
        await Store.Flows.AppendAsync([Flow("e"), Flow("f") with { Model = "other", SearchText = "said" }, Flow("g") with { Model = "other" }, Flow("h")]);
        (await FindAsync(new() { Text = "other red said" })).ShouldBe(["f"]);
        await Store.Flows.AppendAsync([Flow("f") with { Model = "third" }]);
        (await FindAsync(new() { Text = "said" })).ShouldBeEmpty();
        (await FindAsync(new() { Text = "third red" })).ShouldBe(["f"]);
        (await FindAsync(new() { Text = "other" })).ShouldBe(["g"]);
        (await FindAsync(new())).Order(StringComparer.Ordinal).ShouldBe(["e", "f", "g", "h"]);
        (await Store.Flows.RemoveAsync("f")).ShouldBeTrue();
        (await FindAsync(new() { Text = "red" })).ShouldBeEmpty();
    }

    [Fact]
    public async Task Words_that_were_let_go_with_their_flows_come_back_with_new_ones()
    {
        await Store.Flows.AppendAsync([Flow("old") with { Model = "rare" }, Flow("new") with { StartedAt = Noon.AddDays(10) }]);
        (await Store.Flows.PruneAsync(new FlowRetention(Before: Noon.AddDays(1)))).Flows.ShouldBe(1);
        (await FindAsync(new() { Text = "rare" })).ShouldBeEmpty();
        await Store.Flows.AppendAsync([Flow("again") with { Model = "rare", StartedAt = Noon.AddDays(11) }, Flow("late") with { StartedAt = Noon.AddDays(9) }]);
        (await FindAsync(new() { Text = "rare" })).ShouldBe(["again"]);
        (await FindAsync(new() { Text = "claude" })).ShouldBe(["again", "new", "late"]);
    }

    [Fact]
    public async Task Flows_are_found_by_every_field()
    {
        await Store.Flows.AppendAsync(
        [
            Flow("1") with { Model = "gpt-5", AccountId = "a1", AccountLabel = "Work", KeyId = "k1", KeyName = "laptop", Status = 200, Losses = [new("dropped", "x", "y")] },
            Flow("2") with { RequestedModel = "GPT-5-mini", Model = "other", AccountId = "a2", Status = 429, StartedAt = Noon.AddHours(1), Provider = "openai", Session = "s" },
            Flow("3") with { Model = "gpt_5", Status = 503, StartedAt = Noon.AddHours(2), Marks = new FlowMarks { Bookmarked = true, Tags = ["a%b", "x"] } },
        ]);
        (await FindAsync(new() { Model = "gpt-5*" })).ShouldBe(["2", "1"]);
        (await FindAsync(new() { Model = "gpt_5" })).ShouldBe(["3"]);
        (await FindAsync(new() { Account = "Work" })).ShouldBe(["1"]);
        (await FindAsync(new() { Account = "a2" })).ShouldBe(["2"]);
        (await FindAsync(new() { Key = "laptop" })).ShouldBe(["1"]);
        (await FindAsync(new() { Provider = "openai", Session = "s" })).ShouldBe(["2"]);
        (await FindAsync(new() { StatusFrom = 400, StatusTo = 499 })).ShouldBe(["2"]);
        (await FindAsync(new() { From = Noon.AddHours(1), To = Noon.AddHours(2) })).ShouldBe(["2"]);
        (await FindAsync(new() { HasLosses = true })).ShouldBe(["1"]);
        (await FindAsync(new() { HasLosses = false, Bookmarked = false })).ShouldBe(["2"]);
        (await FindAsync(new() { Tag = "a%b" })).ShouldBe(["3"]);
        (await FindAsync(new() { Tag = "a" })).ShouldBeEmpty();
        (await FindAsync(new() { Tag = "a%" })).ShouldBeEmpty();
    }

    [Fact]
    public async Task What_usage_does_not_count_is_found_and_counted()
    {
        await Store.Flows.AppendAsync([Flow("refused") with { Status = 401, IsRefused = true }, Flow("failed") with { Status = 503 }, Flow("answered") with { Status = 200 }]);
        (await Store.Flows.GetAsync("refused"))!.IsRefused.ShouldBeTrue();
        (await FindAsync(new() { IsRefused = true })).ShouldBe(["refused"]);
        (await FindAsync(new() { IsRefused = false })).ShouldBe(["answered", "failed"], ignoreOrder: true);
        (await Store.Flows.CountAsync(new() { IsRefused = true })).ShouldBe(1);
        (await Store.Flows.CountAsync(new() { IsRefused = true, From = Noon.AddDays(1) })).ShouldBe(0);
        (await Store.Flows.CountAsync(new())).ShouldBe(3);
        (await Store.Flows.CountAsync(new() { Text = "…" })).ShouldBe(0);
    }

    [Fact]
    public async Task Pages_do_not_shift_when_new_flows_come()
    {
        await Store.Flows.AppendAsync([.. Enumerable.Range(0, 30).Select(n => Flow($"f{n:00}") with { StartedAt = Noon.AddSeconds(n / 4) })]);
        var seen = new List<string>();
        string? next = null;
        do
        {
            var page = await Store.Flows.SearchAsync(new FlowQuery { Text = "m" }, new PageRequest(7, next));
            seen.AddRange(page.Items.Select(item => item.Id));
            next = page.Next;
            await Store.Flows.AppendAsync([Flow($"new{seen.Count}") with { StartedAt = Noon.AddDays(1) }]);
        }
        while (next is not null);
        seen.ShouldBe(Enumerable.Range(0, 30).Reverse().Select(n => $"f{n:00}"));
    }

    [Fact]
    public async Task Retention_lets_go_the_oldest_and_keeps_what_is_bookmarked()
    {
        var noise = new byte[10_000];
        new Random(1).NextBytes(noise);
        await Store.Flows.AppendAsync([.. Enumerable.Range(0, 40).Select(n => Flow($"f{n:00}") with { StartedAt = Noon.AddHours(n), SearchText = $"word{n}", Bodies = [new(FlowBodyKind.ClientRequest, 0, "", noise, noise.Length)] })]);
        await Store.Flows.MarkAsync("f03", new FlowMarks { Bookmarked = true });
        (await Store.Flows.PruneAsync(new FlowRetention(Before: Noon.AddHours(10), BodiesBefore: Noon.AddHours(15)))).ShouldBe(new FlowsPruned(9, 5));
        (await Store.Flows.BodiesAsync("f03")).Count.ShouldBe(1);
        (await Store.Flows.BodiesAsync("f12")).ShouldBeEmpty();
        (await FindAsync(new() { Text = "word2" })).ShouldBe(["f29", "f28", "f27", "f26", "f25", "f24", "f23", "f22", "f21", "f20"]);
        await Store.Flows.PruneAsync(new FlowRetention(Bytes: 60_000));
        (await Store.Flows.TotalsAsync()).Bytes.ShouldBeLessThanOrEqualTo(60_000);
        (await Store.Flows.BodiesAsync("f39")).Count.ShouldBe(1);
        (await Store.Flows.TotalsAsync()).Flows.ShouldBe(31);
        await Store.Flows.PruneAsync(new FlowRetention(Bytes: 0));
        (await FindAsync(new())).ShouldBe(["f03"]);
        (await Store.Flows.RemoveAsync("f03")).ShouldBeTrue();
        (await FindAsync(new() { Text = "word3" })).ShouldBeEmpty();
    }

    [Fact]
    public async Task Conversations_come_with_the_one_last_in_use_first_and_with_the_sums_of_all_their_flows()
    {
        await Store.Flows.AppendAsync(
        [
            Flow("a1") with { Session = "a", StartedAt = Noon, InputTokens = 100, OutputTokens = 10, CachedTokens = 0, Cost = 0.5m, UserAgent = "claude-cli/1", Preview = "first words" },
            Flow("b1") with { Session = "b", StartedAt = Noon.AddMinutes(1), Status = 429, AccountLabel = "", Model = "n" },
            Flow("a2") with { Session = "a", StartedAt = Noon.AddMinutes(2), InputTokens = 200, OutputTokens = 20, CachedTokens = 150, Cost = 0.25m, UserAgent = "codex_cli_rs/1", Model = "n", AccountLabel = "bl", Preview = "other words" },
            Flow("none") with { StartedAt = Noon.AddMinutes(3) },
            Flow("c1") with { Session = "c", StartedAt = Noon.AddMinutes(1) }, Flow("c2") with { Session = "c", StartedAt = Noon.AddMinutes(1) },
        ]);
        var first = await Store.Flows.ConversationsAsync(new FlowQuery(), new PageRequest(2));
        first.Items.Select(item => item.Session).ShouldBe(["a", "c"]);
        var a = first.Items[0];
        (a.FirstAt, a.LastAt, a.Requests, a.Failures, a.InputTokens, a.OutputTokens, a.CachedTokens, a.Cost, a.Preview).ShouldBe((Noon, Noon.AddMinutes(2), 2, 0, 300, 30, 150, 0.75m, "first words"));
        (string.Join(' ', a.Models), string.Join(' ', a.Accounts), string.Join(' ', a.UserAgents)).ShouldBe(("m n", "al bl", "claude-cli/1 codex_cli_rs/1"));
        var second = await Store.Flows.ConversationsAsync(new FlowQuery(), new PageRequest(2, first.Next));
        second.Next.ShouldBeNull();
        var b = second.Items.ShouldHaveSingleItem();
        (b.Session, b.Failures, b.Cost, b.Accounts.Count).ShouldBe(("b", 1, null, 0));
        // A filter finds the conversation by any of its flows; the numbers stay those of all.
        var byModel = await Store.Flows.ConversationsAsync(new FlowQuery { Model = "n" }, new PageRequest());
        byModel.Items.Select(item => (item.Session, item.Requests)).ShouldBe([("a", 2), ("b", 1)]);
        (await Store.Flows.ConversationsAsync(new FlowQuery { To = Noon.AddMinutes(1) }, new PageRequest())).Items.ShouldHaveSingleItem().Session.ShouldBe("a");
        (await Store.Flows.ConversationsAsync(new FlowQuery { Session = "c" }, new PageRequest())).Items.ShouldHaveSingleItem().Requests.ShouldBe(2);
        (await Store.Flows.ConversationsAsync(new FlowQuery { Text = "429-nothing" }, new PageRequest())).Items.ShouldBeEmpty();
    }

    [Fact]
    public async Task One_body_is_read_without_the_others()
    {
        await Store.Flows.AppendAsync([Flow("f") with { Bodies = [new(FlowBodyKind.ClientRequest, 0, "application/json", "{}"u8.ToArray(), 2), new(FlowBodyKind.UpstreamRequest, 0, "", "x"u8.ToArray(), 1), new(FlowBodyKind.UpstreamRequest, 1, "", "yy"u8.ToArray(), 2)] }]);
        (await Store.Flows.BodyAsync("f", FlowBodyKind.ClientRequest)).ShouldNotBeNull().Content.ToArray().ShouldBe("{}"u8.ToArray());
        (await Store.Flows.BodyAsync("f", FlowBodyKind.UpstreamRequest)).ShouldNotBeNull().Attempt.ShouldBe(1);
        (await Store.Flows.BodyAsync("f", FlowBodyKind.ClientAnswer)).ShouldBeNull();
        (await Store.Flows.BodyAsync("gone", FlowBodyKind.ClientRequest)).ShouldBeNull();
    }

    private static FlowRecord Flow(string id) => new() { Id = id, StartedAt = Noon, Duration = TimeSpan.FromSeconds(1), RequestedModel = "m", Model = "m", Provider = "claude", AccountId = "a", AccountLabel = "al", Status = 200 };

    private async Task<List<string>> FindAsync(FlowQuery query) => [.. (await Store.Flows.SearchAsync(query, new PageRequest())).Items.Select(flow => flow.Id)];
}
