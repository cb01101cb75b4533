using System.Text.Json;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Registry;
using Dragoman.Protocols.Tests.Support;
using Shouldly;
using Xunit;

namespace Dragoman.Protocols.Tests.Conversation;

/// <summary>Tools that a client defers and finds by a search: Claude Code's and Codex's ways, and what upstreams get of them that know neither.</summary>
public sealed class DeferredToolsTests
{
    private const string Search = """{"name":"ToolSearch","description":"finds","input_schema":{"type":"object","properties":{"query":{"type":"string"}}}}""";

    private const string Codex = """
        {"model":"m","input":[{"type":"message","role":"user","content":"find"},
        {"type":"tool_search_call","id":"tsc_1","call_id":"call_s","execution":"client","status":"completed","arguments":{"query":"calendar","limit":8}},
        {"type":"tool_search_output","call_id":"call_s","execution":"client","status":"completed","tools":[{"type":"namespace","name":"cal","description":"d","tools":[{"type":"function","name":"list_events","description":"lists","parameters":{"type":"object","properties":{"day":{"type":"string"}}},"defer_loading":true}]}]},
        {"type":"function_call","call_id":"call_1","name":"list_events","namespace":"cal","arguments":"{\"day\":\"today\"}"},
        {"type":"function_call_output","call_id":"call_1","output":"none"},{"type":"message","role":"user","content":"and tomorrow?"}],
        "tools":[{"type":"tool_search","execution":"client","description":"search","parameters":{"type":"object","properties":{"query":{"type":"string"}}}},{"type":"function","name":"sh","parameters":{"type":"object","properties":{}}}]}
        """;

    private static string Claude(string turns, string search = Search)
        => """{"model":"m","max_tokens":99,"messages":[{"role":"user","content":"go"}""" + turns + """],"tools":[""" + (search.Length > 0 ? search + "," : "")
            + """{"name":"cal_list","description":"l","input_schema":{"type":"object","properties":{}},"defer_loading":true},{"name":"Read","description":"r","input_schema":{"type":"object","properties":{}}},{"name":"mail_send","description":"m","input_schema":{"type":"object","properties":{}},"defer_loading":true},{"name":"cal_add","description":"a","input_schema":{"type":"object","properties":{}},"defer_loading":true}]}""";

    private static string Found(string id, params string[] names)
        => """,{"role":"assistant","content":[{"type":"tool_use","id":"ID","name":"ToolSearch","input":{"query":"q"}}]},{"role":"user","content":[{"type":"tool_result","tool_use_id":"ID","content":[""".Replace("ID", id, StringComparison.Ordinal)
            + string.Join(',', names.Select(name => "{\"type\":\"tool_reference\",\"tool_name\":\"" + name + "\"}")) + "]}]}";

    private static string Names(JsonElement body) => string.Join(' ', Declarations(body).Select(NameOf));

    private static IEnumerable<JsonElement> Declarations(JsonElement body)
    {
        if (body.TryGetProperty("conversationState", out var state))
        {
            return state.GetProperty("currentMessage").GetProperty("userInputMessage").GetProperty("userInputMessageContext").GetProperty("tools").EnumerateArray()
                .Select(tool => tool.GetProperty("toolSpecification"));
        }

        if (body.TryGetProperty("toolConfig", out var converse) && converse.TryGetProperty("tools", out var specs)) return specs.EnumerateArray().Select(tool => tool.GetProperty("toolSpec"));
        var tools = body.GetProperty("tools").EnumerateArray();
        return tools.SelectMany(tool => tool.TryGetProperty("functionDeclarations", out var gemini) ? gemini.EnumerateArray() : Enumerable.Repeat(tool, 1));
    }

    private static string NameOf(JsonElement tool)
        => tool.TryGetProperty("function", out var nested) ? nested.GetProperty("name").GetString()! : tool.TryGetProperty("name", out var name) ? name.GetString()! : tool.GetProperty("type").GetString()!;

    public static TheoryData<Protocol, string> Unknowing => new()
    {
        { Protocol.OpenAiChat, "gpt-4o" },
        { Protocol.Gemini, "gemini-2.5-pro" },
        { Protocol.BedrockConverse, "us.anthropic.claude-sonnet-4-5-20250929-v1:0" },
        { Protocol.BedrockAnthropic, "anthropic.claude-sonnet-4-5" },
        { Protocol.AnthropicMessages, "glm-5" },
        { Protocol.CodeWhisperer, "claude-sonnet-4.5" },
        { Protocol.OpenAiResponses, "gpt-5.2" },
    };

