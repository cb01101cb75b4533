namespace Dragoman.Server.Tests.Conformance.Fidelity;

/// <summary>What upstreams answer: words, thoughts, calls, sources, endings and costs.</summary>
internal static class AnswerProbes
{
    private const string Signature = "U0lHNDcxMQ==";
    private const string Image = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
    private static readonly Dictionary<string, string> Text = new()
    {
        ["chat"] = "\"content\":\"Word.\"", ["responses"] = """{"type":"message","id":"msg_1","status":"completed","role":"assistant","content":[{"type":"output_text","text":"Word.","annotations":[]}]}""",
        ["messages"] = """{"type":"text","text":"Word."}""", ["gemini"] = """{"text":"Word."}""", ["bedrock-converse"] = """{"text":"Word."}""",
    };

    private static readonly Probe Thinks = Probe.Of("", "", chat: """{"reasoning_effort":"high"}""", responses: """{"reasoning":{"effort":"high","summary":"auto"},"include":["reasoning.encrypted_content"],"store":false}""",
        messages: """{"thinking":{"type":"enabled","budget_tokens":2048}}""", gemini: """{"thinkingConfig":{"thinkingBudget":2048,"includeThoughts":true}}""", completions: "{}",
        converse: """{"additionalModelRequestFields":{"thinking":{"type":"enabled","budget_tokens":2048}}}""") with
    { Model = "r" };

    private static readonly Probe Hides = Probe.Of("", "", chat: """{"reasoning":{"effort":"high","exclude":true}}""", messages: """{"thinking":{"type":"enabled","budget_tokens":2048,"display":"omitted"}}""",
        gemini: """{"thinkingConfig":{"thinkingBudget":2048,"includeThoughts":false}}""",
        converse: """{"additionalModelRequestFields":{"thinking":{"type":"enabled","budget_tokens":2048,"display":"omitted"}}}""") with
    { Model = "r" };

    private static readonly Probe Searches = Probe.Of("", "", chat: """{"web_search_options":{}}""", responses: """{"tools":[{"type":"web_search"}],"include":["web_search_call.action.sources"]}""",
        messages: """{"tools":[{"type":"web_search_20250305","name":"web_search"}]}""", gemini: """{"tools":[{"googleSearch":{}}]}""", completions: "{}",
        converse: """{"toolConfig":{"tools":[{"systemTool":{"name":"nova_grounding"}}]}}""");

    private static readonly Probe Runs = Probe.Of("", "", chat: "{}", responses: """{"tools":[{"type":"code_interpreter","container":{"type":"auto"}}]}""",
        messages: """{"tools":[{"type":"code_execution_20250522","name":"code_execution"}]}""", gemini: """{"tools":[{"codeExecution":{}}]}""", completions: "{}",
        converse: """{"toolConfig":{"tools":[{"systemTool":{"name":"nova_code_interpreter"}}]}}""");

    private static readonly Probe Calls = ToolProbes.Two with { Say = new Dictionary<string, string>(ToolProbes.Two.Say) { ["completions"] = "{}" } };

    public static IReadOnlyList<AnswerProbe> All { get; } =
    [
        .. Words(),
        .. Tools(),
        .. Endings(),
        .. Costs(),
    ];

