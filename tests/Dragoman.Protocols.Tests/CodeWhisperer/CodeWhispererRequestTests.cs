using System.Text;
using System.Text.Json;
using Dragoman.Protocols.CodeWhisperer.Shared;
using Dragoman.Protocols.CodeWhisperer.Upstream;
using Dragoman.Protocols.Conversation;
using static Dragoman.Protocols.Tests.CodeWhisperer.CodeWhispererTesting;

namespace Dragoman.Protocols.Tests.CodeWhisperer;

/// <summary>Requests to the service (wire note, B.3 to B.7 and F.2). Every body that <see cref="CodeWhispererTesting.Write"/> gives has passed its structural rules.</summary>
public sealed class CodeWhispererRequestTests
{
    private const string Tools = ""","tools":[{"name":"ls","description":"List.","input_schema":{"type":"object","properties":{"path":{"type":"string"}}}}]""";
    private const string RoundTrip = """
        [{"role":"user","content":"List."},
         {"role":"assistant","content":[{"type":"text","text":"Looking."},{"type":"tool_use","id":"tooluse_a1","name":"ls","input":{"path":"."}}]},
         {"role":"user","content":[{"type":"tool_result","tool_use_id":"tooluse_a1","content":[{"type":"text","text":"a.txt"},{"type":"text","text":"b.txt"}]}]}]
        """;

    [Fact]
    [Trait("check", "kiro U1")]
    public void U1_a_simple_question()
    {
        var body = Write(Chat("""[{"role":"user","content":"hi"}]""", options: new CodeWhispererOptions { ProfileArn = "arn:aws:codewhisperer:us-east-1:111122223333:profile/EXAMPLE" }));
        body.GetProperty("profileArn").GetString().ShouldBe("arn:aws:codewhisperer:us-east-1:111122223333:profile/EXAMPLE");
        body.Current().GetRawText().ShouldBe("""{"content":"hi","modelId":"claude-sonnet-4.5","origin":"AI_EDITOR"}""");
        body.State().GetProperty("agentTaskType").GetString().ShouldBe("vibe");
        body.History().ShouldBeEmpty();
        body.EnumerateObject().Select(static member => member.Name).ShouldBe(["conversationState", "profileArn"]);
    }

    [Theory]
    [InlineData(CodeWhispererSystemPlacement.Pair)]
    [InlineData(CodeWhispererSystemPlacement.FirstMessage)]
    [Trait("check", "kiro U2")]
    public void U2_the_system_text_stands_once_before_the_user(CodeWhispererSystemPlacement placement)
    {
        var body = Write(Chat("""[{"role":"system","content":"Be brief."},{"role":"user","content":"hi"}]""", options: new CodeWhispererOptions { SystemPlacement = placement }));
        var text = body.GetRawText();
        text.Split("Be brief.").Length.ShouldBe(2);
        if (placement == CodeWhispererSystemPlacement.FirstMessage) body.Current().GetProperty("content").GetString().ShouldBe("Be brief.\n\nhi");
        else body.History()[0].GetProperty("userInputMessage").GetProperty("content").GetString().ShouldBe("Be brief.");
    }

    [Fact]
    [Trait("check", "kiro U3")]
    [Trait("check", "kiro U4")]
    public void U3_U4_neighbours_of_one_role_are_one_message()
    {
        Write(Chat("""[{"role":"user","content":"a"},{"role":"user","content":"b"}]""")).Current().GetProperty("content").GetString().ShouldBe("a\n\nb");
        var body = Write(Chat("""[{"role":"user","content":"a"},{"role":"assistant","content":"b"},{"role":"assistant","content":"c"},{"role":"user","content":"d"}]"""));
        body.History().Count.ShouldBe(2);
        body.History()[1].GetProperty("assistantResponseMessage").GetProperty("content").GetString().ShouldBe("b\n\nc");
    }