    [Theory]
    [MemberData(nameof(Unknowing))]
    public void Claude_codes_tools_are_declared_from_the_moment_they_are_found(Protocol upstream, string model)
    {
        var none = new Translation(Protocol.AnthropicMessages, Claude(""), upstream, model);
        Names(none.Body).ShouldBe("ToolSearch Read");
        var one = new Translation(Protocol.AnthropicMessages, Claude(Found("t1", "mail_send")), upstream, model);
        Names(one.Body).ShouldBe("ToolSearch Read mail_send");
        one.Body.GetRawText().ShouldContain("These tools are loaded and can be called now: mail_send.");
        one.Body.GetRawText().ShouldNotContain("tool_reference");
        one.Body.GetRawText().ShouldNotContain("defer_loading");
        var two = new Translation(Protocol.AnthropicMessages, Claude(Found("t1", "mail_send") + Found("t2", "cal_list", "gone")), upstream, model);
        Names(two.Body).ShouldBe("ToolSearch Read mail_send cal_list");
        two.Body.GetRawText().ShouldContain("These tools are loaded and can be called now: cal_list. These were found but are not available: gone.");
    }

    [Theory]
    [MemberData(nameof(Unknowing))]
    public void Without_a_tool_that_searches_all_are_declared(Protocol upstream, string model)
    {
        var all = new Translation(Protocol.AnthropicMessages, Claude("", search: ""), upstream, model);
        Names(all.Body).ShouldBe("cal_list Read mail_send cal_add");
        all.Exchange.Losses.Items.Where(static loss => loss.Kind == LossKind.Dropped).Select(static loss => loss.Path)
            .ShouldBe(["tools[0].defer_loading", "tools[2].defer_loading", "tools[3].defer_loading"], ignoreOrder: true);
        // Anthropic's own search runs nowhere else.
        var hosted = Claude("", search: """{"type":"tool_search_tool_regex_20251119","name":"tool_search_tool_regex"}""");
        Names(new Translation(Protocol.AnthropicMessages, hosted, upstream, model).Body).Replace("tool_search_tool_regex ", "", StringComparison.Ordinal).ShouldBe("cal_list Read mail_send cal_add");
    }

    [Fact]
    public void Claude_itself_gets_what_its_client_said()
    {
        var sent = new Translation(Protocol.AnthropicMessages, Claude(Found("t1", "mail_send")), Protocol.AnthropicMessages, "claude-sonnet-4-5");
        Names(sent.Body).ShouldBe("ToolSearch cal_list Read mail_send cal_add");
        sent["messages"].ShouldContain("""{"type":"tool_reference","tool_name":"mail_send"}""");
        sent["tools"].ShouldContain("\"defer_loading\":true");
    }

    [Fact]
    public void A_search_that_found_nothing_says_so_and_a_made_call_counts_as_found()
    {
        var nothing = new Translation(Protocol.AnthropicMessages, Claude(Found("t1")), Protocol.OpenAiChat, "gpt-4o");
        nothing["messages"].ShouldContain("\"content\":\"No tools were found.\"");
        var called = Claude(""",{"role":"assistant","content":[{"type":"tool_use","id":"t9","name":"cal_add","input":{}}]},{"role":"user","content":[{"type":"tool_result","tool_use_id":"t9","content":"ok"}]}""");
        Names(new Translation(Protocol.AnthropicMessages, called, Protocol.OpenAiChat, "gpt-4o").Body).ShouldBe("ToolSearch Read cal_add");
    }

    [Theory]
    [InlineData(Protocol.OpenAiChat, "gpt-4o")]
    [InlineData(Protocol.Gemini, "gemini-2.5-pro")]
    [InlineData(Protocol.BedrockConverse, "us.anthropic.claude-sonnet-4-5-20250929-v1:0")]
    [InlineData(Protocol.AnthropicMessages, "glm-5")]
    [InlineData(Protocol.OpenAiResponses, "gpt-5.2")]
    public void Codexs_found_tools_are_declared_under_their_flat_names(Protocol upstream, string model)
    {
        var sent = new Translation(Protocol.OpenAiResponses, Codex, upstream, model);
        Names(sent.Body).ShouldBe("tool_search sh cal__list_events");
        var text = sent.Body.GetRawText();
        text.ShouldContain("These tools are loaded and can be called now: cal__list_events.");
        text.ShouldNotContain("tool_search_output");
        text.ShouldContain("calendar");
        text.ShouldNotContain("defer_loading");
        text.ShouldNotContain("[]}");
    }

    [Fact]
    public void Codex_at_a_model_that_knows_deferring_gets_its_items_back()
    {
        var sent = new Translation(Protocol.OpenAiResponses, Codex, Protocol.OpenAiResponses, "gpt-5.4");
        Names(sent.Body).ShouldBe("tool_search sh");
        sent["input"].ShouldContain("\"type\":\"tool_search_output\"");
        sent["input"].ShouldContain("\"name\":\"list_events\",\"namespace\":\"cal\"");
    }

