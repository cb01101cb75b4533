using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Dragoman.Emulators.Script;
using Dragoman.Providers.Tests.Support;
using Dragoman.Server.Hosting;
using Microsoft.Extensions.Logging;

namespace Dragoman.Providers.Tests.Kiro;

/// <summary>What follows when the service finds a conversation too long (wire note, B.19 and R24).</summary>
public sealed class KiroCompactionTests
{
    private const string TooLong = """{"message":"Input is too long.","reason":"CONTENT_LENGTH_EXCEEDS_THRESHOLD"}""";

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    [Trait("check", "kiro R24")]
    public async Task R24_the_oldest_messages_become_a_summary_and_then_fewer_are_kept(bool stream)
    {
        await using var vendor = await EmulatedVendor.StartAsync();
        await using var gateway = await StartAsync(vendor);
        using var http = new HttpClient { BaseAddress = gateway.Address };
        vendor.Host.Script.Add(TooLongOnce(), ScriptedReply.Whole(TooLong, status: 400) with { Path = "/generateAssistantResponse", BodyContains = "Earlier conversation summary" });
        var answer = await AskAsync(http, 25, stream);
        answer.Status.ShouldBe(HttpStatusCode.OK, answer.Text);
        answer.Text.ShouldContain("hello");
        var asked = Asked(vendor);
        asked.Select(request => request.Model).ShouldBe(["claude-sonnet-4.5", "claude-haiku-4.5", "claude-sonnet-4.5", "claude-haiku-4.5", "claude-sonnet-4.5"]);
        asked.Where(request => request.Model == "claude-sonnet-4.5").Select(request => request.History.Count).ShouldBe([52, 24, 18], "50, 20 and 14 with the pairs of the system text and of the summary");
        var last = asked[^1].History;
        Content(last[0]).ShouldContain("Be brief.", Case.Sensitive, "the system text stays");
        Content(last[2]).ShouldStartWith("[Earlier conversation summary]");
        asked[1].Text.ShouldContain("question 0");
        asked[1].Text.ShouldNotContain("question 24");
        if (!stream) answer.Losses.ShouldContain("the oldest 36 messages are left out");
    }

    [Fact]
    [Trait("check", "kiro R24")]
    public async Task R24_the_third_refusal_is_the_clients()
    {
        await using var vendor = await EmulatedVendor.StartAsync();
        await using var gateway = await StartAsync(vendor);
        using var http = new HttpClient { BaseAddress = gateway.Address };
        vendor.Host.Script.Add(ScriptedReply.Whole(TooLong, status: 400) with { Path = "/generateAssistantResponse", BodyContains = "question 24", Times = 0 });
        var answer = await AskAsync(http, 25, stream: false);
        (answer.Status, answer.Text.Contains("context_length_exceeded", StringComparison.Ordinal)).ShouldBe((HttpStatusCode.BadRequest, true));
        Asked(vendor).Count(request => request.Model == "claude-sonnet-4.5").ShouldBe(3);
    }

    [Theory]
    [InlineData("truncate", new[] { "claude-sonnet-4.5", "claude-sonnet-4.5" }, HttpStatusCode.OK)]
    [InlineData("off", new[] { "claude-sonnet-4.5" }, HttpStatusCode.BadRequest)]
    public async Task The_owner_may_have_it_otherwise(string setting, string[] models, HttpStatusCode status)
    {
        await using var vendor = await EmulatedVendor.StartAsync();
        await using var gateway = await StartAsync(vendor, $", compaction: '{setting}'");
        using var http = new HttpClient { BaseAddress = gateway.Address };
        vendor.Host.Script.Add(TooLongOnce());
        (await AskAsync(http, 25, stream: false)).Status.ShouldBe(status);
        Asked(vendor).Select(request => request.Model).ShouldBe(models);
    }

    [Fact]
    public async Task A_summary_that_fails_leaves_the_messages_out_and_a_short_conversation_is_not_shortened()
    {
        await using var vendor = await EmulatedVendor.StartAsync();
        await using var gateway = await StartAsync(vendor);
        using var http = new HttpClient { BaseAddress = gateway.Address };
        vendor.Host.Script.Add(TooLongOnce(), ScriptedReply.Whole("{}", status: 500) with { Path = "/generateAssistantResponse", BodyContains = "Summarize this conversation" });
        (await AskAsync(http, 25, stream: false)).Status.ShouldBe(HttpStatusCode.OK);
        Asked(vendor)[^1].History.Count.ShouldBe(22);
        vendor.Host.Script.Add(TooLongOnce());
        var before = Asked(vendor).Count;
        (await AskAsync(http, 2, stream: false)).Status.ShouldBe(HttpStatusCode.BadRequest);
        Asked(vendor).Count.ShouldBe(before + 1);
    }

    private static ScriptedReply TooLongOnce() => ScriptedReply.Whole(TooLong, status: 400) with { Path = "/generateAssistantResponse" };

    private static string Content(JsonNode message) => (message["userInputMessage"] ?? message["assistantResponseMessage"])!["content"]!.GetValue<string>();

    private static List<(string Model, List<JsonNode> History, string Text)> Asked(EmulatedVendor vendor) =>
    [
        .. vendor.Host.Requests.Select(request =>
        {
            var state = JsonNode.Parse(request.Text)!["conversationState"]!;
            return (state["currentMessage"]!["userInputMessage"]!["modelId"]!.GetValue<string>(), (state["history"]?.AsArray() ?? []).Select(static item => item!).ToList(), request.Text);
        }),
    ];

    private static Task<GatewayHost> StartAsync(EmulatedVendor vendor, string more = "") => GatewayHost.StartAsync(
        new StartOptions { ConfigText = $"kiro: [ {{ name: mine, access-token: tok, base-url: '{vendor.Address}'{more} }} ]\n", Port = 0, Providers = TestProviders.CreateRegistry, LogLevel = LogLevel.None }, TestContext.Current.CancellationToken);

    private static async Task<(HttpStatusCode Status, string Text, string Losses)> AskAsync(HttpClient http, int rounds, bool stream)
    {
        var messages = new List<object> { new { role = "system", content = "Be brief." } };
        for (var i = 0; i < rounds; i++) messages.AddRange([new { role = "user", content = $"question {i}" }, new { role = "assistant", content = $"answer {i}" }]);
        messages.Add(new { role = "user", content = "say:hello" });
        var body = JsonSerializer.Serialize(new { model = "claude-sonnet-4.5", stream, messages });
        using var answer = await http.PostAsync("/v1/chat/completions", new StringContent(body, Encoding.UTF8, "application/json"));
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync(), answer.Headers.TryGetValues("x-dragoman-losses", out var losses) ? string.Join("; ", losses) : "");
    }
}
