namespace Dragoman.Server.Tests.Conformance.Fidelity;

/// <summary>Tools: declared, chosen, called, answered.</summary>
internal static class ToolProbes
{
    private const string Image = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
    private const string Schema = """{"type":"object","properties":{"zebra":{"type":"string"}},"required":["zebra"],"additionalProperties":false}""";

    /// <summary>Two functions, for whoever chooses among them.</summary>
    public static Probe Two { get; } = Probe.Of("two functions", "lookup",
        chat: """{"tools":[{"type":"function","function":{"name":"lookup","parameters":{"type":"object","properties":{"q":{"type":"string"}}}}},{"type":"function","function":{"name":"other","parameters":{"type":"object","properties":{"q":{"type":"string"}}}}}]}""",
        responses: """{"tools":[{"type":"function","name":"lookup","strict":false,"parameters":{"type":"object","properties":{"q":{"type":"string"}}}},{"type":"function","name":"other","strict":false,"parameters":{"type":"object","properties":{"q":{"type":"string"}}}}]}""",
        messages: """{"tools":[{"name":"lookup","input_schema":{"type":"object","properties":{"q":{"type":"string"}}}},{"name":"other","input_schema":{"type":"object","properties":{"q":{"type":"string"}}}}]}""",
        gemini: """{"tools":[{"functionDeclarations":[{"name":"lookup","parametersJsonSchema":{"type":"object","properties":{"q":{"type":"string"}}}},{"name":"other","parametersJsonSchema":{"type":"object","properties":{"q":{"type":"string"}}}}]}]}""",
            converse: """{"toolConfig":{"tools":[{"toolSpec":{"name":"lookup","inputSchema":{"json":{"type":"object","properties":{"q":{"type":"string"}}}}}},{"toolSpec":{"name":"other","inputSchema":{"json":{"type":"object","properties":{"q":{"type":"string"}}}}}}]}}""");

