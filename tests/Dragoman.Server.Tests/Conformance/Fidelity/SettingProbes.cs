namespace Dragoman.Server.Tests.Conformance.Fidelity;

/// <summary>What clients set beside the conversation.</summary>
internal static class SettingProbes
{
    private const string Schema = """{"type":"object","properties":{"zebra":{"type":"string"}},"required":["zebra"],"additionalProperties":false}""";

    public static IReadOnlyList<Probe> All { get; } =
    [
        Probe.Of("temperature", "0\\.3\\b", chat: """{"temperature":0.3}""", responses: """{"temperature":0.3}""", messages: """{"temperature":0.3}""", gemini: """{"temperature":0.3}""", completions: """{"temperature":0.3}""",
            converse: """{"inferenceConfig":{"temperature":0.3}}"""),
        Probe.Of("top_p", "0\\.7\\b", chat: """{"top_p":0.7}""", responses: """{"top_p":0.7}""", messages: """{"top_p":0.7}""", gemini: """{"topP":0.7}""", completions: """{"top_p":0.7}""",
            converse: """{"inferenceConfig":{"topP":0.7}}"""),
        Probe.Of("top_k", "\\b37\\b", chat: """{"top_k":37}""", messages: """{"top_k":37}""", gemini: """{"topK":37}""",
            converse: """{"additionalModelRequestFields":{"top_k":37}}"""),
        Probe.Of("stop sequences", "HALT", chat: """{"stop":["HALT"]}""", messages: """{"stop_sequences":["HALT"]}""", gemini: """{"stopSequences":["HALT"]}""", completions: """{"stop":["HALT"]}""",
            converse: """{"inferenceConfig":{"stopSequences":["HALT"]}}"""),
        Probe.Of("seed", "4242", chat: """{"seed":4242}""", gemini: """{"seed":4242}""", completions: """{"seed":4242}"""),
        Probe.Of("frequency penalty", "0\\.25", chat: """{"frequency_penalty":0.25}""", gemini: """{"frequencyPenalty":0.25}""", completions: """{"frequency_penalty":0.25}"""),
        Probe.Of("presence penalty", "0\\.35", chat: """{"presence_penalty":0.35}""", gemini: """{"presencePenalty":0.35}""", completions: """{"presence_penalty":0.35}"""),
        Probe.Of("logit bias", "\"50256\"", chat: """{"logit_bias":{"50256":-100}}""", completions: """{"logit_bias":{"50256":-100}}"""),
        Probe.Of("several answers at once", "\"(n|candidateCount)\":2", chat: """{"n":2}""", gemini: """{"candidateCount":2}""", completions: """{"n":2}"""),
        Probe.Of("the best of several", "best_of", completions: """{"best_of":3}"""),
        Probe.Of("the prompt echoed", "echo", completions: """{"echo":true}"""),
        Probe.Of("text behind the answer (suffix)", "SUFFIX", completions: """{"suffix":"SUFFIX"}"""),
        Probe.Of("log probabilities", "[lL]ogprobs", chat: """{"logprobs":true,"top_logprobs":3}""", responses: """{"top_logprobs":3}""", gemini: """{"responseLogprobs":true,"logprobs":3}""", completions: """{"logprobs":3}"""),
        Probe.Of("end user's id", "user-4711", chat: """{"user":"user-4711"}""", responses: """{"user":"user-4711"}""", messages: """{"metadata":{"user_id":"user-4711"}}""", completions: """{"user":"user-4711"}"""),
        Probe.Of("safety identifier", "safe-4711", chat: """{"safety_identifier":"safe-4711"}""", responses: """{"safety_identifier":"safe-4711"}"""),
        Probe.Of("metadata", "meta-4711", chat: """{"metadata":{"k":"meta-4711"}}""", responses: """{"metadata":{"k":"meta-4711"}}""",
            converse: """{"requestMetadata":{"k":"meta-4711"}}"""),
        Probe.Of("prompt cache key", "cache-4711", chat: """{"prompt_cache_key":"cache-4711"}""", responses: """{"prompt_cache_key":"cache-4711"}"""),
        Probe.Of("cache marks", "cache_control|cachePoint", chat: """{"messages":[{"role":"system","content":[{"type":"text","text":"Rules.","cache_control":{"type":"ephemeral"}}]},{"role":"user","content":"a"}]}""", messages: """{"system":[{"type":"text","text":"Rules.","cache_control":{"type":"ephemeral"}}]}""",
            converse: """{"system":[{"text":"Rules."},{"cachePoint":{"type":"default"}}]}"""),
        Probe.Of("JSON without schema", "json_object|application/json", chat: """{"response_format":{"type":"json_object"},"messages":[{"role":"user","content":"JSON, please"}]}""",
            responses: """{"text":{"format":{"type":"json_object"}},"input":"JSON, please"}""", gemini: """{"responseMimeType":"application/json"}"""),
        Probe.Of("JSON schema", "zebra", chat: $$$$$$$"""{"response_format":{"type":"json_schema","json_schema":{"name":"a","strict":true,"schema":{{{{{{{Schema}}}}}}}}}}""",
            responses: $$$$$$$"""{"text":{"format":{"type":"json_schema","name":"a","strict":true,"schema":{{{{{{{Schema}}}}}}}}}}""",
            messages: $$$$$$$"""{"output_config":{"format":{"type":"json_schema","schema":{{{{{{{Schema}}}}}}}}}}""", gemini: $$"""{"responseMimeType":"application/json","responseJsonSchema":{{Schema}}}""",
            converse: """{"outputConfig":{"textFormat":{"type":"json_schema","structure":{"jsonSchema":{"name":"a","schema":"{\"type\":\"object\",\"properties\":{\"zebra\":{\"type\":\"string\"}},\"required\":[\"zebra\"],\"additionalProperties\":false}"}}}}}"""),
        Probe.Of("verbosity", "\"verbosity\":\"low\"", chat: """{"verbosity":"low"}""", responses: """{"text":{"verbosity":"low"}}"""),
        Probe.Of("predicted output", "PREDICTED", chat: """{"prediction":{"type":"content","content":"PREDICTED"}}"""),
        Probe.Of("spoken answer", "alloy", chat: """{"modalities":["text","audio"],"audio":{"voice":"alloy","format":"wav"}}"""),
        Probe.Of("drawn answer", "\"IMAGE\"|\"image\"", chat: """{"modalities":["text","image"]}""", gemini: """{"responseModalities":["TEXT","IMAGE"]}"""),
        Probe.Of("safety settings", "BLOCK_NONE", gemini: """{"safetySettings":[{"category":"HARM_CATEGORY_HARASSMENT","threshold":"BLOCK_NONE"}]}"""),
        Probe.Of("service tier", "\"(service_tier|serviceTier)\"", chat: """{"service_tier":"flex"}""", responses: """{"service_tier":"flex"}""", messages: """{"service_tier":"standard_only"}""",
            converse: """{"serviceTier":{"type":"flex"}}"""),
        Probe.Of("latency of the model's host", "\"latency\":\"optimized\"", converse: """{"performanceConfig":{"latency":"optimized"}}"""),
        Probe.Of("guardrail of AWS", "gr-4711", converse: """{"guardrailConfig":{"guardrailIdentifier":"gr-4711","guardrailVersion":"1","trace":"enabled"}}"""),
        Probe.Of("fields of the model's own body", "odd-4711", converse: """{"additionalModelRequestFields":{"odd_field":"odd-4711"}}"""),
        Probe.Of("fields wanted of the model's own answer", "/odd_answer", converse: """{"additionalModelResponseFieldPaths":["/odd_answer"]}"""),
    ];
}
