using System.Text;
using Dragoman.Protocols.AnthropicMessages.Client;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Framing;
using Dragoman.Protocols.Gemini.Client;
using Dragoman.Protocols.Gemini.Upstream;
using Dragoman.Protocols.Json;
using Dragoman.Protocols.OpenAiChat.Client;
using Dragoman.Protocols.OpenAiChat.Upstream;
using Dragoman.Protocols.OpenAiResponses.Client;

namespace Dragoman.Protocols.Tests.Conversation;

/// <summary>Answers that end oddly: for a reason that is no success, or in the middle of a call's arguments.</summary>
public sealed class EndsTests
{
    private const string HalfCall = """{"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"id":"a","type":"function","function":{"name":"rm","arguments":"{\"path\":\"/tm"}}]},"finish_reason":null}]}""";

    public static TheoryData<IClientProtocol> Clients => [ChatClient.Instance, AnthropicClient.Instance, ResponsesClient.Instance, GeminiClient.Instance];

    [Theory, MemberData(nameof(Clients))]
    public void Half_a_call_is_a_failure_under_any_reason_but_a_limit(IClientProtocol client)
    {
        foreach (var reason in (string[])["tool_calls", "stop"])
        {
            var (text, error) = Translate(client, """{"choices":[{"index":0,"delta":{},"finish_reason":"REASON"}]}""".Replace("REASON", reason, StringComparison.Ordinal));
            error!.Code.ShouldBe("upstream_torn_tool_call");
            text.ShouldContain("\"error\"");
            text.ShouldNotContain("[DONE]");
            text.ShouldNotContain("message_stop");
            text.ShouldNotContain("output_item.done");
            text.ShouldNotContain("functionCall");
        }
    }

    [Theory, MemberData(nameof(Clients))]
    public void Half_a_call_at_the_limit_is_told_as_cut_and_never_as_a_call_that_is_done(IClientProtocol client)
    {
        var (text, error) = Translate(client, """{"choices":[{"index":0,"delta":{},"finish_reason":"length"}]}""");
        error.ShouldBeNull();
        text.ShouldContain(client.Protocol switch { Protocol.OpenAiChat => "\"length\"", Protocol.AnthropicMessages => "max_tokens", Protocol.OpenAiResponses => "max_output_tokens", _ => "MAX_TOKENS" });
        text.ShouldNotContain("output_item.done");
        text.ShouldNotContain("functionCall");

        // Whole answers have no way to say that a call is torn.
        var exchange = Exchange(client.Protocol);
        var folder = new AnswerAggregator();
        var normalizer = new AnswerNormalizer(exchange, folder);
        ChatUpstream.Instance.ReadAnswer(Encoding.UTF8.GetBytes("""{"choices":[{"index":0,"message":{"content":"so","tool_calls":[{"id":"a","function":{"name":"rm","arguments":"{\"path\":\"/tm"}}]},"finish_reason":"length"}]}"""), exchange, normalizer);
        using var output = new PooledBuffer();
        client.WriteAnswer(folder.Answer, exchange, output);
        Encoding.UTF8.GetString(output.WrittenSpan).ShouldNotContain("/tm");
        Encoding.UTF8.GetString(output.WrittenSpan).ShouldContain("so");
    }

    [Theory]
    [InlineData("OTHER")]
    [InlineData("NO_IMAGE")]
    [InlineData("IMAGE_OTHER")]
    [InlineData("MALFORMED_FUNCTION_CALL")]
    [InlineData("MALFORMED_RESPONSE")]
    [InlineData("UNEXPECTED_TOOL_CALL")]
    [InlineData("TOO_MANY_TOOL_CALLS")]
    [InlineData("MISSING_THOUGHT_SIGNATURE")]
    public void Gemini_gives_up_in_many_words_and_none_is_a_success(string word)
    {
        const string text = """{"candidates":[{"content":{"parts":[{"text":"a"}]}}]}""";
        const string call = """{"candidates":[{"content":{"parts":[{"functionCall":{"name":"f","args":{}}}]}}]}""";
        var end = """{"candidates":[{"content":{},"finishReason":"WORD","finishMessage":"Because."}],"usageMetadata":{"promptTokenCount":3}}""".Replace("WORD", word, StringComparison.Ordinal);
        foreach (var client in (IClientProtocol[])[ChatClient.Instance, AnthropicClient.Instance, ResponsesClient.Instance])
        {
            Gemini(client, text, end).Error!.Message.ShouldBe("Because.");
            Gemini(client, text, end).Text.ShouldContain("Because.");
            Gemini(client, call, end).Error.ShouldNotBeNull();
        }

        // Google's own clients know the word, and what was said before it stays said; a call is not to be run, and nothing alone is no answer.
        Gemini(GeminiClient.Instance, text, end).Text.ShouldContain($"\"finishReason\":\"{word}\"");
        Gemini(GeminiClient.Instance, text, end).Error.ShouldBeNull();
        Gemini(GeminiClient.Instance, call, end).Error.ShouldNotBeNull();
        Gemini(GeminiClient.Instance, end).Error!.EffectiveStatus.ShouldBe(502);
        Gemini(AnthropicClient.Instance, end).Error!.Code.ShouldBe(word.ToLowerInvariant());
    }