    private static IEnumerable<AnswerProbe> Words() =>
    [
        Of("text", "\"(content|text)\":\"Word\\.|\"delta\":\"Word\\.", chat: new(Text["chat"]), responses: new(Text["responses"]), messages: new(Text["messages"]), gemini: new(Text["gemini"]), converse: new(Text["bedrock-converse"])),
        Of("refusal, in words", "", chat: new("\"content\":null,\"refusal\":\"I refuse.\""), responses: new("""{"type":"message","id":"msg_1","status":"completed","role":"assistant","content":[{"type":"refusal","refusal":"I refuse."}]}"""),
            messages: new("""{"type":"text","text":"I refuse."}""", "refusal"))
            with { Seen = By(chat: "\"refusal\":\"I refuse\\.", responses: "\"refusal\":\"I refuse\\.|content_filter", messages: "I refuse\\..*\"stop_reason\":\"refusal\"", gemini: "I refuse\\..*\"finishReason\":\"(SAFETY|PROHIBITED_CONTENT)\"", completions: "I refuse\\..*content_filter", converse: "I refuse\\..*\"stopReason\":\"content_filtered\""),
                As = [("I refuse\\..*content_filter", "as text, cut off by a filter"), ("I refuse\\.", "as text")] },
        Of("reasoning, in words", "", chat: new("\"reasoning_content\":\"I ponder.\"," + Text["chat"]), responses: new("""{"type":"reasoning","id":"rs_1","summary":[{"type":"summary_text","text":"I ponder."}]},""" + Text["responses"]),
            messages: new($$"""{"type":"thinking","thinking":"I ponder.","signature":"{{Signature}}"},""" + Text["messages"]), gemini: new("""{"text":"I ponder.","thought":true},""" + Text["gemini"]),
            converse: new($$$$"""{"reasoningContent":{"reasoningText":{"text":"I ponder.","signature":"{{{{Signature}}}}"}}},""" + Text["bedrock-converse"])) with { Seen = By("I ponder"), Asked = Thinks },
        Of("reasoning that the client does not want to see", "^(?!.*I ponder)", chat: new("\"reasoning_content\":\"I ponder.\"," + Text["chat"]), responses: new("""{"type":"reasoning","id":"rs_1","summary":[{"type":"summary_text","text":"I ponder."}]},""" + Text["responses"]),
            messages: new($$"""{"type":"thinking","thinking":"I ponder.","signature":"{{Signature}}"},""" + Text["messages"]), gemini: new("""{"text":"I ponder.","thought":true},""" + Text["gemini"]),
            converse: new($$$$"""{"reasoningContent":{"reasoningText":{"text":"I ponder.","signature":"{{{{Signature}}}}"}}},""" + Text["bedrock-converse"])) with { Asked = Hides, How = "withheld by the gateway" },
        Of("picture", "iVBORw0", chat: new($$$"""
            "content":"Word.","images":[{"type":"image_url","index":0,"image_url":{"url":"data:image/png;base64,{{{Image}}}"}}]
            """), responses: new($$"""{"type":"image_generation_call","id":"ig_1","status":"completed","result":"{{Image}}"},""" + Text["responses"]),
            gemini: new($$$"""{"inlineData":{"mimeType":"image/png","data":"{{{Image}}}"}},""" + Text["gemini"]), converse: new($$$$"""{"image":{"format":"png","source":{"bytes":"{{{{Image}}}}"}}},""" + Text["bedrock-converse"])),
        Of("source on the web (citation)", "example\\.org/page", chat: new("""
            "content":"Word.","annotations":[{"type":"url_citation","url_citation":{"url":"https://example.org/page","title":"Page","start_index":0,"end_index":5}}]
            """), responses: new("""{"type":"message","id":"msg_1","status":"completed","role":"assistant","content":[{"type":"output_text","text":"Word.","annotations":[{"type":"url_citation","url":"https://example.org/page","title":"Page","start_index":0,"end_index":5}]}]}"""),
            messages: new("""{"type":"text","text":"Word.","citations":[{"type":"web_search_result_location","url":"https://example.org/page","title":"Page","encrypted_index":"AA","cited_text":"w"}]}"""),
            gemini: new(Text["gemini"], More: """{"groundingMetadata":{"webSearchQueries":["q"],"groundingChunks":[{"web":{"uri":"https://example.org/page","title":"Page"}}],"groundingSupports":[{"segment":{"startIndex":0,"endIndex":5,"text":"Word."},"groundingChunkIndices":[0]}]}}"""),
            converse: new("""{"citationsContent":{"content":[{"text":"Word."}],"citations":[{"title":"Page","location":{"web":{"url":"https://example.org/page"}}}]}}""")) with { Asked = Searches },
        Of("place in a document (citation)", "\"(cited_text|quote|citedText)\":\"grass\"|file_citation|\"text\":\"grass\".*\"documentChar\"", messages: new("""{"type":"text","text":"Word.","citations":[{"type":"char_location","cited_text":"grass","document_index":0,"document_title":"Doc","start_char_index":0,"end_char_index":5}]}"""),
            converse: new("""{"citationsContent":{"content":[{"text":"Word."}],"citations":[{"title":"Doc","sourceContent":[{"text":"grass"}],"location":{"documentChar":{"documentIndex":0,"start":0,"end":5}}}]}}""")),
    ];

