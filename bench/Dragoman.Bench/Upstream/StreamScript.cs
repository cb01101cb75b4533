using System.Text;

namespace Dragoman.Bench.Upstream;

/// <summary>What one stream consists of: frames ahead of the deltas, the deltas, and frames after them. Unframed by HTTP.</summary>
internal sealed record StreamScript(byte[] Opening, byte[][] Deltas, byte[] Closing)
{
    /// <summary>Stands once in every delta and nowhere else, so that the other end can count what arrived.</summary>
    public const char Mark = '~';

    private const string Piece = " and so it goes on" + "~";

    public static StreamScript Build(Wire wire, int count) => wire switch
    {
        Wire.Chat => Chat(count),
        Wire.Responses => Responses(count),
        Wire.Messages => Messages(count),
        Wire.Gemini => Gemini(count),
        Wire.Converse => Converse(count),
        _ => Invoke(count),
    };

    private static StreamScript Chat(int count)
    {
        const string head = """{"id":"chatcmpl-Bx7Qm2","object":"chat.completion.chunk","model":"mock-large","service_tier":"default","system_fingerprint":"fp_44709d6fcb","created":1760000000""";
        string Chunk(string delta, string finish) => $$"""data: {{head}},"choices":[{"index":0,"delta":{{delta}},"logprobs":null,"finish_reason":{{finish}}}]}""" + "\n\n";
        return Same(count,
            Chunk("""{"role":"assistant","content":"","refusal":null}""", "null"),
            Chunk($$"""{"content":"{{Piece}}"}""", "null"),
            Chunk("{}", "\"stop\"") + "data: " + head + $$$$"""","choices":[],"usage":{"prompt_tokens":210,"completion_tokens":{{{{count}}}},"total_tokens":{{{{210 + count}}}},"prompt_tokens_details":{"cached_tokens":128,"audio_tokens":0},"completion_tokens_details":{"reasoning_tokens":0,"audio_tokens":0,"accepted_prediction_tokens":0,"rejected_prediction_tokens":0}}}"""" + "\n\ndata: [DONE]\n\n");
    }

    private static StreamScript Responses(int count)
    {
        const string item = "msg_68f1c0a7";
        var number = 0;
        string Event(string type, string rest) => $$"""
            event: {{type}}
            data: {"type":"{{type}}","sequence_number":{{number++}}{{rest}}}


            """.ReplaceLineEndings("\n");
        string Body(string status, string output, string usage) => $$$"""","response":{"id":"resp_68f1c0a6","object":"response","created_at":1760000000,"status":"{{{status}}}","error":null,"incomplete_details":null,"instructions":null,"max_output_tokens":null,"model":"mock-large","output":[{{{output}}}],"parallel_tool_calls":true,"previous_response_id":null,"reasoning":{"effort":null,"summary":null},"store":false,"temperature":1.0,"text":{"format":{"type":"text"}},"tool_choice":"auto","tools":[],"top_p":1.0,"truncation":"disabled","usage":{{{usage}}},"user":null,"metadata":{}}"""";
        string At() => $$"""","item_id":"{{item}}","output_index":0,"content_index":0"""";
        var opening = Event("response.created", Body("in_progress", "", "null")) + Event("response.in_progress", Body("in_progress", "", "null"))
            + Event("response.output_item.added", $$"""","output_index":0,"item":{"id":"{{item}}","type":"message","status":"in_progress","content":[],"role":"assistant"}"""")
            + Event("response.content_part.added", At() + """","part":{"type":"output_text","annotations":[],"logprobs":[],"text":""}"""");
        var deltas = new byte[count][];
        for (var index = 0; index < count; index++) deltas[index] = Utf8(Event("response.output_text.delta", At() + $$"""","delta":"{{Piece}}","obfuscation":"x9Qm2","logprobs":[]""""));
        var whole = string.Concat(Enumerable.Repeat(Piece, count));
        var part = $$"""{"type":"output_text","annotations":[],"logprobs":[],"text":"{{whole}}"}""";
        var message = $$"""{"id":"{{item}}","type":"message","status":"completed","content":[{{part}}],"role":"assistant"}""";
        var closing = Event("response.output_text.done", At() + $$"""","text":"{{whole}}","logprobs":[]"""") + Event("response.content_part.done", At() + $$"""","part":{{part}}"""")
            + Event("response.output_item.done", $$"""","output_index":0,"item":{{message}}"""")
            + Event("response.completed", Body("completed", message, $$"""{"input_tokens":210,"input_tokens_details":{"cached_tokens":128},"output_tokens":{{count}},"output_tokens_details":{"reasoning_tokens":0},"total_tokens":{{210 + count}}}"""));
        return new StreamScript(Utf8(opening), deltas, Utf8(closing));
    }

    private static StreamScript Messages(int count)
    {
        var (opening, delta, closing) = AnthropicEvents(count);
        static string Sse((string Type, string Json) item) => $"event: {item.Type}\ndata: {item.Json}\n\n";
        return Same(count, string.Concat(opening.Select(Sse)), Sse(delta), string.Concat(closing.Select(Sse)));
    }

    private static StreamScript Invoke(int count)
    {
        var (opening, delta, closing) = AnthropicEvents(count);
        static byte[] Frame((string Type, string Json) item)
            => EventStreamFrame.Event("chunk", Utf8($$"""{"bytes":"{{Convert.ToBase64String(Utf8(item.Json))}}","p":"abcdefghij"}"""));
        return Same(count, [.. opening.SelectMany(Frame)], Frame(delta), [.. closing.SelectMany(Frame)]);
    }

    private static ((string, string)[] Opening, (string, string) Delta, (string, string)[] Closing) AnthropicEvents(int count) => (
        [
            ("message_start", """{"type":"message_start","message":{"model":"mock-large","id":"msg_01XkQ","type":"message","role":"assistant","content":[],"stop_reason":null,"stop_sequence":null,"usage":{"input_tokens":210,"cache_creation_input_tokens":0,"cache_read_input_tokens":128,"output_tokens":1,"service_tier":"standard"}}}"""),
            ("content_block_start", """{"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}"""),
            ("ping", """{"type":"ping"}"""),
        ],
        ("content_block_delta", $$$"""{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"{{{Piece}}}"}}"""),
        [
            ("content_block_stop", """{"type":"content_block_stop","index":0}"""),
            ("message_delta", $$$"""{"type":"message_delta","delta":{"stop_reason":"end_turn","stop_sequence":null},"usage":{"input_tokens":210,"cache_creation_input_tokens":0,"cache_read_input_tokens":128,"output_tokens":{{{count}}}}}"""),
            ("message_stop", """{"type":"message_stop"}"""),
        ]);

    private static StreamScript Gemini(int count)
    {
        static string Chunk(string text, string finish, int output) => $$$"""data: {"candidates": [{"content": {"parts": [{"text": "{{{text}}}"}],"role": "model"}{{{finish}}},"index": 0}],"usageMetadata": {"promptTokenCount": 210,"candidatesTokenCount": {{{output}}},"totalTokenCount": {{{210 + output}}},"promptTokensDetails": [{"modality": "TEXT","tokenCount": 210}]},"modelVersion": "mock-large","responseId": "a1b2c3d4e5"}""" + "\r\n\r\n";
        return Same(count, "", Chunk(Piece, "", 1), Chunk("", ",\"finishReason\": \"STOP\"", count));
    }

    private static StreamScript Converse(int count)
    {
        static byte[] Frame(string type, string json) => EventStreamFrame.Event(type, Utf8(json));
        return Same(count,
            Frame("messageStart", """{"role":"assistant","p":"abcdefghijklmnop"}"""),
            Frame("contentBlockDelta", $$$"""{"contentBlockIndex":0,"delta":{"text":"{{{Piece}}}"},"p":"abcdefghijklmnopqrstuvw"}"""),
            [
                .. Frame("contentBlockStop", """{"contentBlockIndex":0,"p":"abcdefgh"}"""),
                .. Frame("messageStop", """{"stopReason":"end_turn","p":"abcdefghijkl"}"""),
                .. Frame("metadata", $$$"""{"metrics":{"latencyMs":812},"p":"abcde","usage":{"cacheReadInputTokens":128,"cacheWriteInputTokens":0,"inputTokens":210,"outputTokens":{{{count}}},"totalTokens":{{{210 + count}}}}}"""),
            ]);
    }

    private static StreamScript Same(int count, string opening, string delta, string closing) => Same(count, Utf8(opening), Utf8(delta), Utf8(closing));

    private static StreamScript Same(int count, byte[] opening, byte[] delta, byte[] closing)
    {
        var deltas = new byte[count][];
        Array.Fill(deltas, delta);
        return new StreamScript(opening, deltas, closing);
    }

    private static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);
}
