using System.Text.Json.Nodes;
using Dragoman.Server.Tests.Support;

namespace Dragoman.Server.Tests.Forwarding;

/// <summary>
/// The prompt's size in <c>message_start</c>, for Messages clients that read it only there: what the upstream has said by then, else the gateway's own count.
/// </summary>
[Trait("speed", "fast")]
public sealed class MessageStartTests
{
    private static readonly string Prompt = string.Join(' ', Enumerable.Repeat("How many tokens may this be?", 200));

    [Theory]
    [InlineData("chat-1")]
    [InlineData("resp-1")]
    [InlineData("gemini-1")]
    [InlineData("nova-1")]
    [InlineData("claude-1")]
    public async Task Every_upstreams_stream_begins_with_the_size_of_its_prompt(string model)
    {
        await using var rig = await GatewayFixture.StartAsync();
        using var counted = await rig.PostAsync("/v1/messages/count_tokens", Talk.Messages(model, Prompt));
        var count = (await counted.JsonAsync())["input_tokens"]!.GetValue<long>();
        using var answer = await rig.PostAsync("/v1/messages", Talk.Messages(model, Prompt, stream: true));
        var text = await answer.TextAsync();
        var events = text.Split('\n').Where(line => line.StartsWith("data: ", StringComparison.Ordinal)).Select(line => JsonNode.Parse(line[6..])!).ToList();
        events[0]["type"]!.GetValue<string>().ShouldBe("message_start", text);
        var usage = events[0]["message"]!["usage"]!;
        var input = usage["input_tokens"]!.GetValue<long>();
        // Two counts of one prompt need not agree to the token.
        input.ShouldBeInRange(count / 2, count * 2, text);
        usage["output_tokens"]!.GetValue<long>().ShouldBeLessThan(10);
    }

    [Theory]
    [InlineData("chat")]
    [InlineData("responses")]
    [InlineData("gemini")]
    public async Task An_upstream_that_never_says_it_leaves_the_gateways_own_count(string protocol)
    {
        var end = FourProtocols.End(protocol);
        var stream = FourProtocols.Begin(protocol, "well") + end
            .Replace(",\"usage\":{\"input_tokens\":1,\"output_tokens\":1,\"total_tokens\":2}", "", StringComparison.Ordinal)
            .Replace("\"usageMetadata\":{\"promptTokenCount\":1,\"candidatesTokenCount\":2,\"totalTokenCount\":3},", "", StringComparison.Ordinal);
        await using var upstream = await RawUpstream.StartAsync((context, _) => context.SayAsync(200, stream, "text/event-stream"));
        await using var gateway = await FourProtocols.StartAsync(protocol, "", upstream);
        using var answer = await FailureTests.PostAsync(gateway, Talk.Messages("m", Prompt, stream: true), "/v1/messages");
        var text = await answer.TextAsync();
        var start = JsonNode.Parse(text.Split('\n').First(line => line.StartsWith("data: ", StringComparison.Ordinal))[6..])!;
        start["message"]!["usage"]!["input_tokens"]!.GetValue<long>().ShouldBeGreaterThan(1000, text);
    }
}
