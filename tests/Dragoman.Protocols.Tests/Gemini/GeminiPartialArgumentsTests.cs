using System.Text;
using System.Text.Json.Nodes;
using Dragoman.Protocols.AnthropicMessages.Client;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Gemini.Upstream;
using Dragoman.Protocols.Json;
using Dragoman.Protocols.OpenAiChat.Client;
using Dragoman.Protocols.Tests.Support;

namespace Dragoman.Protocols.Tests.Gemini;

/// <summary>Calls whose arguments Vertex streams in pieces.</summary>
public sealed class GeminiPartialArgumentsTests
{
    [Fact]
    public void Pieces_become_one_object_that_grows_as_they_come()
    {
        var deltas = Deltas(
            """{"name":"write","id":"c1","willContinue":true}""",
            """{"partialArgs":[{"jsonPath":"$.path","stringValue":"/tmp/\"a\"","willContinue":true}],"willContinue":true}""",
            """{"partialArgs":[{"jsonPath":"$.path","stringValue":".txt"}],"willContinue":true}""",
            """{"partialArgs":[{"jsonPath":"$.options.mode","numberValue":420},{"jsonPath":"$.options['deep er'].on","boolValue":true}],"willContinue":true}""",
            """{"partialArgs":[{"jsonPath":"$.lines[0].text","stringValue":"é\n","willContinue":true}],"willContinue":true}""",
            """{"partialArgs":[{"jsonPath":"$.lines[0].text","stringValue":"x"},{"jsonPath":"$.lines[1]","nullValue":null},{"jsonPath":"$.last","numberValue":-1.5e3}],"willContinue":true}""",
            "{}");
        deltas.Count.ShouldBeGreaterThan(4);
        JsonNode.DeepEquals(JsonNode.Parse(string.Concat(deltas)), JsonNode.Parse("""{"path":"/tmp/\"a\".txt","options":{"mode":420,"deep er":{"on":true}},"lines":[{"text":"é\nx"},null],"last":-1.5e3}""")).ShouldBeTrue(string.Concat(deltas));
    }

    [Fact]
    public void Calls_follow_each_other_and_one_without_pieces_is_empty()
    {
        var log = Log(
            """{"name":"a","willContinue":true}""", """{"partialArgs":[{"jsonPath":"$.x","numberValue":1}]}""", "{}", "{}",
            """{"name":"b","willContinue":true}""", "{}",
            """{"name":"c","args":{"y":2}}""",
            """{"name":"d"}""",
            """{"name":"e"}""", """{"partialArgs":[{"jsonPath":"$.x","stringValue":"1"}]}""", """{"partialArgs":[{"jsonPath":"$.x","stringValue":"2"}]}""");
        log.Lines.Where(line => line.StartsWith("ToolArguments", StringComparison.Ordinal)).ShouldBe(["ToolArgumentsDelta(0, {\"x\":1)", "ToolArgumentsDelta(0, })", "ToolArgumentsDelta(1, {})", "ToolArgumentsDelta(2, {\"y\":2})",
            "ToolArgumentsDelta(3, {})", "ToolArgumentsDelta(4, {\"x\":\"1)", "ToolArgumentsDelta(4, 2)", "ToolArgumentsDelta(4, \"})"]);
    }

    [Theory]
    [InlineData("""{"name":"a","willContinue":true}""", """{"partialArgs":[{"jsonPath":"$.x","stringValue":"half"}],"willContinue":true}""")]
    [InlineData("""{"name":"a","willContinue":true}""", """{"partialArgs":[{"jsonPath":"$.x.y","numberValue":1},{"jsonPath":"$.z","numberValue":1},{"jsonPath":"$.x.w","numberValue":1}]}""")]
    public void What_does_not_come_to_its_end_or_cannot_be_put_together_is_no_call(string first, string second)
    {
        var exchange = Exchange(Protocol.OpenAiChat);
        using var output = new PooledBuffer();
        var normalizer = new AnswerNormalizer(exchange, ChatClient.Instance.OpenStream(exchange, output));
        Read(exchange, normalizer, [Chunk(first), Chunk(second), End]);
        normalizer.Error!.Code.ShouldBe("upstream_torn_tool_call");
    }

    [Fact]
    public void The_prompts_size_stands_in_the_first_event_of_a_messages_stream()
    {
        var exchange = Exchange(Protocol.AnthropicMessages);
        using var output = new PooledBuffer();
        var normalizer = new AnswerNormalizer(exchange, AnthropicClient.Instance.OpenStream(exchange, output));
        Read(exchange, normalizer, ["""{"candidates":[{"content":{"parts":[{"text":"a"}]}}],"usageMetadata":{"promptTokenCount":77}}"""]);
        Encoding.UTF8.GetString(output.WrittenSpan).Split("\n\n")[0].ShouldContain("\"input_tokens\":77");
    }

    private const string End = """{"candidates":[{"content":{},"finishReason":"STOP"}]}""";

    private static string Chunk(string call) => """{"candidates":[{"content":{"parts":[{"functionCall":CALL}]}}]}""".Replace("CALL", call, StringComparison.Ordinal);

    private static List<string> Deltas(params string[] calls)
        => [.. Log(calls).Lines.Where(line => line.StartsWith("ToolArguments", StringComparison.Ordinal)).Select(line => line["ToolArgumentsDelta(0, ".Length..^1])];

    private static EventLog Log(params string[] calls)
    {
        var exchange = Exchange(Protocol.OpenAiChat);
        var log = new EventLog();
        var normalizer = new AnswerNormalizer(exchange, log);
        Read(exchange, normalizer, [.. calls.Select(Chunk), End]);
        normalizer.Error.ShouldBeNull();
        return log;
    }

    private static void Read(TranslationContext exchange, AnswerNormalizer normalizer, string[] chunks)
    {
        var reader = GeminiUpstream.Instance.OpenStream(exchange, normalizer);
        foreach (var chunk in chunks) reader.Read(default, Encoding.UTF8.GetBytes(chunk));
        reader.Complete();
    }

    private static TranslationContext Exchange(Protocol client)
    {
        var request = new ConversationRequest { Source = client, Model = "m", Stream = true };
        request.Tools.Add(new Tool { Kind = ToolKind.Hosted, HostedKind = HostedTools.WebSearch, Name = "web_search", Origin = client });
        return new(request, new UpstreamModel("m")) { ClientModel = "m" };
    }
}