    [Fact]
    [Trait("check", "kiro U5")]
    [Trait("check", "kiro U6")]
    public void U5_U6_a_tool_round_trip()
    {
        var body = Write(Messages(RoundTrip, Tools));
        body.History()[^1].GetProperty("assistantResponseMessage").GetRawText()
            .ShouldBe("""{"content":"Looking.","toolUses":[{"toolUseId":"tooluse_a1","name":"ls","input":{"path":"."}}]}""");
        var context = body.Current().GetProperty("userInputMessageContext");
        context.GetProperty("toolResults").GetRawText().ShouldBe("""[{"toolUseId":"tooluse_a1","content":[{"text":"a.txt\nb.txt"}],"status":"success"}]""");
        context.GetProperty("tools").GetRawText()
            .ShouldBe("""[{"toolSpecification":{"name":"ls","description":"List.","inputSchema":{"json":{"type":"object","properties":{"path":{"type":"string"}}}}}}]""");
        var failed = Write(Messages(RoundTrip.Replace("\"tool_use_id\"", "\"is_error\":true,\"tool_use_id\"", StringComparison.Ordinal), Tools));
        failed.Current().GetProperty("userInputMessageContext").GetProperty("toolResults")[0].GetProperty("status").GetString().ShouldBe("error");
    }

    [Fact]
    [Trait("check", "kiro U7")]
    [Trait("check", "kiro U8")]
    [Trait("check", "kiro U9")]
    public void U7_U8_U9_calls_and_results_are_paired()
    {
        var orphan = Write(Messages("""
            [{"role":"user","content":"a"},{"role":"assistant","content":"b"},{"role":"user","content":[{"type":"tool_result","tool_use_id":"nobody","content":"lost and found"}]}]
            """, Tools));
        orphan.Current().GetProperty("content").GetString()!.ShouldContain("lost and found");
        var unanswered = Write(Messages("""
            [{"role":"user","content":"a"},{"role":"assistant","content":[{"type":"tool_use","id":"t1","name":"ls","input":{}}]},{"role":"user","content":"and?"}]
            """, Tools));
        unanswered.Current().GetProperty("userInputMessageContext").GetProperty("toolResults")[0].GetProperty("status").GetString().ShouldBe("error");
        var twice = Write(Messages(RoundTrip.Replace("{\"type\":\"tool_result\"", "{\"type\":\"tool_result\",\"tool_use_id\":\"tooluse_a1\",\"content\":\"x\"},{\"type\":\"tool_result\"", StringComparison.Ordinal), Tools));
        twice.Current().GetProperty("userInputMessageContext").GetProperty("toolResults").GetArrayLength().ShouldBe(1);
    }

    [Fact]
    [Trait("check", "kiro U10")]
    public void U10_a_tool_of_the_history_is_declared()
    {
        var body = Write(Messages(RoundTrip, Tools.Replace("\"ls\"", "\"new\"", StringComparison.Ordinal)));
        body.Current().GetProperty("userInputMessageContext").GetProperty("tools").EnumerateArray()
            .Select(static tool => tool.GetProperty("toolSpecification").GetProperty("name").GetString()).ShouldBe(["new", "ls"]);
    }

    [Theory]
    [InlineData("")]
    [InlineData(Tools + ""","tool_choice":{"type":"none"}""")]
    [Trait("check", "kiro U11")]
    [Trait("check", "kiro U20")]
    public void U11_U20_without_tools_calls_are_words(string more)
    {
        var exchange = Messages(RoundTrip, more);
        var body = Write(exchange).GetRawText();
        body.ShouldNotContain("\"toolUses\"");
        body.ShouldNotContain("\"toolResults\"");
        body.ShouldNotContain("\"tools\"");
        body.ShouldContain("a.txt");
        exchange.Losses.Items.ShouldContain(static loss => loss.Kind == LossKind.Approximated && loss.Reason.Contains("sent as text", StringComparison.Ordinal));
    }

    [Fact]
    [Trait("check", "kiro U12")]
    public void U12_a_prefill_is_history_and_the_user_asks_on()
    {
        var body = Write(Messages("""[{"role":"user","content":"a"},{"role":"assistant","content":"The answer is"}]"""));
        body.History()[^1].GetProperty("assistantResponseMessage").GetProperty("content").GetString().ShouldBe("The answer is");
        body.Current().GetProperty("content").GetString().ShouldBe("Continue from where your previous message ended.");
    }

