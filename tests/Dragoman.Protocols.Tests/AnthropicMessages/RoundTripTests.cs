using System.Text.Json.Nodes;

namespace Dragoman.Protocols.Tests.AnthropicMessages;

/// <summary>What an Anthropic client sends reaches an Anthropic upstream whole.</summary>
public sealed class RoundTripTests
{
    public static TheoryData<string> Blocks => new()
    {
        """{"type":"text","text":"a\u00e9\n\"b\"","cache_control":{"type":"ephemeral","ttl":"1h"}}""",
        """{"type":"text","text":"x","cache_control":{"type":"ephemeral","scope":"global"}}""",
        """{"type":"image","source":{"type":"base64","media_type":"image/png","data":"iVBORw0KGgo="}}""",
        """{"type":"image","source":{"type":"url","url":"https://a.b/c.png"}}""",
        """{"type":"image","source":{"type":"file","file_id":"file_1"}}""",
        """{"type":"document","source":{"type":"base64","media_type":"application/pdf","data":"JVBERi0="},"title":"T","context":"C","citations":{"enabled":true},"cache_control":{"type":"ephemeral"}}""",
        """{"type":"document","source":{"type":"text","media_type":"text/plain","data":"words"}}""",
        """{"type":"document","source":{"type":"content","content":[{"type":"text","text":"one"}]},"title":"T"}""",
        """{"type":"document","source":{"type":"url","url":"https://a.b/c.pdf"}}""",
        """{"type":"search_result","source":"https://a","title":"A","content":[{"type":"text","text":"one"}],"citations":{"enabled":true}}""",
        """{"type":"container_upload","file_id":"file_2"}""",
        """{"type":"something_new","payload":{"b":1,"a":[2]}}""",
    };

    public static TheoryData<string> AssistantBlocks => new()
    {
        """{"type":"thinking","thinking":"hm","signature":"EqQBCkgIARABGAIiQ"}""",
        """{"type":"redacted_thinking","data":"EmwKAhgBEgy3va3pzix"}""",
        """{"type":"server_tool_use","id":"srvtoolu_1","name":"web_search","input":{"query":"q"}}""",
        """{"type":"web_search_tool_result","tool_use_id":"srvtoolu_1","content":[{"type":"web_search_result","url":"https://a","title":"A","encrypted_content":"Eu","page_age":null}]}""",
        """{"type":"code_execution_tool_result","tool_use_id":"srvtoolu_2","content":{"type":"code_execution_result","stdout":"1","stderr":"","return_code":0,"content":[]}}""",
        """{"type":"mcp_tool_use","id":"mcptoolu_1","name":"n","server_name":"s","input":{}}""",
        """{"type":"text","text":"said","citations":[{"type":"char_location","cited_text":"c","document_index":0,"document_title":null,"start_char_index":0,"end_char_index":1}]}""",
        """{"type":"compaction","content":"summary"}""",
    };

    [Theory]
    [MemberData(nameof(Blocks))]
    public void Blocks_of_the_user(string block)
        => Body($$"""{"role":"user","content":[{{block}}]}""")["messages"]![0]!["content"]![0].Json().ShouldBe(JsonNode.Parse(block).Json());

    [Theory]
    [MemberData(nameof(AssistantBlocks))]
    public void Blocks_of_the_assistant(string block)
        => Body($$"""{"role":"user","content":"q"},{"role":"assistant","content":[{{block}},{"type":"text","text":"end"}]},{"role":"user","content":"go on"}""")
            ["messages"]![1]!["content"]![0].Json().ShouldBe(JsonNode.Parse(block).Json());

    [Fact]
    public void Calls_and_results()
    {
        const string Turns = """
            {"role":"user","content":[{"type":"text","text":"q"}]},
            {"role":"assistant","content":[{"type":"tool_use","id":"toolu_1","name":"f","input":{"b":1.50,"a":"\u00e9"},"caller":{"type":"direct"}},{"type":"tool_use","id":"toolu_2","name":"g","input":{}}]},
            {"role":"user","content":[{"type":"tool_result","tool_use_id":"toolu_2","content":[{"type":"text","text":"r"},{"type":"tool_reference","tool_name":"h"}],"is_error":true},{"type":"tool_result","tool_use_id":"toolu_1"},{"type":"text","text":"and","cache_control":{"type":"ephemeral"}}]},
            {"role":"system","content":[{"type":"text","text":"mind"}]}
            """;
        Body(Turns)["messages"].Json().ShouldBe(JsonNode.Parse($"[{Turns}]").Json());
    }

    [Fact]
    public void Options()
    {
        const string Options = """
            "system":[{"type":"text","text":"s","cache_control":{"type":"ephemeral"}}],
            "temperature":0.5,"top_k":3,"stop_sequences":["x"],"metadata":{"user_id":"u","other":1},"service_tier":"standard_only",
            "tool_choice":{"type":"auto","disable_parallel_tool_use":true},
            "tools":[{"name":"f","description":"d","input_schema":{"type":"object","properties":{"z":{},"a":{}}},"strict":true,"input_examples":[{"z":1}],"defer_loading":true,"eager_input_streaming":true,"cache_control":{"type":"ephemeral"}},{"type":"web_search_20260209","name":"web_search","max_uses":2},{"type":"mcp_toolset","mcp_server_name":"s"}],
            "output_config":{"format":{"type":"json_schema","schema":{"type":"object","properties":{"a":{"type":"string"}},"additionalProperties":false}},"task_budget":{"type":"tokens","total":5}},
            "container":"c","context_management":{"edits":[{"type":"clear_thinking_20251015","keep":"all"}]},"mcp_servers":[{"type":"url","url":"https://m"}],"speed":"fast","inference_geo":"us","never_seen":{"x":1},
            "cache_control":{"type":"ephemeral","ttl":"5m"}
            """;
        var exchange = Messages.Exchange($$"""{"model":"m","max_tokens":7,"stream":true,{{Options}},"betas":["a-1"],"messages":[{"role":"user","content":"hi"}]}""");
        var written = exchange.Written();
        foreach (var (name, value) in JsonNode.Parse($"{{{Options}}}")!.AsObject()) written[name].Json().ShouldBe(value.Json(), name);
        written["max_tokens"].Json().ShouldBe("7");
        written["stream"].Json().ShouldBe("true");
        written["model"].Json().ShouldBe("\"claude-sonnet-4-5\"");
        written["betas"].ShouldBeNull();
        Dragoman.Protocols.AnthropicMessages.Upstream.AnthropicUpstream.BetasOf(exchange).ShouldBe(["a-1"]);
        exchange.Losses.Items.ShouldBeEmpty();
    }

    [Fact]
    public void Hints_are_exactly_the_clients_own()
    {
        var written = Messages.Exchange("""{"model":"m","max_tokens":7,"system":"s","tools":[{"name":"f","input_schema":{"type":"object"}}],"messages":[{"role":"user","content":"hi"}]}""").Written();
        written.Json().ShouldNotContain("cache_control");
    }

    private static JsonNode Body(string turns)
        => Messages.Exchange($$"""{"model":"m","max_tokens":7,"messages":[{{turns}}]}""").Written();
}
