using System.Text.Json.Nodes;
using Dragoman.Server.Tests.Battery.Talk;

namespace Dragoman.Server.Tests.Battery.Fidelity;

/// <summary>One thing a client can ask for: how its language says it, and how one sees in an upstream's request that it crossed.</summary>
/// <param name="Feature">What people call it.</param>
/// <param name="Seen">What an upstream's request holds when it was carried (a regular expression).</param>
/// <param name="Say">How each language says it; a language that cannot is absent.</param>
public sealed record Probe(string Feature, string Seen, IReadOnlyDictionary<string, Action<JsonObject>> Say)
{
    private const string Schema = """{"type":"object","properties":{"zebra":{"type":"string"}},"required":["zebra"],"additionalProperties":false}""";
    private const string Image = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

    /// <summary>All that are probed.</summary>
    public static IReadOnlyList<Probe> All { get; } =
    [
        Of("temperature", "0\\.3\\b", chat: """{"temperature":0.3}""", responses: """{"temperature":0.3}""", messages: """{"temperature":0.3}""", gemini: """{"temperature":0.3}"""),
        Of("top_p", "0\\.7\\b", chat: """{"top_p":0.7}""", responses: """{"top_p":0.7}""", messages: """{"top_p":0.7}""", gemini: """{"topP":0.7}"""),
        Of("top_k", "\\b37\\b", chat: """{"top_k":37}""", messages: """{"top_k":37}""", gemini: """{"topK":37}"""),
        Of("stop sequences", "HALT", chat: """{"stop":["HALT"]}""", messages: """{"stop_sequences":["HALT"]}""", gemini: """{"stopSequences":["HALT"]}"""),
        Of("seed", "4242", chat: """{"seed":4242}""", gemini: """{"seed":4242}"""),
        Of("frequency penalty", "0\\.25", chat: """{"frequency_penalty":0.25}""", gemini: """{"frequencyPenalty":0.25}"""),
        Of("presence penalty", "0\\.35", chat: """{"presence_penalty":0.35}""", gemini: """{"presencePenalty":0.35}"""),
        Of("several answers at once", "\"(n|candidateCount)\":2", chat: """{"n":2}""", gemini: """{"candidateCount":2}"""),
        Of("log probabilities", "[lL]ogprobs", chat: """{"logprobs":true,"top_logprobs":3}""", responses: """{"top_logprobs":3}""", gemini: """{"responseLogprobs":true,"logprobs":3}"""),
        Of("end user's id", "user-4711", chat: """{"user":"user-4711"}""", responses: """{"user":"user-4711"}""", messages: """{"metadata":{"user_id":"user-4711"}}"""),
        Of("prompt cache key", "cache-4711", chat: """{"prompt_cache_key":"cache-4711"}""", responses: """{"prompt_cache_key":"cache-4711"}"""),
        Of("cache marks", "cache_control|cachePoint", messages: """{"system":[{"type":"text","text":"Rules.","cache_control":{"type":"ephemeral"}}]}"""),
        Of("JSON schema", "zebra", chat: $$$$$$$"""{"response_format":{"type":"json_schema","json_schema":{"name":"a","strict":true,"schema":{{{{{{{Schema}}}}}}}}}}""",
            responses: $$$$$$$"""{"text":{"format":{"type":"json_schema","name":"a","strict":true,"schema":{{{{{{{Schema}}}}}}}}}}""",
            messages: $$$$$$$"""{"output_config":{"format":{"type":"json_schema","schema":{{{{{{{Schema}}}}}}}}}}""", gemini: $$"""{"responseMimeType":"application/json","responseJsonSchema":{{Schema}}}"""),
        Of("verbosity", "\"verbosity\":\"low\"", chat: """{"verbosity":"low"}""", responses: """{"text":{"verbosity":"low"}}"""),
        Of("service tier", "\"(service_tier|serviceTier)\"", chat: """{"service_tier":"flex"}""", responses: """{"service_tier":"flex"}""", messages: """{"service_tier":"standard_only"}"""),
        Of("picture (base64)", "iVBORw0", chat: $$$"""{"messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"data:image/png;base64,{{{Image}}}"}}]}]}""",
            responses: $$"""{"input":[{"role":"user","content":[{"type":"input_image","detail":"auto","image_url":"data:image/png;base64,{{Image}}"}]}]}""",
            messages: $$$"""{"messages":[{"role":"user","content":[{"type":"image","source":{"type":"base64","media_type":"image/png","data":"{{{Image}}}"}}]}]}"""),
        Of("picture (address)", "example\\.com/a\\.png", chat: """{"messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"https://example.com/a.png"}}]}]}""",
            responses: """{"input":[{"role":"user","content":[{"type":"input_image","detail":"auto","image_url":"https://example.com/a.png"}]}]}""",
            messages: """{"messages":[{"role":"user","content":[{"type":"image","source":{"type":"url","url":"https://example.com/a.png"}}]}]}"""),
    ];

    private static Probe Of(string feature, string seen, string? chat = null, string? responses = null, string? messages = null, string? gemini = null)
    {
        var say = new Dictionary<string, Action<JsonObject>>();
        if (chat is not null) say["chat"] = body => Put(body, chat);
        if (responses is not null) say["responses"] = body => Put(body, responses);
        if (messages is not null) say["messages"] = body => Put(body, messages);
        if (gemini is not null) say["gemini"] = body => Put(body["generationConfig"]!.AsObject(), gemini);
        return new Probe(feature, seen, say);
    }

    private static void Put(JsonObject body, string members)
    {
        foreach (var (name, value) in Json.Object(members)) body[name] = value?.DeepClone();
    }
}