    [Fact]
    [Trait("check", "kiro U13")]
    public void U13_a_long_name_is_shortened_as_other_clients_do()
    {
        var body = Write(Messages("""[{"role":"user","content":"a"}]""", Tools.Replace("\"ls\"", "\"mcp__very_long_server_name__very_long_tool_name_that_exceeds_sixty_four\"", StringComparison.Ordinal)));
        body.GetRawText().ShouldContain("\"name\":\"mcp__very_long_server_name__very_long_tool_name_that_e_a16e50c5\"");
    }

    [Fact]
    [Trait("check", "kiro U14")]
    public void U14_descriptions_are_never_empty_and_long_ones_move()
    {
        Write(Messages("""[{"role":"user","content":"a"}]""", Tools.Replace("List.", " ", StringComparison.Ordinal))).GetRawText().ShouldContain("\"description\":\"Tool: ls\"");
        var text = string.Concat(Enumerable.Repeat("日本語", 1400));
        var exchange = Messages("""[{"role":"user","content":"a"}]""", Tools.Replace("List.", text, StringComparison.Ordinal));
        var body = Write(exchange);
        body.History()[0].GetProperty("userInputMessage").GetProperty("content").GetString().ShouldBe("## Tool: ls\n" + text);
        exchange.Losses.Items.ShouldContain(static loss => loss.Path == "tools[0].description");
    }

    [Fact]
    [Trait("check", "kiro U15")]
    public void U15_schemas_lose_what_spoils_the_request()
    {
        var body = Write(Messages("""[{"role":"user","content":"a"}]""", """
            ,"tools":[{"name":"f","input_schema":{"$schema":"x","type":"object","additionalProperties":false,"required":[],"properties":{
              "additionalProperties":{"type":"string"},
              "a":{"type":["string","null"]},
              "b":{"type":"object","additionalProperties":{"type":"string"},"properties":{"c":{"$ref":"#/$defs/d"}},"required":["c",1]}},
              "$defs":{"d":{"type":"integer"}}}}]
            """.Replace("\"additionalProperties\":{\"type\":\"string\"},\n", "", StringComparison.Ordinal)));
        var schema = body.Current().GetProperty("userInputMessageContext").GetProperty("tools")[0].GetProperty("toolSpecification").GetProperty("inputSchema").GetProperty("json");
        schema.TryGetProperty("required", out _).ShouldBeFalse();
        schema.GetProperty("properties").GetProperty("a").GetProperty("type").GetString().ShouldBe("string");
        schema.GetProperty("properties").GetProperty("b").GetProperty("properties").GetProperty("c").GetProperty("type").GetString().ShouldBe("integer");
        schema.GetProperty("properties").GetProperty("b").GetProperty("required").GetRawText().ShouldBe("""["c"]""");
    }

    [Fact]
    [Trait("check", "kiro U16")]
    [Trait("check", "kiro U17")]
    public void U16_U17_images_stand_on_the_message()
    {
        var body = Write(Chat("""[{"role":"user","content":[{"type":"text","text":"a"},{"type":"image_url","image_url":{"url":"data:image/jpg;base64,/9j/AA=="}}]}]"""));
        body.Current().GetProperty("images").GetRawText().ShouldBe("""[{"format":"jpeg","source":{"bytes":"/9j/AA=="}}]""");
        var exchange = Messages(RoundTrip.Replace("""{"type":"text","text":"b.txt"}""", """{"type":"image","source":{"type":"base64","media_type":"image/png","data":"iVBORw=="}}""", StringComparison.Ordinal), Tools);
        body = Write(exchange);
        body.Current().GetProperty("images")[0].GetProperty("format").GetString().ShouldBe("png");
        body.Current().GetProperty("userInputMessageContext").GetProperty("toolResults")[0].GetProperty("content")[0].GetProperty("text").GetString()!.ShouldContain("[image");
        Should.Throw<WireException>(() => Write(Chat("""[{"role":"user","content":[{"type":"image_url","image_url":{"url":"https://a.example/b.png"}}]}]""")));
    }