    private static IEnumerable<AnswerProbe> Tools() =>
    [
        Of("tool call", "\"lookup\".*z.{1,7}rich|z.{1,7}rich.*\"lookup\"", chat: new("""
            "content":null,"tool_calls":[{"id":"call_1","type":"function","function":{"name":"lookup","arguments":"{\"q\":\"zürich\"}"}}]
            """, "tool_calls"), responses: new("""{"type":"function_call","id":"fc_1","call_id":"call_1","name":"lookup","arguments":"{\"q\":\"zürich\"}","status":"completed"}"""),
            messages: new("""{"type":"tool_use","id":"toolu_1","name":"lookup","input":{"q":"zürich"}}""", "tool_use"), gemini: new("""{"functionCall":{"name":"lookup","args":{"q":"zürich"}}}"""),
            converse: new("""{"toolUse":{"toolUseId":"tooluse_1","name":"lookup","input":{"q":"zürich"}}}""", "tool_use")) with { Asked = Calls },
        Of("words beside a call", "Looking.*\"lookup\"", chat: new("""
            "content":"Looking.","tool_calls":[{"id":"call_1","type":"function","function":{"name":"lookup","arguments":"{}"}}]
            """, "tool_calls"), responses: new("""{"type":"message","id":"msg_1","status":"completed","role":"assistant","content":[{"type":"output_text","text":"Looking.","annotations":[]}]},{"type":"function_call","id":"fc_1","call_id":"call_1","name":"lookup","arguments":"{}","status":"completed"}"""),
            messages: new("""{"type":"text","text":"Looking."},{"type":"tool_use","id":"toolu_1","name":"lookup","input":{}}""", "tool_use"), gemini: new("""{"text":"Looking."},{"functionCall":{"name":"lookup","args":{}}}"""),
            converse: new("""{"text":"Looking."},{"toolUse":{"toolUseId":"tooluse_1","name":"lookup","input":{}}}""", "tool_use")) with { Asked = Calls },
        Of("use of the hosted web search", "QUERY47", responses: new("""{"type":"web_search_call","id":"ws_1","status":"completed","action":{"type":"search","query":"QUERY47"}},""" + Text["responses"]),
            messages: new("""{"type":"server_tool_use","id":"srvtoolu_1","name":"web_search","input":{"query":"QUERY47"}},{"type":"web_search_tool_result","tool_use_id":"srvtoolu_1","content":[{"type":"web_search_result","url":"https://example.org/found","title":"Found","encrypted_content":"AA","page_age":null}]},""" + Text["messages"]),
            gemini: new(Text["gemini"], More: """{"groundingMetadata":{"webSearchQueries":["QUERY47"],"groundingChunks":[{"web":{"uri":"https://example.org/found","title":"Found"}}]}}""")) with { Asked = Searches },
        Of("pages the search found", "example\\.org/found",
            responses: new("""{"type":"web_search_call","id":"ws_1","status":"completed","action":{"type":"search","query":"QUERY47","sources":[{"type":"url","url":"https://example.org/found"}]}},""" + Text["responses"]),
            messages: new("""{"type":"server_tool_use","id":"srvtoolu_1","name":"web_search","input":{"query":"QUERY47"}},{"type":"web_search_tool_result","tool_use_id":"srvtoolu_1","content":[{"type":"web_search_result","url":"https://example.org/found","title":"Found","encrypted_content":"AA","page_age":null}]},""" + Text["messages"]),
            gemini: new(Text["gemini"], More: """{"groundingMetadata":{"webSearchQueries":["QUERY47"],"groundingChunks":[{"web":{"uri":"https://example.org/found","title":"Found"}}]}}""")) with { Asked = Searches },
        Of("use of hosted code execution", "print\\(42\\)", responses: new("""{"type":"code_interpreter_call","id":"ci_1","status":"completed","container_id":"cntr_1","code":"print(42)","outputs":null},""" + Text["responses"]),
            messages: new("""{"type":"server_tool_use","id":"srvtoolu_1","name":"code_execution","input":{"code":"print(42)"}},{"type":"code_execution_tool_result","tool_use_id":"srvtoolu_1","content":{"type":"code_execution_result","stdout":"42","stderr":"","return_code":0,"content":[]}},""" + Text["messages"]),
            gemini: new("""{"executableCode":{"language":"PYTHON","code":"print(42)"}},{"codeExecutionResult":{"outcome":"OUTCOME_OK","output":"42"}},""" + Text["gemini"])) with { Asked = Runs },
    ];

