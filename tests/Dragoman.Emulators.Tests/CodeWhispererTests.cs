using System.Net;
using System.Text.Json.Nodes;

namespace Dragoman.Emulators.Tests;

/// <summary>The service behind Kiro: what it answers, and what it refuses (one case a structural rule).</summary>
public sealed class CodeWhispererTests
{
    private const string Path = "/generateAssistantResponse";
    private const string Tool = """{"toolSpecification":{"name":"clock","description":"d","inputSchema":{"json":{"type":"object","properties":{}}}}}""";

    public static TheoryData<string, string> Wrong => new()
    {
        { Body("""{"content":""}"""), "content is empty" },
        { Body("""{"content":"a","userInputMessageContext":{}}"""), "the context is empty" },
        { Body("""{"content":"a"}""", "[" + Asked("a") + "]"), "history does not end with the assistant's message" },
        { Body("""{"content":"a"}""", "[" + Said("\"content\":\"b\"") + "," + Asked("a") + "]"), "roles do not alternate" },
        { Body("""{"content":"a"}""", "[" + Asked("a") + "," + Asked("b") + "]"), "roles do not alternate" },
        { Body("""{"content":"a"}""", "[" + Asked("a") + "," + Said("\"content\":\"\"") + "]"), "content is empty" },
        { Body("""{"content":"a"}""", "[" + Asked("a") + "," + Said("\"content\":\".\",\"toolUses\":[]") + "]"), "toolUses is empty" },
        { Body("""{"content":"a"}""", "[" + Asked("a") + "," + Called("t1") + "]"), "a call of a tool that is not declared" },
        { Body("{\"content\":\"a\",\"userInputMessageContext\":{\"tools\":[" + Tool + "]}}", "[" + Asked("a") + "," + Called("t1") + "]"), "calls and results do not match" },
        { Body("{\"content\":\"a\",\"userInputMessageContext\":{\"toolResults\":[" + Result("t1") + "]}}"), "calls and results do not match" },
        { Body("{\"content\":\"a\",\"userInputMessageContext\":{\"toolResults\":[" + Result("t1") + "," + Result("t1") + "],\"tools\":[" + Tool + "]}}", "[" + Asked("a") + "," + Called("t1") + "]"), "a call answered twice" },
        { Body("{\"content\":\"a\",\"userInputMessageContext\":{\"tools\":[" + Tool.Replace("\"type\":\"object\"", "\"type\":\"object\",\"additionalProperties\":false", StringComparison.Ordinal) + "]}}"), "additionalProperties in a schema" },
        { Body("{\"content\":\"a\",\"userInputMessageContext\":{\"tools\":[" + Tool.Replace("\"properties\":{}", "\"properties\":{},\"required\":[]", StringComparison.Ordinal) + "]}}"), "required in a schema" },
        { Body("{\"content\":\"a\",\"userInputMessageContext\":{\"tools\":[" + Tool.Replace("\"d\"", "\"\"", StringComparison.Ordinal) + "]}}"), "a tool's description" },
        { Body("{\"content\":\"a\",\"userInputMessageContext\":{\"tools\":[" + Tool.Replace("clock", new string('n', 65), StringComparison.Ordinal) + "]}}"), "a tool's name" },
        { Body("{\"content\":\"a\",\"userInputMessageContext\":{\"tools\":[{\"cachePoint\":{\"type\":\"default\"}}]}}"), "a tool that is no toolSpecification" },
        { Body("""{"content":"a","images":[{"format":"bmp","source":{"bytes":"AAAA"}}]}"""), "an image's format" },
        { Body("""{"content":"a\u0001"}"""), "a control character" },
        { Body("""{"content":"a\uD800"}"""), "a lone surrogate" },
        { Body("""{"content":"a","temperature":1}"""), "unknown member temperature in userInputMessage" },
        { Body("""{"content":"a"}""").Replace("MANUAL", "AUTO", StringComparison.Ordinal), "chatTriggerType" },
        { Body("{\"content\":\"" + new string('x', 620_000) + "\"}"), "the body is too large" },
        { """{"inferenceConfig":{}}""", "unknown member inferenceConfig in the body" },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public async Task What_breaks_a_rule_is_malformed(string body, string rule)
    {
        await using var emulator = await Emulator.StartAsync();
        var (status, json) = await emulator.PostAsync(Path, body);
        status.ShouldBe(HttpStatusCode.BadRequest);
        json["message"]!.GetValue<string>().ShouldBe("Improperly formed request.");
        json["emulated_rule"]!.GetValue<string>().ShouldBe(rule);
    }

    [Fact]
    public async Task Text_and_what_it_cost_are_streamed()
    {
        await using var emulator = await Emulator.StartAsync();
        var frames = await AskAsync(emulator, Body("""{"content":"say:Hello there."}"""));
        frames.Select(static frame => frame.Name).ShouldBe(["messageMetadataEvent", "assistantResponseEvent", "contextUsageEvent", "metadataEvent", "meteringEvent"]);
        frames[1].Payload["content"]!.GetValue<string>().ShouldBe("Hello there.");
        frames[3].Payload["tokenUsage"]!["outputTokens"]!.GetValue<int>().ShouldBe(3);
    }

    [Fact]
    public async Task Calls_come_in_fragments_and_their_results_are_read()
    {
        await using var emulator = await Emulator.StartAsync();
        var frames = await AskAsync(emulator, Body("{\"content\":\"call:clock {\\\"a\\\":1}\\ncall:clock {}\",\"userInputMessageContext\":{\"tools\":[" + Tool + "]}}"));
        var calls = frames.Where(static frame => frame.Name == "toolUseEvent").Select(static frame => frame.Payload).ToList();
        calls.Select(static call => call["toolUseId"]!.GetValue<string>()).Distinct().Count().ShouldBe(2);
        string.Concat(calls.Select(static call => call["input"]?.GetValue<string>())).ShouldBe("{\"a\":1}");
        calls.Count(static call => call["stop"] is not null).ShouldBe(2);
        frames = await AskAsync(emulator, Body("{\"content\":\"Continue\",\"userInputMessageContext\":{\"toolResults\":[" + Result("t1") + "],\"tools\":[" + Tool + "]}}", "[" + Asked("call:clock {}") + "," + Called("t1") + "]"));
        Text(frames).ShouldBe("clock answered: ok");
    }

    [Theory]
    [InlineData("invalid", 403, "The bearer token included in the request is invalid.")]
    [InlineData("suspended", 403, "Your User ID temporarily is suspended.")]
    [InlineData("ksk_1", 403, "The bearer token included in the request is invalid.")]
    public async Task Tokens_are_looked_at(string token, int status, string words)
    {
        await using var emulator = await Emulator.StartAsync();
        using var request = Emulator.Request(Path, Body("""{"content":"a"}"""));
        request.Headers.Remove("authorization");
        request.Headers.TryAddWithoutValidation("authorization", "Bearer " + token);
        using var answer = await emulator.Http.SendAsync(request);
        ((int)answer.StatusCode).ShouldBe(status);
        (await answer.Content.ReadAsStringAsync()).ShouldContain(words);
    }

    [Fact]
    public async Task A_model_that_is_not_there_is_named_so()
    {
        await using var emulator = await Emulator.StartAsync();
        var (_, json) = await emulator.PostAsync(Path, Body("""{"content":"a"}""").Replace("claude-sonnet-4.5", "claude-sonnet-4-5", StringComparison.Ordinal));
        json["reason"]!.GetValue<string>().ShouldBe("INVALID_MODEL_ID");
    }

    [Fact]
    public async Task Thinking_comes_as_it_was_asked_for()
    {
        await using var emulator = await Emulator.StartAsync();
        Text(await AskAsync(emulator, Body("""{"content":"say:x"}""", "[" + Asked("<thinking_mode>enabled</thinking_mode>") + "," + Said("\"content\":\"ok\"") + "]"))).ShouldStartWith("<thinking>\n");
        var native = await AskAsync(emulator, Body("""{"content":"say:x"}""", more: ",\"additionalModelRequestFields\":{\"thinking\":{\"type\":\"adaptive\"}}"));
        native.ShouldContain(static frame => frame.Name == "reasoningContentEvent");
        Text(native).ShouldBe("x");
    }

    private static string Text(List<(string Name, JsonNode Payload)> frames)
        => string.Concat(frames.Where(static frame => frame.Name == "assistantResponseEvent").Select(static frame => frame.Payload["content"]!.GetValue<string>()));

    private static async Task<List<(string Name, JsonNode Payload)>> AskAsync(Emulator emulator, string body)
    {
        using var answer = await emulator.Http.SendAsync(Emulator.Request(Path, body));
        answer.Content.Headers.ContentType!.MediaType.ShouldBe("application/vnd.amazon.eventstream", await answer.Content.ReadAsStringAsync());
        return AwsFrames.Read(await answer.Content.ReadAsByteArrayAsync());
    }

    /// <summary>A body of the current message's members, to which model and origin are added.</summary>
    private static string Body(string current, string? history = null, string more = "")
        => "{\"conversationState\":{\"conversationId\":\"6f0c2f0e-5b1f-4c53-9c4a-0c0c9a2f7a10\",\"chatTriggerType\":\"MANUAL\"" + (history is null ? "" : ",\"history\":" + history)
            + ",\"currentMessage\":{\"userInputMessage\":{\"modelId\":\"claude-sonnet-4.5\",\"origin\":\"AI_EDITOR\"," + current[1..] + "}}" + more + "}";

    private static string Asked(string content) => "{\"userInputMessage\":{\"content\":\"" + content + "\",\"modelId\":\"claude-sonnet-4.5\",\"origin\":\"AI_EDITOR\"}}";

    private static string Said(string members) => "{\"assistantResponseMessage\":{" + members + "}}";

    private static string Called(string id) => Said("\"content\":\".\",\"toolUses\":[{\"toolUseId\":\"" + id + "\",\"name\":\"clock\",\"input\":{}}]");

    private static string Result(string id) => "{\"toolUseId\":\"" + id + "\",\"content\":[{\"text\":\"ok\"}],\"status\":\"success\"}";
}
