using System.Text;
using Dragoman.Gateway.Persistence;
using Dragoman.Management.Flows;
using Dragoman.Management.Flows.Conversations;
using Dragoman.Management.Tests.Support;
using static Dragoman.Management.ManagementErrorKind;

namespace Dragoman.Management.Tests.Flows;

/// <summary>Conversations, and what became of their prompt caches.</summary>
public sealed class PromptCacheTests
{
    private const string Tools = "\"tools\":[{\"name\":\"Read\",\"input_schema\":{}},{\"name\":\"Write\",\"input_schema\":{}}]";
    private const string Bash = ",{\"name\":\"Bash\",\"input_schema\":{}}]";
    private const string System = "\"system\":[{\"type\":\"text\",\"text\":\"You are an agent.\",\"cache_control\":{\"type\":\"ephemeral\"}}]";

    [Fact]
    public async Task Each_request_is_compared_with_the_one_that_it_goes_on_from()
    {
        await using var fixture = await ManagementFixture.StartAsync();
        var at = fixture.Time.GetUtcNow();
        await fixture.Store.Flows.AppendAsync(
        [
            Flow("1", at, Body(Message("user", "hello", marked: true))),
            // The mark has moved on and the text is a list of blocks now: the same prompt.
            Flow("2", at.AddMinutes(1), Body(Blocks("user", "hello"), Message("assistant", "hi"), Message("user", "go on", marked: true)), input: 5_000, cached: 4_900),
            // A question of another model in between breaks nothing.
            Flow("title", at.AddMinutes(1.2), "{\"messages\":[{\"role\":\"user\",\"content\":\"a title\"}]}") with { RequestedModel = "small", Model = "small" },
            Flow("3", at.AddMinutes(2), Body(Blocks("user", "hello"), Message("assistant", "HI"), Message("user", "go on"))),
            Flow("4", at.AddMinutes(3), Body(Blocks("user", "hello"), Message("assistant", "HI"), Message("user", "go on")).Replace("an agent", "a poet", StringComparison.Ordinal)),
            Flow("5", at.AddMinutes(4), Body(Blocks("user", "hello"), Message("assistant", "HI"), Message("user", "go on")).Replace("{}}]", "{}}" + Bash, StringComparison.Ordinal).Replace("an agent", "a poet", StringComparison.Ordinal)),
        ]);

        var view = await fixture.Get<ConversationArchive>().ExplainCacheAsync("s", default).ValueAsync();

        view.Requests.Select(step => (step.Flow, step.Break?.Kind, step.Break?.Path)).ShouldBe(
            [("1", "first", null), ("2", null, null), ("title", "model-changed", null), ("3", "message-changed", "messages[1]"), ("4", "system-changed", "system[0]"), ("5", "tools-changed", "tools[2]")]);
        view.Requests[1].KeptPrefixShare.ShouldBe(1);
        view.Requests[3].KeptPrefixShare.ShouldNotBeNull().ShouldBeInRange(0.5, 0.99);
        view.Requests[1].Cached.ShouldBe(4_900);
        view.CachedShare.ShouldBe(0.98);
        view.Truncated.ShouldBeFalse();
    }

    [Fact]
    public async Task What_is_not_in_the_requests_is_found_out_from_the_flows()
    {
        await using var fixture = await ManagementFixture.StartAsync();
        var at = fixture.Time.GetUtcNow();
        var body = Body(Message("user", "hello"));
        await fixture.Store.Flows.AppendAsync(
        [
            Flow("1", at, body, input: 10_000, cached: 0), Flow("2", at.AddMinutes(1), body, input: 10_000, cached: 9_000) with { AccountId = "b", AccountLabel = "bl" },
            Flow("3", at.AddMinutes(2), body, input: 10_000, cached: 9_000) with { AccountId = "b", AccountLabel = "bl" }, Flow("refused", at.AddMinutes(3), body) with { Status = 429, AccountId = "" },
            Flow("4", at.AddMinutes(20), body, input: 10_000, cached: 0) with { AccountId = "b", AccountLabel = "bl" }, Flow("5", at.AddMinutes(21), body, input: 10_000, cached: 100) with { AccountId = "b", AccountLabel = "bl" },
            Flow("6", at.AddMinutes(22), null, input: 10_000, cached: 100) with { AccountId = "b", AccountLabel = "bl" },
            Flow("7", at.AddHours(2), null, input: 10_000, cached: 9_500) with { AccountId = "b", AccountLabel = "bl" },
        ]);

        var view = await fixture.Get<ConversationArchive>().ExplainCacheAsync("s", default).ValueAsync();

        view.Requests.Select(step => (step.Flow, step.Break?.Kind)).ShouldBe([("1", "first"), ("2", "account-changed"), ("3", null), ("refused", null), ("4", "expired"), ("5", "unknown"), ("6", "unknown"), ("7", null)]);
        view.Requests[5].KeptPrefixShare.ShouldBe(1);
        view.Requests[6].KeptPrefixShare.ShouldBeNull();
        await fixture.Get<ConversationArchive>().ExplainCacheAsync("another", default).ErrorAsync(NotFound, "not_found");
    }