    private static IEnumerable<AnswerProbe> Endings() =>
    [
        Of("end: output limit", "", chat: new(Text["chat"], "length"), responses: new(Text["responses"], "max_output_tokens"), messages: new(Text["messages"], "max_tokens"), gemini: new(Text["gemini"], "MAX_TOKENS"), converse: new(Text["bedrock-converse"], "max_tokens"))
            with { Seen = By("\"(length|max_output_tokens|max_tokens|MAX_TOKENS)\"") },
        Of("end: stop sequence, and which", "", messages: new(Text["messages"], "stop_sequence", More: """{"stop_sequence":"HALT"}"""), converse: new(Text["bedrock-converse"], "stop_sequence"))
            with { Seen = By("\"stop_sequence\":\"HALT\""), As = [("\"(stop_reason|stopReason)\":\"stop_sequence\"", ""), ("\"(stop|STOP|completed|end_turn)\"", "as a plain end: this protocol has no other")] },
        Of("end: the provider's filter", "", chat: new(Text["chat"], "content_filter"), responses: new(Text["responses"], "content_filter"), messages: new(Text["messages"], "refusal"), gemini: new(Text["gemini"], "SAFETY"), converse: new(Text["bedrock-converse"], "guardrail_intervened"))
            with { Seen = By("content_filter|\"refusal\":\"Word|\"stop_reason\":\"refusal\"|SAFETY|\"type\":\"refusal\"") },
        Of("end: paused, to be gone on with", "", messages: new(Text["messages"], "pause_turn")) with { Seen = By("pause_turn"), As = [("\"(stop|STOP|completed|end_turn)\"", "as a plain end: this protocol has no other")] },
        Of("end: context full", "", messages: new(Text["messages"], "model_context_window_exceeded"), converse: new(Text["bedrock-converse"], "model_context_window_exceeded"))
            with { Seen = By("model_context_window_exceeded"), As = [("\"(length|max_output_tokens|max_tokens|MAX_TOKENS)\"", "as the output limit")] },
    ];