    [Fact]
    public void A_reason_that_nobody_knows_ends_an_answer_that_said_something_and_no_other()
    {
        Gemini(ChatClient.Instance, """{"candidates":[{"content":{"parts":[{"text":"a"}]},"finishReason":"BRAND_NEW"}]}""").Error.ShouldBeNull();
        Gemini(ChatClient.Instance, """{"candidates":[{"content":{},"finishReason":"BRAND_NEW"}]}""").Error.ShouldNotBeNull();
    }

    [Fact]
    public void Tokens_that_tools_read_are_input()
    {
        const string chunk = """{"candidates":[{"content":{"parts":[{"text":"a"}]},"finishReason":"STOP"}],"usageMetadata":{"promptTokenCount":10,"toolUsePromptTokenCount":200,"candidatesTokenCount":3,"thoughtsTokenCount":4,"totalTokenCount":217}}""";
        Gemini(ChatClient.Instance, chunk).Text.ShouldContain("\"prompt_tokens\":210,\"completion_tokens\":7,\"total_tokens\":217");
        Gemini(AnthropicClient.Instance, chunk).Text.ShouldContain("\"input_tokens\":210");
        Gemini(ResponsesClient.Instance, chunk).Text.ShouldContain("\"input_tokens\":210");
        Gemini(GeminiClient.Instance, chunk).Text.ShouldContain("\"totalTokenCount\":217");
        GeminiUpstream.Instance.TryReadUsage(Encoding.UTF8.GetBytes(chunk), out var usage).ShouldBeTrue();
        usage.InputTokens.ShouldBe(210);
    }

    [Fact]
    public void Bare_error_json_is_an_event_however_it_is_torn_and_other_lines_without_a_field_are_none()
    {
        var stream = "data: {\"x\":1}\n\nnonsense\n{\"a\":1}\n\n{\r\n  \"error\": {\r\n    \"message\": \"a } b\"\r\n  }\r\n}\r\ndata: {\"x\":2}\n\n{\"error\": {\"message\":\"torn"u8.ToArray();
        foreach (var size in (int[])[1, 3, 7, stream.Length])
        {
            using var reader = new SseReader();
            List<string> frames = [];
            foreach (var piece in stream.Chunk(size))
            {
                reader.Append(piece);
                while (reader.TryRead(out var frame)) frames.Add((frame.IsBare ? "bare " : "") + Encoding.UTF8.GetString(frame.Data.Span));
            }

            while (reader.TryReadLast(out var frame)) frames.Add((frame.IsBare ? "bare " : "") + Encoding.UTF8.GetString(frame.Data.Span));
            frames.ShouldBe(["{\"x\":1}", "bare {   \"error\": {     \"message\": \"a } b\"   } }", "{\"x\":2}", "bare {\"error\": {\"message\":\"torn"]);
        }
    }

    private static TranslationContext Exchange(Protocol client) => new(new ConversationRequest { Source = client, Model = "m", Stream = true }, new UpstreamModel("m")) { ClientModel = "m" };

    private static (string Text, WireError? Error) Translate(IClientProtocol client, string end) => Run(ChatUpstream.Instance, client, HalfCall, end, "[DONE]");

    private static (string Text, WireError? Error) Gemini(IClientProtocol client, params string[] chunks) => Run(GeminiUpstream.Instance, client, chunks);

    private static (string Text, WireError? Error) Run(IUpstreamProtocol upstream, IClientProtocol client, params string[] frames)
    {
        var exchange = Exchange(client.Protocol);
        exchange.Request.IncludeUsage = true;
        using var output = new PooledBuffer();
        var normalizer = new AnswerNormalizer(exchange, client.OpenStream(exchange, output));
        var reader = upstream.OpenStream(exchange, normalizer);
        foreach (var frame in frames) reader.Read(default, Encoding.UTF8.GetBytes(frame));
        reader.Complete();
        normalizer.Complete();
        return (Encoding.UTF8.GetString(output.WrittenSpan), normalizer.Error);
    }
}
