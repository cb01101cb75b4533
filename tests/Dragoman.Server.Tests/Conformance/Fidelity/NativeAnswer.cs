using System.Text.Json.Nodes;
using Dragoman.Emulators.Script;
using Dragoman.Server.Tests.Conformance.ClientDrivers;

namespace Dragoman.Server.Tests.Conformance.Fidelity;

/// <summary>An answer in an upstream's own language, put together from its content, whole and as that language streams it.</summary>
/// <param name="Content">Chat: the message's members. Responses: the output items. Messages and Converse: the blocks. Gemini: the parts.</param>
/// <param name="Finish">The reason in the language's own word; null for the usual one.</param>
/// <param name="Usage">The usage in the language's own form; null for a plain one.</param>
/// <param name="More">Further members of the answer (Gemini: of the candidate), or null.</param>
internal sealed record NativeAnswer(string Content, string? Finish = null, string? Usage = null, string? More = null)
{
    /// <summary>The reply of an upstream of this language.</summary>
    public ScriptedReply Reply(string upstream, bool stream)
    {
        var body = Body(upstream);
        if (!stream) return ScriptedReply.Whole(body.ToJsonString(Json.Plain));
        return upstream switch
        {
            "chat" => ScriptedReply.Events(NativeStream.Chat(body), named: false, done: true),
            "responses" => ScriptedReply.Events(NativeStream.Responses(body), named: true),
            "messages" => ScriptedReply.Events(NativeStream.Messages(body), named: true),
            "gemini" => ScriptedReply.Events([body.ToJsonString(Json.Plain)], named: false),
            "bedrock-converse" => ScriptedReply.AwsEvents(NativeStream.Converse(body)),
            _ => ScriptedReply.AwsEvents(NativeStream.Messages(body).Select(NativeStream.InChunk)),
        };
    }

    private JsonObject Body(string upstream)
    {
        var usage = Usage ?? upstream switch
        {
            "chat" => """{"prompt_tokens":10,"completion_tokens":5,"total_tokens":15}""",
            "responses" => """{"input_tokens":10,"input_tokens_details":{"cached_tokens":0},"output_tokens":5,"output_tokens_details":{"reasoning_tokens":0},"total_tokens":15}""",
            "gemini" => """{"promptTokenCount":10,"candidatesTokenCount":5,"totalTokenCount":15}""",
            "bedrock-converse" => """{"inputTokens":10,"outputTokens":5,"totalTokens":15}""",
            _ => """{"input_tokens":10,"output_tokens":5}""",
        };
        var (state, cut) = Finish is null ? ("completed", "null") : ("incomplete", "{\"reason\":\"" + Finish + "\"}");
        var body = Json.Object(upstream switch
        {
            "chat" => $$$"""{"id":"c1","object":"chat.completion","created":1,"model":"x","choices":[{"index":0,"message":{"role":"assistant",{{{Content}}}},"finish_reason":"{{{Finish ?? "stop"}}}"}],"usage":{{{usage}}}}""",
            "responses" => $$$"""{"id":"resp_1","object":"response","created_at":1,"status":"{{{state}}}","error":null,"incomplete_details":{{{cut}}},"model":"x","output":[{{{Content}}}],"usage":{{{usage}}}}""",
            "gemini" => $$$"""{"responseId":"g1","modelVersion":"x","candidates":[{"index":0,"content":{"role":"model","parts":[{{{Content}}}]},"finishReason":"{{{Finish ?? "STOP"}}}"}],"usageMetadata":{{{usage}}}}""",
            "bedrock-converse" => $$$"""{"output":{"message":{"role":"assistant","content":[{{{Content}}}]}},"stopReason":"{{{Finish ?? "end_turn"}}}","usage":{{{usage}}},"metrics":{"latencyMs":1}}""",
            _ => $$$"""{"id":"msg_1","type":"message","role":"assistant","model":"x","content":[{{{Content}}}],"stop_reason":"{{{Finish ?? "end_turn"}}}","stop_sequence":null,"usage":{{{usage}}}}""",
        });
        var place = upstream switch { "gemini" or "chat" => body[upstream == "chat" ? "choices" : "candidates"]![0]!.AsObject(), _ => body };
        if (More is not null) foreach (var (name, value) in Json.Object(More)) place[name] = value?.DeepClone();
        return body;
    }
}