    [Theory]
    [InlineData("""{"type":"enabled","budget_tokens":100}""", "<thinking_mode>enabled</thinking_mode><max_thinking_length>1024</max_thinking_length>")]
    [InlineData("""{"type":"enabled","budget_tokens":50000}""", "<thinking_mode>enabled</thinking_mode><max_thinking_length>24576</max_thinking_length>")]
    [InlineData("""{"type":"adaptive"}""", "<thinking_mode>adaptive</thinking_mode><thinking_effort>high</thinking_effort>")]
    [Trait("check", "kiro U18")]
    [Trait("check", "kiro U19")]
    public void U18_U19_thinking_is_asked_for_in_the_system_text(string thinking, string tags)
    {
        var body = Write(Messages(RoundTrip, Tools + ",\"thinking\":" + thinking));
        body.History()[0].GetProperty("userInputMessage").GetProperty("content").GetString().ShouldBe(tags);
        body.Current().GetProperty("content").GetString()!.ShouldNotContain("<thinking");
    }

    [Fact]
    [Trait("check", "kiro N10")]
    public void Thinking_is_asked_for_once_and_by_fields_where_the_model_has_them()
    {
        var said = Write(Messages("""[{"role":"user","content":"a"}]""", ""","system":"<thinking_mode>enabled</thinking_mode>","thinking":{"type":"enabled","budget_tokens":2000}"""));
        said.GetRawText().Split("<thinking_mode>").Length.ShouldBe(2);
        Write(Exchange(Protocol.OpenAiChat, """{"model":"m","messages":[{"role":"user","content":"a"}]}""", model: "claude-sonnet-4-5-20250929-thinking")).GetRawText()
            .ShouldContain("<thinking_mode>enabled</thinking_mode><max_thinking_length>20000</max_thinking_length>");
        var effort = Write(Chat("""[{"role":"user","content":"a"}]""", ""","reasoning_effort":"xhigh" """, new CodeWhispererOptions { Reasoning = CodeWhispererReasoning.Effort, Efforts = ["low", "high"] }));
        effort.GetProperty("additionalModelRequestFields").GetRawText().ShouldBe("""{"reasoning":{"effort":"high"}}""");
        var adaptive = Write(Chat("""[{"role":"user","content":"a"}]""", ""","reasoning_effort":"low" """, new CodeWhispererOptions { Reasoning = CodeWhispererReasoning.Adaptive }));
        adaptive.GetProperty("additionalModelRequestFields").GetRawText().ShouldBe("""{"thinking":{"type":"adaptive","display":"summarized"},"output_config":{"effort":"low"}}""");
    }

    [Fact]
    public void Thinking_of_earlier_turns_goes_back()
    {
        const string Turns = """
            [{"role":"user","content":"a"},{"role":"assistant","content":[{"type":"thinking","thinking":"T","signature":"SIG"},{"type":"text","text":"b"}]},{"role":"user","content":"c"}]
            """;
        var exchange = Messages(Turns);
        Write(exchange).History()[1].GetProperty("assistantResponseMessage").GetProperty("content").GetString().ShouldBe("<thinking>T</thinking>\n\nb");
        exchange.Losses.Items.ShouldContain(static loss => loss.Path.EndsWith(".signature", StringComparison.Ordinal));
        var native = Write(Messages(Turns, ""","thinking":{"type":"adaptive"}""", new CodeWhispererOptions { Reasoning = CodeWhispererReasoning.Adaptive }));
        native.History()[1].GetProperty("assistantResponseMessage").GetProperty("reasoningContent").GetRawText().ShouldBe("""{"reasoningText":{"text":"T","signature":"SIG"}}""");
    }

