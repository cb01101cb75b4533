using Dragoman.Server.Hosting;
using Dragoman.Server.Tests.Support;
using Microsoft.Extensions.Logging;

namespace Dragoman.Server.Tests.Forwarding;

/// <summary>The four languages that clients and upstreams share, with the shortest of what is said in each.</summary>
internal static class FourProtocols
{
    public static readonly string[] All = ["chat", "messages", "responses", "gemini"];

    /// <summary>The address of a call.</summary>
    public static string Path(string protocol, bool stream) => protocol switch
    {
        "chat" => "/v1/chat/completions",
        "messages" => "/v1/messages",
        "responses" => "/v1/responses",
        _ => stream ? "/v1beta/models/m:streamGenerateContent?alt=sse" : "/v1beta/models/m:generateContent",
    };

    /// <summary>A request.</summary>
    public static string Request(string protocol, bool stream) => protocol switch
    {
        "chat" => Talk.Chat("m", stream: stream),
        "messages" => Talk.Messages("m", stream: stream),
        "responses" => Talk.Responses("m", stream: stream),
        _ => Talk.Gemini(),
    };

    /// <summary>A whole answer of one word.</summary>
    public static string Whole(string protocol, string word) => (protocol switch
    {
        "chat" => """{"id":"c1","object":"chat.completion","created":1,"model":"m","choices":[{"index":0,"message":{"role":"assistant","content":"WORD"},"finish_reason":"stop"}],"usage":{"prompt_tokens":1,"completion_tokens":1,"total_tokens":2}}""",
        "messages" => """{"id":"msg_1","type":"message","role":"assistant","model":"m","content":[{"type":"text","text":"WORD"}],"stop_reason":"end_turn","stop_sequence":null,"usage":{"input_tokens":1,"output_tokens":1}}""",
        "responses" => """{"id":"resp_1","object":"response","created_at":1,"model":"m","status":"completed","error":null,"output":[{"id":"msg_1","type":"message","status":"completed","role":"assistant","content":[{"type":"output_text","text":"WORD","annotations":[]}]}],"usage":{"input_tokens":1,"output_tokens":1,"total_tokens":2}}""",
        _ => """{"candidates":[{"content":{"role":"model","parts":[{"text":"WORD"}]},"finishReason":"STOP","index":0}],"usageMetadata":{"promptTokenCount":1,"candidatesTokenCount":1,"totalTokenCount":2},"modelVersion":"m","responseId":"r"}""",
    }).Replace("WORD", word, StringComparison.Ordinal);

    /// <summary>The beginning of a stream up to its first word.</summary>
    public static string Begin(string protocol, string word) => protocol switch
    {
        "chat" => $"data: {{\"id\":\"c1\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"m\",\"choices\":[{{\"index\":0,\"delta\":{{\"role\":\"assistant\",\"content\":\"{word}\"}},\"finish_reason\":null}}]}}\n\n",
        "messages" => "event: message_start\ndata: {\"type\":\"message_start\",\"message\":{\"id\":\"msg_1\",\"type\":\"message\",\"role\":\"assistant\",\"content\":[],\"model\":\"m\",\"stop_reason\":null,\"usage\":{\"input_tokens\":1,\"output_tokens\":1}}}\n\n"
            + "event: content_block_start\ndata: {\"type\":\"content_block_start\",\"index\":0,\"content_block\":{\"type\":\"text\",\"text\":\"\"}}\n\n"
            + $"event: content_block_delta\ndata: {{\"type\":\"content_block_delta\",\"index\":0,\"delta\":{{\"type\":\"text_delta\",\"text\":\"{word}\"}}}}\n\n",
        "responses" => "event: response.created\ndata: {\"type\":\"response.created\",\"sequence_number\":0,\"response\":{\"id\":\"resp_1\",\"object\":\"response\",\"status\":\"in_progress\",\"error\":null,\"output\":[],\"usage\":null}}\n\n"
            + "event: response.output_item.added\ndata: {\"type\":\"response.output_item.added\",\"sequence_number\":1,\"output_index\":0,\"item\":{\"id\":\"msg_1\",\"type\":\"message\",\"status\":\"in_progress\",\"role\":\"assistant\",\"content\":[]}}\n\n"
            + $"event: response.output_text.delta\ndata: {{\"type\":\"response.output_text.delta\",\"item_id\":\"msg_1\",\"output_index\":0,\"content_index\":0,\"delta\":\"{word}\",\"sequence_number\":2}}\n\n",
        _ => $"data: {{\"candidates\":[{{\"content\":{{\"role\":\"model\",\"parts\":[{{\"text\":\"{word}\"}}]}},\"index\":0}}],\"modelVersion\":\"m\",\"responseId\":\"r\"}}\n\n",
    };

    /// <summary>The good end of such a stream.</summary>
    public static string End(string protocol) => protocol switch
    {
        "chat" => "data: {\"id\":\"c1\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"m\",\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n",
        "messages" => "event: content_block_stop\ndata: {\"type\":\"content_block_stop\",\"index\":0}\n\nevent: message_delta\ndata: {\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"end_turn\",\"stop_sequence\":null},\"usage\":{\"output_tokens\":3}}\n\nevent: message_stop\ndata: {\"type\":\"message_stop\"}\n\n",
        "responses" => "event: response.completed\ndata: {\"type\":\"response.completed\",\"sequence_number\":3,\"response\":{\"id\":\"resp_1\",\"object\":\"response\",\"status\":\"completed\",\"error\":null,\"output\":[],\"usage\":{\"input_tokens\":1,\"output_tokens\":1,\"total_tokens\":2}}}\n\n",
        _ => "data: {\"candidates\":[{\"content\":{\"role\":\"model\",\"parts\":[]},\"finishReason\":\"STOP\",\"index\":0}],\"usageMetadata\":{\"promptTokenCount\":1,\"candidatesTokenCount\":2,\"totalTokenCount\":3},\"modelVersion\":\"m\",\"responseId\":\"r\"}\n\n",
    };

    /// <summary>What a stream in a client's language holds when it ended well.</summary>
    public static string EndMark(string protocol) => protocol switch
    {
        "chat" => "[DONE]",
        "messages" => "message_stop",
        "responses" => "response.completed",
        _ => "finishReason",
    };

    /// <summary>A gateway with accounts named <c>one</c>, <c>two</c>, … that speak a language, asked in this order.</summary>
    public static Task<GatewayHost> StartAsync(string protocol, string more, params RawUpstream[] upstreams)
    {
        var names = (string[])["one", "two", "three"];
        var entries = upstreams.Select((upstream, index) => protocol switch
        {
            "chat" => $"  - {{ name: {names[index]}, base-url: '{upstream.Address}/v1', api-key-entries: [ {{ api-key: k{index} }} ], models: [ m ] }}\n",
            "responses" => $"  - {{ name: {names[index]}, wire-api: responses, base-url: '{upstream.Address}/v1', api-key-entries: [ {{ api-key: k{index} }} ], models: [ m ] }}\n",
            _ => $"  - {{ name: {names[index]}, base-url: '{upstream.Address}', api-key: k{index}, models: [ m ] }}\n",
        });
        var head = protocol switch
        {
            "messages" => "claude-api-key:\n",
            "gemini" => "gemini-api-key:\n",
            _ => "openai-compatibility:\n",
        };
        return GatewayHost.StartAsync(new StartOptions { ConfigText = head + string.Concat(entries) + "routing: { strategy: fill-first }\nrequest-retry: 0\n" + more, Port = 0, LogLevel = LogLevel.None });
    }
}