    [Fact]
    public async Task Conversations_are_listed_with_their_clients()
    {
        await using var fixture = await ManagementFixture.StartAsync();
        var at = fixture.Time.GetUtcNow();
        await fixture.Store.Flows.AppendAsync([Flow("1", at, null, 100, 50) with { UserAgent = "claude-cli/2.1" }, Flow("2", at.AddMinutes(1), null, 100, 100) with { UserAgent = "claude-cli/2.2" }, Flow("3", at, null) with { Session = "t" }]);
        var archive = fixture.Get<ConversationArchive>();

        var page = await archive.ListAsync(new FlowFilter(), 1, null, default).ValueAsync();

        var one = page.Conversations.ShouldHaveSingleItem();
        (one.Session, one.Requests, one.CachedShare, one.Clients.Single()).ShouldBe(("s", 2, 0.75, "claude-code"));
        (await archive.ListAsync(new FlowFilter(), 1, page.Next, default).ValueAsync()).Conversations.ShouldHaveSingleItem().Clients.ShouldBe([]);
        (await archive.ListAsync(new FlowFilter(), 201, null, default).ErrorAsync(Invalid, "invalid_value")).Field.ShouldBe("limit");
        (await archive.ListAsync(new FlowFilter { Status = "9xx" }, 10, null, default).ErrorAsync(Invalid, "invalid_value")).Field.ShouldBe("status");
    }

    [Fact]
    public void Of_a_request_that_is_not_recorded_whole_only_what_is_there_is_compared()
    {
        var whole = Body(Message("user", "hello"), Message("assistant", "hi"), Message("user", "go on"));
        var cut = PromptSegments.Read(Encoding.UTF8.GetBytes(whole[..(whole.Length / 2)] + "\n[dragoman: 99 bytes left out]\n" + whole[^5..]));
        cut.IsWhole.ShouldBeFalse();
        PromptComparison.Of(cut, PromptSegments.Read(Encoding.UTF8.GetBytes(whole))).ShouldBe(default);
        PromptComparison.Of(cut, PromptSegments.Read(Encoding.UTF8.GetBytes(whole.Replace("Read", "Reed", StringComparison.Ordinal)))).Changed.ShouldNotBeNull().Path.ShouldBe("tools[0]");
        PromptSegments.Read("no json"u8).All.ShouldBeEmpty();
        PromptSegments.Read("[]"u8).All.ShouldBeEmpty();
        PromptSegments.Read(default).All.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("{\"model\":\"m\",\"instructions\":\"be\",\"input\":\"hello\",\"tools\":[{\"type\":\"function\"}]}", "tools[0] instructions input")]
    [InlineData("{\"contents\":[{\"parts\":[{\"text\":\"a\"}]}],\"systemInstruction\":{\"parts\":[]}}", "systemInstruction contents[0]")]
    [InlineData("{\"model\":\"m\",\"request\":{\"contents\":[1,2]},\"project\":\"p\"}", "contents[0] contents[1]")]
    [InlineData("{\"system\":[{\"type\":\"text\",\"text\":\"x-anthropic-billing-header: cch=1;\"},{\"type\":\"text\",\"text\":\"You\"}],\"messages\":[]}", "system[1]")]
    public void Pieces_come_in_the_order_of_a_cache(string body, string paths) => string.Join(' ', PromptSegments.Read(Encoding.UTF8.GetBytes(body)).All.Select(piece => piece.Path)).ShouldBe(paths);

    [Fact]
    public void An_hour_is_asked_for_by_a_mark()
    {
        PromptSegments.Read("{\"system\":[{\"text\":\"a\",\"cache_control\":{\"type\":\"ephemeral\",\"ttl\":\"1h\"}}]}"u8).HasLongLife.ShouldBeTrue();
        PromptSegments.Read("{\"system\":[{\"text\":\"1h\",\"cache_control\":{\"type\":\"ephemeral\"}}]}"u8).HasLongLife.ShouldBeFalse();
    }

    private static string Body(params string[] messages) => $"{{\"model\":\"m\",{Tools},{System},\"messages\":[{string.Join(',', messages)}]}}";

    private static string Message(string role, string text, bool marked = false)
        => marked ? $"{{\"role\":\"{role}\",\"content\":[{{\"type\":\"text\",\"text\":\"{text}\",\"cache_control\":{{\"type\":\"ephemeral\"}}}}]}}" : $"{{\"role\":\"{role}\",\"content\":\"{text}\"}}";

    private static string Blocks(string role, string text) => $"{{\"role\":\"{role}\",\"content\":[{{\"type\":\"text\",\"text\":\"{text}\"}}]}}";

    private static FlowRecord Flow(string id, DateTimeOffset at, string? body, long? input = null, long? cached = null) => new()
    {
        Id = id, StartedAt = at, Duration = TimeSpan.FromSeconds(1), Session = "s", RequestedModel = "m", Model = "m", Provider = "claude", AccountId = "a", AccountLabel = "al", Status = 200, InputTokens = input, CachedTokens = cached,
        Bodies = body is null ? [] : [new FlowBody(FlowBodyKind.ClientRequest, 0, "application/json", Encoding.UTF8.GetBytes(body), body.Length)],
    };
}
