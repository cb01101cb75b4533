using System.Text.Json.Nodes;
using Dragoman.Protocols.CodeWhisperer.Shared;
using Dragoman.Protocols.Conversation;
using static Dragoman.Protocols.Tests.CodeWhisperer.CodeWhispererTesting;

namespace Dragoman.Protocols.Tests.CodeWhisperer;

/// <summary>What clients read of the service's answers in their own protocols (wire note, B.9 and F.3).</summary>
public sealed class CodeWhispererClientTests
{
    private const string Asked = """[{"role":"user","content":"hi"}]""";

    [Fact]
    [Trait("check", "kiro R4")]
    public void R4_a_call_without_input_has_an_empty_object()
    {
        const string Lines = """
            toolUseEvent {"name":"ls","toolUseId":"t1"}
            toolUseEvent {"name":"ls","toolUseId":"t1","stop":true}
            meteringEvent {"usage":1}
            """;
        // Whoever joins the pieces of a stream has an object, or nothing, which Anthropic's clients take for one.
        string.Concat(Anthropic(Lines).Where(static item => item["type"]!.GetValue<string>() == "content_block_delta").Select(static item => item["delta"]!["partial_json"]!.GetValue<string>())).ShouldBeOneOf("", "{}");
        Anthropic(Lines).Single(static item => item["type"]!.GetValue<string>() == "content_block_start")["content_block"]!["input"]!.ToJsonString().ShouldBe("{}");
        string.Concat(OpenAi(Lines).Select(static item => item["choices"] is JsonArray { Count: > 0 } choices ? choices[0]!["delta"]?["tool_calls"]?[0]?["function"]?["arguments"]?.GetValue<string>() : null)).ShouldBe("{}");
    }

    [Fact]
    [Trait("check", "kiro R6")]
    public void R6_interleaved_calls_are_blocks_one_after_the_other()
    {
        var events = Anthropic("""
            toolUseEvent {"name":"f","toolUseId":"t1","input":"{\"a\""}
            toolUseEvent {"name":"g","toolUseId":"t2","input":"{\"b\""}
            toolUseEvent {"name":"f","toolUseId":"t1","input":":1}"}
            toolUseEvent {"name":"g","toolUseId":"t2","input":":2}"}
            toolUseEvent {"name":"g","toolUseId":"t2","stop":true}
            toolUseEvent {"name":"f","toolUseId":"t1","stop":true}
            meteringEvent {"usage":1}
            """);
        int? open = null;
        var arguments = new Dictionary<int, string>();
        foreach (var item in events.Where(static item => item["index"] is not null))
        {
            var index = item["index"]!.GetValue<int>();
            switch (item["type"]!.GetValue<string>())
            {
                case "content_block_start":
                    open.ShouldBeNull();
                    open = index;
                    arguments[index] = "";
                    break;
                case "content_block_delta":
                    index.ShouldBe(open!.Value);
                    arguments[index] += item["delta"]!["partial_json"]!.GetValue<string>();
                    break;
                default:
                    index.ShouldBe(open!.Value);
                    open = null;
                    break;
            }
        }

        open.ShouldBeNull();
        arguments.Values.Select(static text => JsonNode.Parse(text)!.ToJsonString()).ShouldBe(["""{"a":1}""", """{"b":2}"""]);
    }

    [Theory]
    [InlineData("ContentLengthExceededException {\"message\":\"Output is too long\"}", "max_tokens", "length")]
    [InlineData("contextUsageEvent {\"contextUsagePercentage\":100}", "model_context_window_exceeded", "length")]
    [InlineData("contextUsageEvent {\"contextUsagePercentage\":99}", "end_turn", "stop")]
    [Trait("check", "kiro R12")]
    [Trait("check", "kiro R14")]
    public void R12_R14_limits_are_reasons_of_the_end(string line, string anthropic, string openAi)
    {
        var lines = "assistantResponseEvent {\"content\":\"A\"}\n" + line;
        var events = Anthropic(lines);
        events.Single(static item => item["type"]!.GetValue<string>() == "message_delta")["delta"]!["stop_reason"]!.GetValue<string>().ShouldBe(anthropic);
        events[^1]["type"]!.GetValue<string>().ShouldBe("message_stop");
        OpenAi(lines).Select(static item => item["choices"] is JsonArray { Count: > 0 } choices ? choices[0]!["finish_reason"]?.GetValue<string>() : null).Single(static reason => reason is not null).ShouldBe(openAi);
    }

    [Fact]
    [Trait("check", "kiro R15")]
    public void R15_what_the_cache_gave_is_counted_as_each_client_counts_it()
    {
        const string Lines = """
            assistantResponseEvent {"content":"A"}
            metadataEvent {"tokenUsage":{"uncachedInputTokens":290,"cacheReadInputTokens":3822,"cacheWriteInputTokens":0,"outputTokens":1,"totalTokens":4113}}
            """;
        var anthropic = Anthropic(Lines).Single(static item => item["type"]!.GetValue<string>() == "message_delta")["usage"]!;
        (anthropic["input_tokens"]!.GetValue<int>(), anthropic["cache_read_input_tokens"]!.GetValue<int>(), anthropic["output_tokens"]!.GetValue<int>()).ShouldBe((290, 3822, 1));
        var openAi = OpenAi(Lines).Select(static item => item["usage"]).Single(static usage => usage is not null)!;
        (openAi["prompt_tokens"]!.GetValue<int>(), openAi["prompt_tokens_details"]!["cached_tokens"]!.GetValue<int>(), openAi["total_tokens"]!.GetValue<int>()).ShouldBe((4112, 3822, 4113));
    }

    [Theory]
    [InlineData("meteringEvent {\"usage\":0.08,\"unit\":\"credit\",\"unitPlural\":\"credits\"}", "0.08")]
    [InlineData("meteringEvent {\"usage\":0.08,\"unit\":\"credit\"}\nmeteringEvent {\"usage\":1,\"unit\":\"CREDITS\"}", "1.08")]
    [InlineData("meteringEvent {\"usage\":2}", "2")]
    [InlineData("meteringEvent {\"usage\":2,\"unit\":\"request\"}", null)]
    [InlineData("meteringEvent {\"usage\":\"much\"}", null)]
    [InlineData("meteringEvent {\"usage\":-1}", null)]
    [InlineData("meteringEvent {\"usage\":1e300}", null)]
    [InlineData("contextUsageEvent {\"contextUsagePercentage\":1}", null)]
    public void Credits_are_what_the_vendor_says_that_it_took(string lines, string? credits)
        => Answer(Chat(Asked), "assistantResponseEvent {\"content\":\"A\"}\n" + lines).Usage.Credits.ShouldBe(credits is null ? null : decimal.Parse(credits, System.Globalization.CultureInfo.InvariantCulture));

    private static List<JsonNode> Anthropic(string lines) => Data(Streamed(Messages(Asked, options: new CodeWhispererOptions { MaxInputTokens = 200_000 }), lines));

    private static List<JsonNode> OpenAi(string lines) => Data(Streamed(Chat(Asked, ""","stream":true,"stream_options":{"include_usage":true}""", new CodeWhispererOptions { MaxInputTokens = 200_000 }), lines));

    private static List<JsonNode> Data(string stream)
        => [.. stream.Split('\n').Where(static line => line.StartsWith("data: {", StringComparison.Ordinal)).Select(static line => JsonNode.Parse(line[6..])!)];
}
