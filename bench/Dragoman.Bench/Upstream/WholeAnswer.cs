using System.Text;

namespace Dragoman.Bench.Upstream;

/// <summary>The bodies of whole answers, about 1.2 KB each.</summary>
internal static class WholeAnswer
{
    private const int Size = 1_200;

    public static byte[] Build(Wire wire)
    {
        var bare = Encoding.UTF8.GetByteCount(Json(wire, ""));
        var text = new StringBuilder("The answer is here.");
        while (bare + text.Length < Size) text.Append(" It goes on for a while, as answers do.");
        return Encoding.UTF8.GetBytes(Json(wire, text.ToString()));
    }

    private static string Json(Wire wire, string text) => wire switch
    {
        Wire.Chat => $$$"""{"id":"chatcmpl-Bx7Qm2","object":"chat.completion","created":1760000000,"model":"mock-large","choices":[{"index":0,"message":{"role":"assistant","content":"{{{text}}}","refusal":null,"annotations":[]},"logprobs":null,"finish_reason":"stop"}],"usage":{"prompt_tokens":210,"completion_tokens":120,"total_tokens":330,"prompt_tokens_details":{"cached_tokens":128,"audio_tokens":0},"completion_tokens_details":{"reasoning_tokens":0,"audio_tokens":0,"accepted_prediction_tokens":0,"rejected_prediction_tokens":0}},"service_tier":"default","system_fingerprint":"fp_44709d6fcb"}""",
        Wire.Responses => $$$"""{"id":"resp_68f1c0a6","object":"response","created_at":1760000000,"status":"completed","error":null,"incomplete_details":null,"instructions":null,"max_output_tokens":null,"model":"mock-large","output":[{"id":"msg_68f1c0a7","type":"message","status":"completed","content":[{"type":"output_text","annotations":[],"logprobs":[],"text":"{{{text}}}"}],"role":"assistant"}],"parallel_tool_calls":true,"previous_response_id":null,"reasoning":{"effort":null,"summary":null},"store":false,"temperature":1.0,"text":{"format":{"type":"text"}},"tool_choice":"auto","tools":[],"top_p":1.0,"truncation":"disabled","usage":{"input_tokens":210,"input_tokens_details":{"cached_tokens":128},"output_tokens":120,"output_tokens_details":{"reasoning_tokens":0},"total_tokens":330},"user":null,"metadata":{}}""",
        Wire.Messages or Wire.Invoke => $$$"""{"model":"mock-large","id":"msg_01XkQ","type":"message","role":"assistant","content":[{"type":"text","text":"{{{text}}}"}],"stop_reason":"end_turn","stop_sequence":null,"usage":{"input_tokens":210,"cache_creation_input_tokens":0,"cache_read_input_tokens":128,"output_tokens":120,"service_tier":"standard"}}""",
        Wire.Gemini => $$$"""{"candidates": [{"content": {"parts": [{"text": "{{{text}}}"}],"role": "model"},"finishReason": "STOP","index": 0}],"usageMetadata": {"promptTokenCount": 210,"candidatesTokenCount": 120,"totalTokenCount": 330,"promptTokensDetails": [{"modality": "TEXT","tokenCount": 210}]},"modelVersion": "mock-large","responseId": "a1b2c3d4e5"}""",
        _ => $$$"""{"metrics":{"latencyMs":812},"output":{"message":{"content":[{"text":"{{{text}}}"}],"role":"assistant"}},"stopReason":"end_turn","usage":{"cacheReadInputTokens":128,"cacheWriteInputTokens":0,"inputTokens":210,"outputTokens":120,"totalTokens":330}}""",
    };
}
