using System.Text.Json.Nodes;
using Dragoman.Gateway.Persistence;
using Dragoman.Server.Tests.Support;

namespace Dragoman.Server.Tests.Flows;

/// <summary>Finding flows by every filter, marking and removing them.</summary>
public sealed class SearchTests
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("", "e d c b a")]
    [InlineData("text=mangrove", "c")]
    [InlineData("text=mang", "c")]
    [InlineData("text=sonnet%20claude", "b a")]
    [InlineData("model=claude-sonnet-4-5", "b a")]
    [InlineData("model=*gpt*", "d c")]
    [InlineData("model=CLAUDE*", "b a")]
    [InlineData("provider=openai", "d c")]
    [InlineData("account=account-one", "b a")]
    [InlineData("account=Second%20account", "d c")]
    [InlineData("key=team-a", "c a")]
    [InlineData("key=k1", "c a")]
    [InlineData("client=claude-code", "a")]
    [InlineData("client=other&key=k2", "b")]
    [InlineData("client=unknown", "e d c")]
    [InlineData("session=s1", "b")]
    [InlineData("status=429", "d")]
    [InlineData("status=4xx", "e d")]
    [InlineData("status=200-299", "c b a")]
    [InlineData("from=2026-03-01T12:02:00Z", "e d c")]
    [InlineData("to=2026-03-01T12:02:00Z", "b a")]
    [InlineData("from=2026-03-01T13:01:00%2B01:00&to=2026-03-01T12:03:00Z", "c b")]
    [InlineData("has_losses=true", "b")]
    [InlineData("has_losses=false&status=200", "c a")]
    [InlineData("tag=keep", "a")]
    [InlineData("bookmarked=true", "a")]
    [InlineData("bookmarked=false&key=k1", "c")]
    [InlineData("account=account-one&status=200&text=sonnet&key=k1", "a")]
    [InlineData("account=nobody", "")]
    public async Task Each_filter_finds_what_fits_and_all_must_hold(string query, string expected)
    {
        await using var rig = await GatewayFixture.StartAsync();
        await FillAsync(rig);
        (await FlowFixture.ListAsync(rig.Http, query)).Select(flow => flow.Text("id")).ShouldBe(expected.Split(' ', StringSplitOptions.RemoveEmptyEntries));
    }

    [Theory]
    [InlineData("status=4x", "status")]
    [InlineData("status=abc", "status")]
    [InlineData("from=yesterday", "from")]
    [InlineData("limit=0", "limit")]
    [InlineData("limit=1001", "limit")]
    public async Task A_filter_that_cannot_be_is_told(string query, string member)
    {
        await using var rig = await GatewayFixture.StartAsync();
        var (status, fault) = await FlowFixture.AskAsync(rig.Http, HttpMethod.Get, $"flows?{query}");
        status.ShouldBe(400);
        fault!["error"]!.Text("param").ShouldBe(member);
    }

    [Fact]
    public async Task Long_lists_come_in_pages()
    {
        await using var rig = await GatewayFixture.StartAsync();
        await FillAsync(rig);
        var seen = new List<string>();
        var after = "";
        do
        {
            var (_, page) = await FlowFixture.AskAsync(rig.Http, HttpMethod.Get, $"flows?limit=2&after={Uri.EscapeDataString(after)}");
            seen.AddRange(page!["flows"]!.AsArray().Select(flow => flow!.Text("id")));
            after = page.Text("next");
        }
        while (after.Length > 0);
        seen.ShouldBe(["e", "d", "c", "b", "a"]);
    }

    [Fact]
    public async Task Marks_stay_and_are_found()
    {
        await using var rig = await GatewayFixture.StartAsync();
        await FillAsync(rig);
        var (status, marked) = await FlowFixture.AskAsync(rig.Http, HttpMethod.Patch, "flows/c", """{"bookmarked":true,"note":"look at the platypus","tags":["bug","bug","later"]}""");
        status.ShouldBe(200);
        marked!["tags"]!.AsArray().Select(tag => tag!.GetValue<string>()).ShouldBe(["bug", "later"]);
        (await FlowFixture.AskAsync(rig.Http, HttpMethod.Patch, "flows/c", """{"bookmarked":false}""")).Json!.Text("note").ShouldBe("look at the platypus");
        (await FlowFixture.ListAsync(rig.Http, "text=platypus")).ShouldHaveSingleItem().Text("id").ShouldBe("c");
        (await FlowFixture.ListAsync(rig.Http, "tag=later")).ShouldHaveSingleItem().Text("id").ShouldBe("c");
        (await FlowFixture.AskAsync(rig.Http, HttpMethod.Patch, "flows/c", """{"tags":[" "]}""")).Status.ShouldBe(400);
        (await FlowFixture.AskAsync(rig.Http, HttpMethod.Patch, "flows/zz", """{"note":"x"}""")).Status.ShouldBe(404);
    }

    [Fact]
    public async Task One_is_removed_for_good()
    {
        await using var rig = await GatewayFixture.StartAsync();
        await FillAsync(rig);
        (await FlowFixture.AskAsync(rig.Http, HttpMethod.Delete, "flows/c")).Status.ShouldBe(204);
        (await FlowFixture.AskAsync(rig.Http, HttpMethod.Delete, "flows/c")).Status.ShouldBe(404);
        (await FlowFixture.AskAsync(rig.Http, HttpMethod.Get, "flows/c")).Status.ShouldBe(404);
        (await FlowFixture.ListAsync(rig.Http)).Count.ShouldBe(4);
        var (_, totals) = await FlowFixture.AskAsync(rig.Http, HttpMethod.Get, "flows/totals");
        totals!.Number("flows").ShouldBe(4);
        totals.Text("recording_mode").ShouldBe("metadata");
    }

    private static async Task FillAsync(GatewayFixture rig)
    {
        await rig.Gateway.Store.Flows.AppendAsync(
        [
            Flow("a", 0, "k1", "team-a", "claude-sonnet-4-5", "claude", "account-one", "First account", 200) with { Marks = new FlowMarks { Bookmarked = true, Tags = ["keep"] }, Client = "claude-code" },
            Flow("b", 1, "k2", "team-b", "claude-sonnet-4-5", "claude", "account-one", "First account", 200) with { Session = "s1", Client = "other", Losses = [new("dropped", "seed", "not known")] },
            Flow("c", 2, "k1", "team-a", "gpt-5.2", "openai", "account-two", "Second account", 200) with { SearchText = "a mangrove swamp" },
            Flow("d", 3, "k2", "team-b", "gpt-5.2", "openai", "account-two", "Second account", 429) with { Error = "Slow down." },
            Flow("e", 4, "", "", "", "", "", "", 401),
        ]);
    }

    private static FlowRecord Flow(string id, int minute, string key, string name, string model, string provider, string account, string label, int status) => new()
    {
        Id = id, StartedAt = Noon.AddMinutes(minute), KeyId = key, KeyName = name, RequestedModel = model, Model = model, Provider = provider, AccountId = account, AccountLabel = label, Status = status,
    };
}
