using System.Text.Json.Nodes;
using Dragoman.Server.Tests.Support;

namespace Dragoman.Server.Tests.Forwarding;

/// <summary>Encrypted reasoning for a Messages client that did not ask for thinking: it sees none, and the upstream gets its own back.</summary>
public sealed class SilentReasoningTests
{
    private const string Tool = """{"name":"clock","input_schema":{"type":"object","properties":{}}}""";

    [Theory]
    [InlineData("call:clock {}", false)]
    [InlineData("call:clock {}", true)]
    [InlineData("say:Done.", false)]
    [InlineData("say:Done.", true)]
    public async Task It_is_kept_and_put_back_on_the_next_turn(string text, bool stream)
    {
        await using var rig = await GatewayFixture.StartWithAsync(address => $$"""
            openai-compatibility:
              - name: responses
                base-url: {{address}}/v1
                wire-api: responses
                api-key-entries: [ { api-key: key-of-responses } ]
                models: [ gpt-5.2 ]
            """);
        var asked = new JsonObject { ["role"] = "user", ["content"] = text };
        using var first = await rig.PostAsync("/v1/messages", Body(stream, asked));
        var content = stream ? Accumulate(await first.TextAsync()) : (await first.JsonAsync())["content"]!.AsArray();
        content.ShouldHaveSingleItem()!["type"]!.GetValue<string>().ShouldBe(text.StartsWith("call", StringComparison.Ordinal) ? "tool_use" : "text");
        JsonNode next = content[0]!["id"] is { } id ? new JsonArray(new JsonObject { ["type"] = "tool_result", ["tool_use_id"] = id.DeepClone(), ["content"] = "noon" }) : "say:Bye.";
        using var second = await rig.PostAsync("/v1/messages", Body(false, asked.DeepClone(), new JsonObject { ["role"] = "assistant", ["content"] = content.DeepClone() }, new JsonObject { ["role"] = "user", ["content"] = next }));
        ((int)second.StatusCode).ShouldBe(200, await second.TextAsync());
        var request = rig.Upstream.Requests[^1];
        request.Refused.ShouldBeNull();
        var input = JsonNode.Parse(request.Text)!["input"]!.AsArray();
        // The emulator has verified it: it is the one it gave.
        input.Single(item => item!["type"]?.GetValue<string>() == "reasoning")!["encrypted_content"]!.GetValue<string>().ShouldStartWith("gAAAAA");
        input[1]!["type"]!.GetValue<string>().ShouldBe("reasoning");
    }

    private static string Body(bool stream, params JsonNode[] messages) => new JsonObject
    {
        ["model"] = "gpt-5.2",
        ["max_tokens"] = 2000,
        ["stream"] = stream,
        ["output_config"] = new JsonObject { ["effort"] = "medium" },
        ["tools"] = new JsonArray(JsonNode.Parse(Tool)),
        ["messages"] = new JsonArray(messages),
    }.ToJsonString();

    private static JsonArray Accumulate(string sse)
    {
        var content = new JsonArray();
        foreach (var line in sse.Split('\n').Where(line => line.StartsWith("data: ", StringComparison.Ordinal)))
        {
            var json = JsonNode.Parse(line[6..])!;
            switch (json["type"]!.GetValue<string>())
            {
                case "content_block_start":
                    json["index"]!.GetValue<int>().ShouldBe(content.Count);
                    content.Add(json["content_block"]!.DeepClone());
                    break;
                case "content_block_delta" when json["delta"]!["text"] is { } text:
                    content[^1]!["text"] = content[^1]!["text"]!.GetValue<string>() + text.GetValue<string>();
                    break;
            }
        }

        return content;
    }
}
