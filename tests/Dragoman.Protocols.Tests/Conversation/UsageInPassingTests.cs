using System.Text;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Registry;

namespace Dragoman.Protocols.Tests.Conversation;

/// <summary>What the relay skims out of an answer is what the full reader tells of it, or it says that it does not know.</summary>
public sealed class UsageInPassingTests
{
    private const string ChatChoice = """{"index":0,"message":{"role":"assistant","content":"say \"usage\""},"finish_reason":"stop"}""";
    private const string ChatUsage = """{"prompt_tokens":11,"completion_tokens":7,"total_tokens":18,"prompt_tokens_details":{"cached_tokens":3}}""";

    [Theory]
    [InlineData(Protocol.AnthropicMessages, """{"id":"m","type":"message","role":"assistant","content":[{"type":"text","text":"\"usage\":{"}],"usage":{"input_tokens":5,"cache_read_input_tokens":2,"output_tokens":9,"server_tool_use":{"web_search_requests":1}},"stop_reason":"end_turn"}""", true)]
    [InlineData(Protocol.AnthropicMessages, """{"id":"m","content":[{"type":"text","text":"hi"}],"stop_reason":"end_turn"}""", true)]
    [InlineData(Protocol.OpenAiChat, """{"id":"c","choices":[{"index":0,"message":{"role":"assistant","content":"hi"},"finish_reason":"stop"}],"usage":""" + ChatUsage + "}", true)]
    [InlineData(Protocol.OpenAiChat, """{"id":"c","usage":""" + ChatUsage + ""","choices":[""" + ChatChoice + "]}", true)]
    [InlineData(Protocol.OpenAiChat, """{"id":"c","choices":[{"index":0,"message":{"content":"hi"},"finish_reason":"stop","usage":""" + ChatUsage + """}],"usage":null}""", false)]
    [InlineData(Protocol.OpenAiChat, """{"id":"c","choices":[{"index":0,"message":{"content":"hi"}}],"x_groq":{"usage":""" + ChatUsage + "}}", false)]
    [InlineData(Protocol.OpenAiResponses, """{"id":"r","status":"completed","output":[{"type":"message","id":"i","role":"assistant","content":[{"type":"output_text","text":"hi"}]}],"usage":{"input_tokens":4,"output_tokens":6,"output_tokens_details":{"reasoning_tokens":2}}}""", true)]
    [InlineData(Protocol.OpenAiResponses, """{"id":"r","status":"completed","output":[],"usage":null}""", true)]
    [InlineData(Protocol.Gemini, """{"candidates":[{"content":{"parts":[{"text":"hi"}]},"finishReason":"STOP"}],"usageMetadata":{"promptTokenCount":8,"candidatesTokenCount":3,"thoughtsTokenCount":4}}""", true)]
    [InlineData(Protocol.Gemini, """{"candidates":[{"content":{"parts":[{"text":"hi"}]},"finishReason":"STOP","groundingMetadata":{"webSearchQueries":["a","b"]}}],"usageMetadata":{"promptTokenCount":8,"candidatesTokenCount":3}}""", false)]
    [InlineData(Protocol.Gemini, """[{"candidates":[{"content":{"parts":[{"text":"hi"}]}}],"usageMetadata":{"promptTokenCount":8,"candidatesTokenCount":3}}]""", false)]
    [InlineData(Protocol.Gemini, """{"response":{"candidates":[{"content":{"parts":[{"text":"hi"}]}}],"usageMetadata":{"promptTokenCount":8,"candidatesTokenCount":3}}}""", false)]
    public void The_skim_agrees_with_the_reader(Protocol protocol, string body, bool known)
    {
        var bytes = Encoding.UTF8.GetBytes(body);
        var upstream = ProtocolRegistry.Upstream(protocol);
        var sink = new Sink();
        upstream.ReadAnswer(bytes, new TranslationContext(new ConversationRequest { Source = protocol, Model = "m" }, new UpstreamModel("m")), sink);
        upstream.TryReadUsage(bytes, out var usage).ShouldBe(known);
        if (known) usage.ShouldBe(sink.Usage);
    }

    private sealed class Sink : IAnswerSink
    {
        public TokenUsage Usage { get; private set; } = new();

        public void Write(in AnswerEvent answerEvent)
        {
            if (answerEvent.Kind == AnswerEventKind.UsageChanged) Usage = Usage.With(answerEvent.Usage);
        }
    }
}