    [Theory]
    [InlineData(CodeWhispererSystemPlacement.Pair)]
    [InlineData(CodeWhispererSystemPlacement.FirstMessage)]
    [Trait("check", "kiro U21")]
    public void U21_a_long_conversation_loses_its_oldest_turns(CodeWhispererSystemPlacement placement)
    {
        var turns = new StringBuilder("""[{"role":"system","content":"SYSTEM WORDS"}""");
        for (var i = 0; i < 100; i++)
        {
            turns.Append($$""",{"role":"user","content":"question {{i}} {{new string('x', 4500)}}"},{"role":"assistant","content":null,"tool_calls":[{"id":"c{{i}}","type":"function","function":{"name":"f","arguments":"{}"} }] }""");
            turns.Append($$""",{"role":"tool","tool_call_id":"c{{i}}","content":"{{new string('y', 4500)}}"},{"role":"assistant","content":"done {{i}}"}""");
        }

        turns.Append(""",{"role":"user","content":"last"}]""");
        var exchange = Chat(turns.ToString(), ""","tools":[{"type":"function","function":{"name":"f","parameters":{"type":"object"}}}]""", new CodeWhispererOptions { SystemPlacement = placement });
        var body = Write(exchange);
        Encoding.UTF8.GetByteCount(body.GetRawText()).ShouldBeInRange(500_000, 600_000);
        body.GetRawText().Split("SYSTEM WORDS").Length.ShouldBe(2);
        body.GetRawText().ShouldContain("question 99");
        exchange.Losses.Items.ShouldContain(static loss => loss.Path == "messages" && loss.Kind == LossKind.Dropped);
        Write(Chat(turns.ToString(), options: new CodeWhispererOptions { MaxBodyBytes = 0 })).GetRawText().ShouldContain("question 0 ");
    }

    [Theory]
    [InlineData(CodeWhispererSystemPlacement.Pair)]
    [InlineData(CodeWhispererSystemPlacement.FirstMessage)]
    public void A_long_run_of_tools_keeps_the_words_that_began_it(CodeWhispererSystemPlacement placement)
    {
        var turns = new StringBuilder("""[{"role":"system","content":"SYSTEM WORDS"},{"role":"user","content":"THE TASK"}""");
        for (var i = 0; i < 200; i++)
        {
            turns.Append($$""",{"role":"assistant","content":"round {{i}}.","tool_calls":[{"id":"c{{i}}","type":"function","function":{"name":"f","arguments":"{}"} }] }""");
            turns.Append($$""",{"role":"tool","tool_call_id":"c{{i}}","content":"{{new string('y', 4500)}}"}""");
        }

        turns.Append(']');
        var body = Write(Chat(turns.ToString(), ""","tools":[{"type":"function","function":{"name":"f","parameters":{"type":"object"}}}]""", new CodeWhispererOptions { SystemPlacement = placement }));
        Encoding.UTF8.GetByteCount(body.GetRawText()).ShouldBeInRange(500_000, 600_000);
        body.GetRawText().ShouldContain("THE TASK");
        body.GetRawText().ShouldContain("SYSTEM WORDS");
        body.GetRawText().ShouldContain("round 199.");
        body.GetRawText().ShouldNotContain("round 1.");
    }

    [Fact]
    public void R24_a_shorter_history_has_its_summary()
    {
        var turns = string.Join(',', Enumerable.Range(0, 25).Select(static i => $$"""{"role":"user","content":"q{{i}}"},{"role":"assistant","content":"a{{i}}"}"""));
        var body = Write(Chat($"[{turns},{{\"role\":\"user\",\"content\":\"last\"}}]", options: new CodeWhispererOptions { MaxHistoryMessages = 20, HistorySummary = "S" }));
        body.History().Count.ShouldBe(22);
        body.History()[0].GetProperty("userInputMessage").GetProperty("content").GetString().ShouldBe("[Earlier conversation summary]\nS\n\n[Continuing from recent messages...]");
        body.History()[2].GetProperty("userInputMessage").GetProperty("content").GetString().ShouldBe("q15");
    }

    [Theory]
    [InlineData("a\\uD800b", "a\uFFFDb")]
    [InlineData("a\\u0000b\\u001b\\b\\f\\t\\nc\\\\b", "ab\t\nc\\b")]
    [InlineData("\\u00e9\\ud83d\\ude00", "é😀")]
    [Trait("check", "kiro U22")]
    public void U22_text_is_clean(string escaped, string expected)
    {
        var exchange = Chat($$"""[{"role":"user","content":"{{escaped}}"}]""");
        Write(exchange).Current().GetProperty("content").GetString().ShouldBe(expected);
        exchange.Losses.Items.Any(static loss => loss.Path == "text").ShouldBe(!escaped.StartsWith("\\u00e9", StringComparison.Ordinal));
    }