    [Fact]
    public void Claude_code_at_a_model_that_knows_deferring_searches_in_its_words()
    {
        var before = new Translation(Protocol.AnthropicMessages, Claude(Found("t1", "mail_send")), Protocol.OpenAiResponses, "gpt-5.4");
        Names(before.Body).ShouldBe("tool_search Read");
        before["input"].ShouldContain("""{"type":"tool_search_call","call_id":"t1","execution":"client","status":"completed","arguments":{"query":"q"}},{"type":"tool_search_output","call_id":"t1","execution":"client","status":"completed","tools":[{"type":"function","name":"mail_send",""");
        before["input"].ShouldContain("\"defer_loading\":true}]}");
        var after = new Translation(Protocol.AnthropicMessages, Claude(Found("t1", "mail_send") + Found("t2", "cal_list")), Protocol.OpenAiResponses, "gpt-5.4");
        after["tools"].ShouldBe(before["tools"]);
        after["input"].ShouldStartWith(before["input"][..^1]);
        const string Item = """{"type":"response.output_item.done","output_index":0,"item":{"type":"tool_search_call","id":"tsc_1","call_id":"c9","execution":"client","status":"completed","arguments":{"query":"mail"}}}""";
        var text = Replay.Translate(ProtocolRegistry.Upstream(Protocol.OpenAiResponses), ProtocolRegistry.Client(Protocol.AnthropicMessages), after.Exchange,
            Replay.SseOf(Item + "\n" + """{"type":"response.completed","response":{"id":"resp_1","status":"completed","output":[]}}"""));
        text.ShouldContain("\"type\":\"tool_use\",\"id\":\"c9\",\"name\":\"ToolSearch\"");
        text.ShouldContain("{\\\"query\\\":\\\"mail\\\"}");
    }

    [Fact]
    public void A_search_that_was_interrupted_is_answered_in_its_own_form()
    {
        const string body = """
            {"model":"m","input":[{"type":"message","role":"user","content":"find"},{"type":"tool_search_call","call_id":"call_s","execution":"client","status":"completed","arguments":{"query":"q"}},
            {"type":"message","role":"user","content":"never mind"}],"tools":[{"type":"tool_search","execution":"client"}]}
            """;
        new Translation(Protocol.OpenAiResponses, body, Protocol.OpenAiResponses, "gpt-5.4")["input"].ShouldContain("""{"type":"tool_search_output","call_id":"call_s","execution":"client","status":"completed","tools":[]}""");
    }

    [Fact]
    public void Codex_at_claude_becomes_claudes_own_deferring()
    {
        var sent = new Translation(Protocol.OpenAiResponses, Codex, Protocol.AnthropicMessages, "claude-sonnet-4-5");
        Names(sent.Body).ShouldBe("tool_search sh cal__list_events");
        Declarations(sent.Body).Last().GetProperty("defer_loading").GetBoolean().ShouldBeTrue();
        Declarations(sent.Body).Last().TryGetProperty("cache_control", out _).ShouldBeFalse();
        sent["messages"].ShouldContain("""{"type":"tool_result","tool_use_id":"call_s","content":[{"type":"tool_reference","tool_name":"cal__list_events"}]""");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Calls_of_the_search_and_of_found_tools_come_back_as_codexs_items(bool whole)
    {
        var exchange = new Translation(Protocol.OpenAiResponses, Codex, Protocol.OpenAiChat, "gpt-4o").Exchange;
        const string Chunks = """
            {"id":"x","choices":[{"index":0,"delta":{"role":"assistant","tool_calls":[{"index":0,"id":"c1","type":"function","function":{"name":"tool_search","arguments":"{\"query\":\"mail\"}"}}]}}]}
            {"id":"x","choices":[{"index":0,"delta":{"tool_calls":[{"index":1,"id":"c2","type":"function","function":{"name":"cal__list_events","arguments":"{\"day\":\"x\"}"}}]}}]}
            {"id":"x","choices":[{"index":0,"delta":{},"finish_reason":"tool_calls"}]}
            """;
        string text;
        if (whole)
        {
            var folder = new AnswerAggregator(borrow: false);
            Replay.Stream(ProtocolRegistry.Upstream(Protocol.OpenAiChat), exchange, folder, Replay.SseOf(Chunks, "[DONE]"));
            var output = new System.Buffers.ArrayBufferWriter<byte>();
            ProtocolRegistry.Client(Protocol.OpenAiResponses).WriteAnswer(folder.Answer, exchange, output);
            text = System.Text.Encoding.UTF8.GetString(output.WrittenSpan);
        }
        else
        {
            text = Replay.Translate(ProtocolRegistry.Upstream(Protocol.OpenAiChat), ProtocolRegistry.Client(Protocol.OpenAiResponses), exchange, Replay.SseOf(Chunks, "[DONE]"));
        }

        text.ShouldContain("\"type\":\"tool_search_call\"");
        text.ShouldContain("\"call_id\":\"c1\",\"execution\":\"client\",\"arguments\":{\"query\":\"mail\"}");
        text.ShouldContain("\"name\":\"list_events\",\"namespace\":\"cal\"");
    }
}