    private static IEnumerable<AnswerProbe> Costs() =>
    [
        Of("tokens in and out", "", chat: new(Text["chat"], Usage: """{"prompt_tokens":1201,"completion_tokens":345,"total_tokens":1546}"""),
            responses: new(Text["responses"], Usage: """{"input_tokens":1201,"input_tokens_details":{"cached_tokens":0},"output_tokens":345,"output_tokens_details":{"reasoning_tokens":0},"total_tokens":1546}"""),
            messages: new(Text["messages"], Usage: """{"input_tokens":1201,"output_tokens":345}"""), gemini: new(Text["gemini"], Usage: """{"promptTokenCount":1201,"candidatesTokenCount":345,"totalTokenCount":1546}"""),
            converse: new(Text["bedrock-converse"], Usage: """{"inputTokens":1201,"outputTokens":345,"totalTokens":1546}""")) with { Seen = By("\\b1201\\b.*\\b345\\b") },
        Of("tokens from the cache", "", chat: new(Text["chat"], Usage: """{"prompt_tokens":1201,"completion_tokens":345,"total_tokens":1546,"prompt_tokens_details":{"cached_tokens":1024}}"""),
            responses: new(Text["responses"], Usage: """{"input_tokens":1201,"input_tokens_details":{"cached_tokens":1024},"output_tokens":345,"output_tokens_details":{"reasoning_tokens":0},"total_tokens":1546}"""),
            messages: new(Text["messages"], Usage: """{"input_tokens":177,"cache_read_input_tokens":1024,"output_tokens":345}"""), gemini: new(Text["gemini"], Usage: """{"promptTokenCount":1201,"cachedContentTokenCount":1024,"candidatesTokenCount":345,"totalTokenCount":1546}"""),
            converse: new(Text["bedrock-converse"], Usage: """{"inputTokens":177,"cacheReadInputTokens":1024,"outputTokens":345,"totalTokens":1546}""")) with { Seen = By("\\b1024\\b", messages: "\"input_tokens\":177\\b.*\\b1024\\b") },
        Of("tokens written to the cache", "", chat: new(Text["chat"], Usage: """{"prompt_tokens":1201,"completion_tokens":345,"total_tokens":1546,"prompt_tokens_details":{"cached_tokens":0,"cache_write_tokens":1024}}"""),
            responses: new(Text["responses"], Usage: """{"input_tokens":1201,"input_tokens_details":{"cached_tokens":0,"cache_write_tokens":1024},"output_tokens":345,"output_tokens_details":{"reasoning_tokens":0},"total_tokens":1546}"""),
            messages: new(Text["messages"], Usage: """{"input_tokens":177,"cache_creation_input_tokens":1024,"output_tokens":345}"""),
            converse: new(Text["bedrock-converse"], Usage: """{"inputTokens":177,"cacheWriteInputTokens":1024,"outputTokens":345,"totalTokens":1546}""")) with { Seen = By("\\b1024\\b"), As = [("\"promptTokenCount\":1201\\b", "within the prompt's tokens: this protocol has no such count")] },
        Of("tokens of reasoning", "", chat: new(Text["chat"], Usage: """{"prompt_tokens":1201,"completion_tokens":345,"total_tokens":1546,"completion_tokens_details":{"reasoning_tokens":256}}"""),
            responses: new(Text["responses"], Usage: """{"input_tokens":1201,"input_tokens_details":{"cached_tokens":0},"output_tokens":345,"output_tokens_details":{"reasoning_tokens":256},"total_tokens":1546}"""),
            gemini: new(Text["gemini"], Usage: """{"promptTokenCount":1201,"candidatesTokenCount":89,"thoughtsTokenCount":256,"totalTokenCount":1546}""")) with { Seen = By("\\b256\\b"), As = [("\"(output_tokens|outputTokens)\":345\\b", "within the answer's tokens: this protocol has no such count")] },
    ];

    private static AnswerProbe Of(string feature, string seen, NativeAnswer? chat = null, NativeAnswer? responses = null, NativeAnswer? messages = null, NativeAnswer? gemini = null, NativeAnswer? converse = null)
    {
        var says = new Dictionary<string, NativeAnswer>();
        if (chat is not null) says["chat"] = chat;
        if (responses is not null) says["responses"] = responses;
        if (messages is not null) says["messages"] = messages;
        if (gemini is not null) says["gemini"] = gemini;
        if (converse is not null) says["bedrock-converse"] = converse;
        return new AnswerProbe(feature, says, By(seen));
    }

    private static Dictionary<string, string> By(string all = "", string? chat = null, string? responses = null, string? messages = null, string? gemini = null, string? completions = null, string? converse = null) => new()
    {
        ["*"] = all, ["chat"] = chat ?? all, ["responses"] = responses ?? all, ["messages"] = messages ?? all, ["gemini"] = gemini ?? all, ["completions"] = completions ?? all, ["converse"] = converse ?? all, ["invoke"] = messages ?? all,
    };
}