    public static IReadOnlyList<Probe> All { get; } =
    [
        Probe.Of("function", "\"lookup\".*zebra|zebra.*\"lookup\"", chat: $$$$$"""{"tools":[{"type":"function","function":{"name":"lookup","description":"d","parameters":{{{{{Schema}}}}}}}]}""",
            responses: $$$$"""{"tools":[{"type":"function","name":"lookup","description":"d","strict":false,"parameters":{{{{Schema}}}}}]}""",
            messages: $$$$"""{"tools":[{"name":"lookup","description":"d","input_schema":{{{{Schema}}}}}]}""", gemini: $$$$"""{"tools":[{"functionDeclarations":[{"name":"lookup","description":"d","parametersJsonSchema":{{{{Schema}}}}}]}]}""",
            converse: $$$$$$$$"""{"toolConfig":{"tools":[{"toolSpec":{"name":"lookup","description":"d","inputSchema":{"json":{{{{{{{{Schema}}}}}}}}}}}]}}"""),
        Probe.Of("strict function", "\"strict\":true", chat: $$$$$"""{"tools":[{"type":"function","function":{"name":"lookup","strict":true,"parameters":{{{{{Schema}}}}}}}]}""",
            responses: $$$$"""{"tools":[{"type":"function","name":"lookup","strict":true,"parameters":{{{{Schema}}}}}]}""", messages: $$$$"""{"tools":[{"name":"lookup","strict":true,"input_schema":{{{{Schema}}}}}]}""",
            converse: $$$$$$$$"""{"toolConfig":{"tools":[{"toolSpec":{"name":"lookup","strict":true,"inputSchema":{"json":{{{{{{{{Schema}}}}}}}}}}}]}}"""),
        Probe.Of("free-text tool", "\"type\":\"custom\"", chat: """{"tools":[{"type":"custom","custom":{"name":"patch","description":"d"}}]}""", responses: """{"tools":[{"type":"custom","name":"patch","description":"d"}]}""")
            with { As = [("\"patch\".*\"input\"", "as a function of one text, unwrapped on the way back")] },
        Probe.Of("free-text tool with a grammar", "LARKRULES", chat: """{"tools":[{"type":"custom","custom":{"name":"patch","format":{"type":"grammar","grammar":{"syntax":"lark","definition":"start: LARKRULES"}}}}]}""",
            responses: """{"tools":[{"type":"custom","name":"patch","format":{"type":"grammar","syntax":"lark","definition":"start: LARKRULES"}}]}"""),
        Probe.Of("hosted web search", "web_search|google_?[sS]earch|nova_grounding", chat: """{"web_search_options":{}}""", responses: """{"tools":[{"type":"web_search"}]}""",
            messages: """{"tools":[{"type":"web_search_20250305","name":"web_search"}]}""", gemini: """{"tools":[{"googleSearch":{}}]}""",
            converse: """{"toolConfig":{"tools":[{"systemTool":{"name":"nova_grounding"}}]}}"""),
        Probe.Of("web search: only these domains", "docs\\.example", responses: """{"tools":[{"type":"web_search","filters":{"allowed_domains":["docs.example"]}}]}""",
            messages: """{"tools":[{"type":"web_search_20250305","name":"web_search","allowed_domains":["docs.example"]}]}"""),
        Probe.Of("web search: never these domains", "docs\\.example", messages: """{"tools":[{"type":"web_search_20250305","name":"web_search","blocked_domains":["docs.example"]}]}""",
            gemini: """{"tools":[{"googleSearch":{"excludeDomains":["docs.example"]}}]}"""),
        Probe.Of("web search: at most N times", "\"(max_uses|max_tool_calls)\":3", messages: """{"tools":[{"type":"web_search_20250305","name":"web_search","max_uses":3}]}"""),
        Probe.Of("web search: where the user is", "Zürich|Z\\\\u00[fF][cC]rich", chat: """{"web_search_options":{"user_location":{"type":"approximate","approximate":{"city":"Zürich"}}}}""",
            responses: """{"tools":[{"type":"web_search","user_location":{"type":"approximate","city":"Zürich"}}]}""",
            messages: """{"tools":[{"type":"web_search_20250305","name":"web_search","user_location":{"type":"approximate","city":"Zürich"}}]}"""),
        Probe.Of("hosted code execution", "code_interpreter|code_?[eE]xecution", responses: """{"tools":[{"type":"code_interpreter","container":{"type":"auto"}}]}""",
            messages: """{"tools":[{"type":"code_execution_20250522","name":"code_execution"}]}""", gemini: """{"tools":[{"codeExecution":{}}]}""",
            converse: """{"toolConfig":{"tools":[{"systemTool":{"name":"nova_code_interpreter"}}]}}"""),
        Probe.Of("hosted reading of web pages", "web_fetch|url_?[cC]ontext", messages: """{"tools":[{"type":"web_fetch_20250910","name":"web_fetch"}]}""", gemini: """{"tools":[{"urlContext":{}}]}"""),
        Probe.Of("hosted search in files", "file_search", responses: """{"tools":[{"type":"file_search","vector_store_ids":["vs_1"]}]}"""),
        Probe.Of("drawing tool", "image_generation", responses: """{"tools":[{"type":"image_generation"}]}"""),
        Probe.Of("remote MCP server", "mcp\\.example", responses: """{"tools":[{"type":"mcp","server_label":"s","server_url":"https://mcp.example/sse","require_approval":"never"}]}""",
            messages: """{"mcp_servers":[{"type":"url","url":"https://mcp.example/sse","name":"s"}]}""", invoke: """{"anthropic_beta":["mcp-client-2025-11-20"],"mcp_servers":[{"type":"url","url":"https://mcp.example/sse","name":"s"}]}"""),
        Probe.Of("choice: some tool", "\"(required|any|ANY)\"", chat: """{"tool_choice":"required"}""", responses: """{"tool_choice":"required"}""", messages: """{"tool_choice":{"type":"any"}}""",
            gemini: """{"toolConfig":{"functionCallingConfig":{"mode":"ANY"}}}""",
            converse: """{"toolConfig":{"toolChoice":{"any":{}}}}""") with { Over = Two, As = [("\"any\":\\{\\}", "")] },
        Probe.Of("choice: this tool", "\"(tool_choice|toolChoice|allowedFunctionNames)\":[^]]*?\"lookup\"", chat: """{"tool_choice":{"type":"function","function":{"name":"lookup"}}}""", responses: """{"tool_choice":{"type":"function","name":"lookup"}}""",
            messages: """{"tool_choice":{"type":"tool","name":"lookup"}}""", gemini: """{"toolConfig":{"functionCallingConfig":{"mode":"ANY","allowedFunctionNames":["lookup"]}}}""",
            converse: """{"toolConfig":{"toolChoice":{"tool":{"name":"lookup"}}}}""") with { Over = Two },
        Probe.Of("choice: no tool", "\"none\"|\"NONE\"", chat: """{"tool_choice":"none"}""", responses: """{"tool_choice":"none"}""", messages: """{"tool_choice":{"type":"none"}}""",
            gemini: """{"toolConfig":{"functionCallingConfig":{"mode":"NONE"}}}""") with { Over = Two, As = [("^(?!.*toolConfig)", "by declaring none")] },
        Probe.Of("choice: among these tools", "allowed_tools|allowedFunctionNames", chat: """{"tool_choice":{"type":"allowed_tools","allowed_tools":{"mode":"required","tools":[{"type":"function","function":{"name":"lookup"}}]}}}""",
            responses: """{"tool_choice":{"type":"allowed_tools","mode":"required","tools":[{"type":"function","name":"lookup"}]}}""",
            gemini: """{"toolConfig":{"functionCallingConfig":{"mode":"VALIDATED","allowedFunctionNames":["lookup"]}}}""") with { Over = Two, As = [("^(?!.*\"other\").*\"lookup\"", "by declaring only these")] },
        Probe.Of("one call at a time", "\"parallel_tool_calls\":false|\"disable_parallel_tool_use\":true", chat: """{"parallel_tool_calls":false}""", responses: """{"parallel_tool_calls":false}""",
            messages: """{"tool_choice":{"type":"auto","disable_parallel_tool_use":true}}""") with { Over = Two },
        Probe.Of("result", "RESULT-1", chat: """{"messages":[{"role":"user","content":"a"},{"role":"assistant","content":null,"tool_calls":[{"id":"c1","type":"function","function":{"name":"lookup","arguments":"{\"q\":\"x\"}"}}]},{"role":"tool","tool_call_id":"c1","content":"RESULT-1"}]}""",
            responses: """{"input":[{"role":"user","content":"a"},{"type":"function_call","call_id":"c1","name":"lookup","arguments":"{\"q\":\"x\"}"},{"type":"function_call_output","call_id":"c1","output":"RESULT-1"}]}""",
            messages: """{"messages":[{"role":"user","content":"a"},{"role":"assistant","content":[{"type":"tool_use","id":"toolu_1","name":"lookup","input":{"q":"x"}}]},{"role":"user","content":[{"type":"tool_result","tool_use_id":"toolu_1","content":"RESULT-1"}]}]}""",
            gemini: """{"contents":[{"role":"user","parts":[{"text":"a"}]},{"role":"model","parts":[{"functionCall":{"name":"lookup","args":{"q":"x"}}}]},{"role":"user","parts":[{"functionResponse":{"name":"lookup","response":{"output":"RESULT-1"}}}]}]}""",
            converse: """{"messages":[{"role":"user","content":[{"text":"a"}]},{"role":"assistant","content":[{"toolUse":{"toolUseId":"tooluse_1","name":"lookup","input":{"q":"x"}}}]},{"role":"user","content":[{"toolResult":{"toolUseId":"tooluse_1","content":[{"text":"RESULT-1"}]}}]}]}""") with { Over = Two },
        Probe.Of("result of a free-text tool", "RESULT-2", chat: """{"tools":[{"type":"custom","custom":{"name":"patch"}}],"messages":[{"role":"user","content":"a"},{"role":"assistant","content":null,"tool_calls":[{"id":"c1","type":"custom","custom":{"name":"patch","input":"TEXT"}}]},{"role":"tool","tool_call_id":"c1","content":"RESULT-2"}]}""",
            responses: """{"tools":[{"type":"custom","name":"patch"}],"input":[{"role":"user","content":"a"},{"type":"custom_tool_call","call_id":"c1","name":"patch","input":"TEXT"},{"type":"custom_tool_call_output","call_id":"c1","output":"RESULT-2"}]}"""),
        Probe.Of("result with a picture", "iVBORw0", responses: $$"""{"input":[{"role":"user","content":"a"},{"type":"function_call","call_id":"c1","name":"lookup","arguments":"{}"},{"type":"function_call_output","call_id":"c1","output":[{"type":"input_text","text":"t"},{"type":"input_image","image_url":"data:image/png;base64,{{Image}}"}]}]}""",
            messages: $$$"""{"messages":[{"role":"user","content":"a"},{"role":"assistant","content":[{"type":"tool_use","id":"toolu_1","name":"lookup","input":{}}]},{"role":"user","content":[{"type":"tool_result","tool_use_id":"toolu_1","content":[{"type":"text","text":"t"},{"type":"image","source":{"type":"base64","media_type":"image/png","data":"{{{Image}}}"}}]}]}]}""",
            gemini: $$$$"""{"contents":[{"role":"user","parts":[{"text":"a"}]},{"role":"model","parts":[{"functionCall":{"name":"lookup","args":{}}}]},{"role":"user","parts":[{"functionResponse":{"name":"lookup","response":{"output":"t"},"parts":[{"inlineData":{"mimeType":"image/png","data":"{{{{Image}}}}"}}]}}]}]}""",
            converse: $$$$$"""{"messages":[{"role":"user","content":[{"text":"a"}]},{"role":"assistant","content":[{"toolUse":{"toolUseId":"tooluse_1","name":"lookup","input":{"q":"x"}}}]},{"role":"user","content":[{"toolResult":{"toolUseId":"tooluse_1","content":[{"text":"t"},{"image":{"format":"png","source":{"bytes":"{{{{{Image}}}}}"}}}]}}]}]}""") with { Over = Two, Model = "r" },
        Probe.Of("result that is an error", "\"is_error\":true|\"status\":\"error\"|\"response\":\\{\"error\"", messages: """{"messages":[{"role":"user","content":"a"},{"role":"assistant","content":[{"type":"tool_use","id":"toolu_1","name":"lookup","input":{}}]},{"role":"user","content":[{"type":"tool_result","tool_use_id":"toolu_1","is_error":true,"content":"no such thing"}]}]}""",
            gemini: """{"contents":[{"role":"user","parts":[{"text":"a"}]},{"role":"model","parts":[{"functionCall":{"name":"lookup","args":{}}}]},{"role":"user","parts":[{"functionResponse":{"name":"lookup","response":{"error":"no such thing"}}}]}]}""",
            converse: """{"messages":[{"role":"user","content":[{"text":"a"}]},{"role":"assistant","content":[{"toolUse":{"toolUseId":"tooluse_1","name":"lookup","input":{"q":"x"}}}]},{"role":"user","content":[{"toolResult":{"toolUseId":"tooluse_1","status":"error","content":[{"text":"no such thing"}]}}]}]}""") with { Over = Two },
        Probe.Of("result that is an object", "\\\\?\"degrees\\\\?\":\\s*21", gemini: """{"contents":[{"role":"user","parts":[{"text":"a"}]},{"role":"model","parts":[{"functionCall":{"name":"lookup","args":{}}}]},{"role":"user","parts":[{"functionResponse":{"name":"lookup","response":{"degrees":21}}}]}]}""",
            converse: """{"messages":[{"role":"user","content":[{"text":"a"}]},{"role":"assistant","content":[{"toolUse":{"toolUseId":"tooluse_1","name":"lookup","input":{"q":"x"}}}]},{"role":"user","content":[{"toolResult":{"toolUseId":"tooluse_1","content":[{"json":{"degrees":21}}]}}]}]}""") with { Over = Two },
    ];
}
