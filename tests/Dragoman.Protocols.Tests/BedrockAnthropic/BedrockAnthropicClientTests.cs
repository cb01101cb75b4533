using System.Buffers;
using System.Text;
using System.Text.Json.Nodes;
using Dragoman.Protocols.AnthropicMessages.Client;
using Dragoman.Protocols.BedrockAnthropic.Client;
using Dragoman.Protocols.BedrockAnthropic.Upstream;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Framing;
using Dragoman.Protocols.Json;

namespace Dragoman.Protocols.Tests.BedrockAnthropic;

/// <summary>InvokeModel with Anthropic's bodies as clients speak it.</summary>
public sealed class BedrockAnthropicClientTests
{
    private const string Body = """{"anthropic_version":"bedrock-2023-05-31","anthropic_beta":["interleaved-thinking-2025-05-14"],"max_tokens":100,"messages":[{"role":"user","content":"hi"}]}""";

    [Fact]
    public void The_address_names_the_model_and_Bedrocks_version_goes_nowhere_else()
    {
        var request = BedrockAnthropicClient.Instance.ReadRequest(Encoding.UTF8.GetBytes(Body), new RequestTarget("m", Stream: true));
        (request.Model, request.Stream, request.MaxOutputTokens, request.Source).ShouldBe(("m", true, 100, Protocol.AnthropicMessages));
        request.Extras.Select(extra => extra.Name).ShouldBe(["anthropic_beta"]);
        var output = new ArrayBufferWriter<byte>();
        BedrockAnthropicUpstream.Instance.WriteRequest(new TranslationContext(request, new UpstreamModel("anthropic.claude-sonnet-4-5-20250929-v1:0")), output);
        JsonNode.DeepEquals(JsonNode.Parse(output.WrittenSpan)!["anthropic_beta"], new JsonArray("interleaved-thinking-2025-05-14")).ShouldBeTrue(Encoding.UTF8.GetString(output.WrittenSpan));
    }

    [Fact]
    public void A_stream_holds_Messages_own_events_without_pings()
    {
        var (bedrock, messages) = (new ArrayBufferWriter<byte>(), new ArrayBufferWriter<byte>());
        var exchange = new TranslationContext(new ConversationRequest { Source = Protocol.AnthropicMessages, Model = "m" }, new UpstreamModel("claude-sonnet-4-5")) { AnswerId = new string('a', 32) };
        foreach (var sink in (IAnswerSink[])[BedrockAnthropicClient.Instance.OpenStream(exchange, bedrock), AnthropicClient.Instance.OpenStream(exchange, messages)])
        {
            var told = new AnswerNormalizer(exchange, sink);
            told.Write(AnswerEvent.Started(new AnswerStart()));
            told.Write(AnswerEvent.Ping);
            told.Write(AnswerEvent.TextDelta(0, JsonText.From("one data: \"two\"\n😀")));
            told.Write(AnswerEvent.BlockEnded(0));
            told.Write(AnswerEvent.UsageChanged(new TokenUsage { InputTokens = 3, OutputTokens = 4 }));
            told.Write(AnswerEvent.Finished(new Finish(FinishReason.Stop)));
        }

        var expected = Encoding.UTF8.GetString(messages.WrittenSpan).Split('\n').Where(line => line.StartsWith("data: ", StringComparison.Ordinal)).Select(line => line[6..]).Where(data => !data.Contains("\"ping\"", StringComparison.Ordinal)).ToList();
        var frames = Frames(bedrock.WrittenMemory);
        frames.ShouldAllBe(frame => frame.Name == "chunk");
        frames.Select(frame => Encoding.UTF8.GetString(Convert.FromBase64String(JsonNode.Parse(frame.Data)!["bytes"]!.GetValue<string>()))).ShouldBe(expected);
        expected.Count.ShouldBe(6);
    }

    [Fact]
    public void An_error_in_a_stream_is_an_exceptions_frame()
    {
        var output = new ArrayBufferWriter<byte>();
        var exchange = new TranslationContext(new ConversationRequest { Source = Protocol.AnthropicMessages }, new UpstreamModel("m"));
        BedrockAnthropicClient.Instance.OpenStream(exchange, output).Write(AnswerEvent.Failed(new WireError(ErrorKind.RateLimit, "Slow down.")));
        Frames(output.WrittenMemory).ShouldBe([("throttlingException", """{"message":"Slow down."}""")]);
    }

    [Fact]
    public void A_count_holds_its_body_in_base64()
    {
        var body = """{"input":{"invokeModel":{"body":"BODY"}}}""".Replace("BODY", Convert.ToBase64String(Encoding.UTF8.GetBytes(Body)), StringComparison.Ordinal);
        BedrockAnthropicClient.Instance.ReadCountRequest(Encoding.UTF8.GetBytes(body), new RequestTarget("m")).Turns.Count.ShouldBe(1);
        foreach (var wrong in (string[])["{}", """{"input":{"invokeModel":{"body":"%%"}}}""", """{"input":{"invokeModel":{"body":""}}}"""])
            Should.Throw<WireException>(() => BedrockAnthropicClient.Instance.ReadCountRequest(Encoding.UTF8.GetBytes(wrong), new RequestTarget("m")));
    }

    private static List<(string Name, string Data)> Frames(ReadOnlyMemory<byte> bytes)
    {
        var frames = new List<(string, string)>();
        using var reader = new AwsEventStreamReader();
        reader.Append(bytes.Span);
        while (reader.TryRead(out var frame)) frames.Add((Encoding.UTF8.GetString(frame.Name.Span), Encoding.UTF8.GetString(frame.Payload.Span)));
        return frames;
    }
}