    [Fact]
    [Trait("check", "kiro U23")]
    public void U23_an_answer_of_calls_alone_has_a_placeholder()
    {
        var body = Write(Messages(RoundTrip.Replace("""{"type":"text","text":"Looking."},""", "", StringComparison.Ordinal), Tools));
        body.History()[^1].GetProperty("assistantResponseMessage").GetProperty("content").GetString().ShouldBe(".");
        body.Current().GetProperty("content").GetString().ShouldBe("Continue");
    }

    [Fact]
    [Trait("check", "kiro U26")]
    public void U26_a_conversation_keeps_its_id()
    {
        static string Id(TranslationContext exchange) => Write(exchange).State().GetProperty("conversationId").GetString()!;
        var first = Id(Chat("""[{"role":"user","content":"a"}]"""));
        Id(Chat("""[{"role":"user","content":"a"},{"role":"assistant","content":"b"},{"role":"user","content":"c"}]""")).ShouldBe(first);
        Id(Chat("""[{"role":"user","content":"other"}]""")).ShouldNotBe(first);
        Id(Chat("""[{"role":"user","content":"a"}]""", options: new CodeWhispererOptions { ConversationKey = "s1" }))
            .ShouldNotBe(Id(Chat("""[{"role":"user","content":"a"}]""", options: new CodeWhispererOptions { ConversationKey = "s2" })));
    }

    [Fact]
    public void A_choice_is_said_in_words()
    {
        const string Two = ""","tools":[{"type":"function","function":{"name":"f"}},{"type":"function","function":{"name":"g"}}]""";
        var named = Write(Chat("""[{"role":"user","content":"a"}]""", Two + ""","tool_choice":{"type":"function","function":{"name":"g"}}"""));
        named.History()[0].GetProperty("userInputMessage").GetProperty("content").GetString()!.ShouldContain("the tool g");
        named.Current().GetProperty("userInputMessageContext").GetProperty("tools").GetArrayLength().ShouldBe(1);
        Write(Chat("""[{"role":"user","content":"a"}]""", Two + ""","tool_choice":"required" """)).GetRawText().ShouldContain("calling one of the tools");
    }

    [Fact]
    public void Cache_points_stand_on_messages_only_and_no_more_than_the_model_takes()
    {
        const string Body = """
            [{"role":"user","content":[{"type":"text","text":"a","cache_control":{"type":"ephemeral"}}]},{"role":"assistant","content":"b"},{"role":"user","content":[{"type":"text","text":"c","cache_control":{"type":"ephemeral"}}]}]
            """;
        var exchange = Messages(Body, ""","system":[{"type":"text","text":"S","cache_control":{"type":"ephemeral"}}]""", new CodeWhispererOptions { CachePoints = 2 });
        var body = Write(exchange);
        body.GetRawText().Split("cachePoint").Length.ShouldBe(3);
        body.Current().GetProperty("cachePoint").GetRawText().ShouldBe("""{"type":"default"}""");
        body.History()[0].GetProperty("userInputMessage").TryGetProperty("cachePoint", out _).ShouldBeTrue();
        exchange.Losses.Items.ShouldContain(static loss => loss.Path == "cache_control");
        Write(Messages(Body)).GetRawText().ShouldNotContain("cachePoint");
        var own = Write(Messages(Body.Replace(",\"cache_control\":{\"type\":\"ephemeral\"}", "", StringComparison.Ordinal), ""","system":"S" """, new CodeWhispererOptions { CachePoints = 4 }));
        own.GetRawText().Split("cachePoint").Length.ShouldBe(3);
        own.History()[0].GetProperty("userInputMessage").TryGetProperty("cachePoint", out _).ShouldBeTrue();
        own.History()[^1].GetProperty("assistantResponseMessage").TryGetProperty("cachePoint", out _).ShouldBeTrue();
    }

    [Fact]
    public void A_call_that_was_cut_off_is_told_to_the_model()
    {
        var body = Write(Chat("""
            [{"role":"user","content":"a"},
             {"role":"assistant","content":null,"tool_calls":[{"id":"c1","type":"function","function":{"name":"f","arguments":"{\"path\":\"a"}}]},
             {"role":"tool","tool_call_id":"c1","content":"bad arguments"}]
            """, ""","tools":[{"type":"function","function":{"name":"f"}}]"""));
        var result = body.Current().GetProperty("userInputMessageContext").GetProperty("toolResults")[0];
        result.GetProperty("status").GetString().ShouldBe("error");
        result.GetProperty("content")[0].GetProperty("text").GetString()!.ShouldStartWith("[API Limitation]");
    }

    [Fact]
    public void What_has_no_field_is_reported()
    {
        var exchange = Chat("""[{"role":"user","content":"a","name":"n"}]""", ""","temperature":0.5,"top_p":0.9,"max_tokens":9000,"seed":1,"user":"u","parallel_tool_calls":false,"tools":[{"type":"function","function":{"name":"f","strict":true}}],"response_format":{"type":"json_object"}""");
        Write(exchange);
        exchange.Losses.Items.Select(static loss => loss.Path).ShouldBe(
            ["temperature", "top_p", "max_tokens", "seed", "user", "parallel_tool_calls", "tools[].strict", "response_format", "messages[0].name"], ignoreOrder: true);
    }

    [Fact]
    public void More_turns_leave_the_bytes_before_them_alone()
    {
        static string History(string turns) => JsonSerializer.Serialize(Write(Messages(turns, Tools + ""","system":"S" """)).History().Select(static message => message.GetRawText()));
        var one = History("""[{"role":"user","content":"a"},{"role":"assistant","content":"b"},{"role":"user","content":"c"}]""");
        var more = History("""[{"role":"user","content":"a"},{"role":"assistant","content":"b"},{"role":"user","content":"c"},{"role":"assistant","content":"d"},{"role":"user","content":"e"}]""");
        more.ShouldStartWith(one[..^1]);
    }

    [Theory]
    [InlineData("claude-haiku-4-5-20251001", "claude-haiku-4.5")]
    [InlineData("claude-sonnet-4-20250514", "claude-sonnet-4")]
    [InlineData("claude-3-7-sonnet-20250219", "claude-3.7-sonnet")]
    [InlineData("claude-4.5-opus-high", "claude-opus-4.5")]
    [InlineData("claude-opus-4-6", "claude-opus-4.6")]
    [InlineData("claude-opus-4-8-latest", "claude-opus-4.8")]
    [InlineData("auto-kiro", "auto")]
    [InlineData("deepseek-3.2", "deepseek-3.2")]
    [InlineData("claude-sonnet-4-5-20250929-thinking", "claude-sonnet-4.5")]
    [InlineData("anthropic/claude-sonnet-4.5", "claude-sonnet-4.5")]
    [InlineData("gpt-5.6-codex", "gpt-5.6-codex")]
    [InlineData("claude-sonnet-5", "claude-sonnet-5")]
    [Trait("check", "kiro N1")]
    [Trait("check", "kiro N2")]
    [Trait("check", "kiro N3")]
    [Trait("check", "kiro N4")]
    [Trait("check", "kiro N5")]
    [Trait("check", "kiro N8")]
    [Trait("check", "kiro N9")]
    [Trait("check", "kiro N10")]
    public void F6_names_have_the_services_form(string name, string expected)
        => Write(Exchange(Protocol.OpenAiChat, """{"model":"m","messages":[{"role":"user","content":"a"}]}""", model: name)).Current().GetProperty("modelId").GetString().ShouldBe(expected);

    [Fact]
    public void R24_what_is_left_out_is_text_to_summarize()
    {
        Enumerable.Range(0, 4).Select(static attempt => CodeWhispererCompaction.KeptMessages(attempt)).ShouldBe([20, 14, 8, 5]);
        var request = Messages(RoundTrip, Tools).Request;
        CodeWhispererCompaction.TextToSummarize(request, 1).ShouldBe("User: List.\nAssistant: Looking. [called ls with {\"path\":\".\"}]\n");
        CodeWhispererCompaction.TextToSummarize(request, 3).ShouldBeNull();
        var most = CodeWhispererCompaction.TextToSummarize(Chat($"[{string.Join(',', Enumerable.Repeat($$"""{"role":"user","content":"{{new string('x', 2000)}}"},{"role":"assistant","content":"a"}""", 50))}]").Request, 2)!;
        most.Length.ShouldBeInRange(9_000, 10_001);
    }
}
