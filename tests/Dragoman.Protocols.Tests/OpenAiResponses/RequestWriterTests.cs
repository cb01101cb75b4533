using System.Text.Json;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Json;
using Dragoman.Protocols.Tests.Support;
using static Dragoman.Protocols.Tests.OpenAiResponses.ResponsesTesting;

namespace Dragoman.Protocols.Tests.OpenAiResponses;

public sealed class RequestWriterTests
{
    private static ConversationRequest Foreign(params Turn[] turns)
    {
        var request = new ConversationRequest { Source = Protocol.AnthropicMessages, Model = "claude" };
        request.Turns.AddRange(turns);
        return request;
    }

    private static Turn Said(Role role, params Block[] blocks)
    {
        var turn = new Turn(role);
        turn.Blocks.AddRange(blocks);
        return turn;
    }

    private static TextBlock Text(string text) => new(JsonText.From(text));

    private static ToolCallBlock Call(string id, string name, string arguments = "{}") => new(id, name, ToolArguments.FromValue(JsonSlice.Parse(arguments)));

    private static string Input(JsonElement body) => body.GetProperty("input").GetRawText();

    [Fact]
    public void A_same_language_request_arrives_as_it_was_said()
    {
        const string Body = """
            {"model":"m","instructions":"be","input":[
              {"type":"message","role":"user","content":[{"type":"input_text","text":"a"},{"type":"input_image","detail":"high","image_url":"data:image/png;base64,AAAA"},{"type":"input_file","filename":"x.pdf","file_data":"data:application/pdf;base64,BBBB"},{"type":"input_file","file_id":"file_1"}]},
              {"type":"reasoning","summary":[{"type":"summary_text","text":"s"}],"encrypted_content":"gAAA"},
              {"type":"message","role":"assistant","phase":"commentary","content":[{"type":"output_text","text":"t"}]},
              {"type":"function_call","call_id":"c1","name":"f","arguments":"{\"z\": 1, \"a\":2}"},
              {"type":"custom_tool_call","call_id":"c2","name":"apply_patch","input":"*** \"x\""},
              {"type":"local_shell_call","call_id":"c3","status":"completed","action":{"type":"exec","command":["ls"],"env":{}}},
              {"type":"function_call","call_id":"c4","name":"log","namespace":"mcp__git","arguments":"{}"},
              {"type":"web_search_call","status":"completed","action":{"type":"search","query":"q"}},
              {"type":"tool_search_call","call_id":"c5","arguments":{}},
              {"type":"function_call_output","call_id":"c1","output":"one"},
              {"type":"custom_tool_call_output","call_id":"c2","output":"two"},
              {"type":"local_shell_call_output","call_id":"c3","output":"three"},
              {"type":"function_call_output","call_id":"c4","output":[{"type":"input_text","text":"x"},{"type":"input_image","image_url":"https://i"}]},
              {"type":"tool_search_output","call_id":"c5","tools":[]},
              {"type":"compaction","encrypted_content":"zzz"},
              {"type":"message","role":"developer","content":[{"type":"input_text","text":"mid"}]}],
             "tools":[{"type":"function","name":"f","parameters":{"type":"object","properties":{}},"strict":true,"defer_loading":true},{"type":"custom","name":"apply_patch","format":{"type":"text"}},{"type":"local_shell"},
              {"type":"namespace","name":"mcp__git","description":"d","tools":[{"type":"function","name":"log"},{"type":"function","name":"diff"}]},{"type":"web_search","external_web_access":true},{"type":"tool_search","execution":"client"}],
             "tool_choice":{"type":"allowed_tools","mode":"auto","tools":[{"type":"function","name":"f"},{"type":"web_search"}]},"parallel_tool_calls":true,
             "reasoning":{"effort":"medium","summary":"auto"},"text":{"verbosity":"low"},"include":["reasoning.encrypted_content","web_search_call.action.sources"],
             "temperature":1,"max_output_tokens":500,"metadata":{"a":"b"},"prompt_cache_key":"k","service_tier":"flex","truncation":"auto","client_metadata":{"x":"y"},"previous_response_id":"resp_1"}
            """;
        var exchange = From(ExchangeFor(Body).Request, "gpt-5.5");
        var asked = Parse(Body);
        var sent = Written(exchange);
        foreach (var property in asked.EnumerateObject())
        {
            if (property.Name is "model" or "input" or "tools" or "previous_response_id") continue;
            sent.GetProperty(property.Name).GetRawText().ShouldBe(property.Value.GetRawText(), property.Name);
        }

        var items = asked.GetProperty("input").EnumerateArray().Select(i => i.GetRawText()).ToList();
        sent.GetProperty("input").EnumerateArray().Select(Canonical).ShouldBe(asked.GetProperty("input").EnumerateArray().Select(Canonical));
        sent.GetProperty("tools").EnumerateArray().Select(t => t.GetRawText()).ShouldBe(asked.GetProperty("tools").EnumerateArray().Select(t => t.GetRawText()));
        sent.TryGetProperty("previous_response_id", out _).ShouldBeFalse();
        sent.GetProperty("store").GetBoolean().ShouldBeFalse();
        exchange.Losses.Items.ShouldBeEmpty();
        items.Count.ShouldBe(16);
    }

    [Fact]
    public void A_conversation_that_grows_keeps_its_bytes()
    {
        var request = Foreign(Said(Role.User, Text("a")), Said(Role.Assistant, Call(new string('x', 80), "f")), Said(Role.User, new ToolResultBlock(new string('x', 80), [Text("r")])));
        request.System.Add(Text("s1"));
        request.System.Add(Text("s2"));
        request.Tools.Add(new() { Name = "f", Origin = Protocol.AnthropicMessages });
        var before = Replay.Write(Upstream, From(request));
        request.Turns.Add(Said(Role.Assistant, Text("b")));
        request.Turns.Add(Said(Role.User, Text("c")));
        var after = Replay.Write(Upstream, From(request));
        var end = before.IndexOf("],\"store\"", StringComparison.Ordinal);
        after.ShouldStartWith(before[..end]);
        Parse(before).GetProperty("instructions").GetString().ShouldBe("s1\n\ns2");
        var ids = Parse(before).GetProperty("input").EnumerateArray().Where(i => i.TryGetProperty("call_id", out _)).Select(i => i.GetProperty("call_id").GetString()!).ToList();
        ids.Count.ShouldBe(2);
        ids[0].ShouldBe(ids[1]);
        ids[0].Length.ShouldBe(64);
    }

    [Fact]
    public void Tools_of_other_languages_are_not_strict_unless_they_say_so()
    {
        var request = Foreign(Said(Role.User, Text("a")));
        request.Tools.Add(new() { Name = "f", Origin = Protocol.AnthropicMessages, Parameters = JsonSlice.Parse("""{"type":"object"}""") });
        request.Tools.Add(new() { Name = "g", Origin = Protocol.AnthropicMessages, Strict = true });
        request.Tools.Add(new() { Name = "web_search", Kind = ToolKind.Hosted, HostedKind = HostedTools.WebSearch, Origin = Protocol.AnthropicMessages, AllowedDomains = ["a.com"], MaxUses = 3 });
        request.Tools.Add(new() { Name = "bash", Kind = ToolKind.Hosted, HostedKind = "bash_20250124", Origin = Protocol.AnthropicMessages });
        request.Tools.Add(new() { Name = "computer", Kind = ToolKind.Hosted, HostedKind = "computer_20250124", Origin = Protocol.AnthropicMessages });
        request.ToolChoice = new() { Mode = ToolChoiceMode.Named, Name = "computer" };
        var exchange = From(request);
        var sent = Written(exchange);
        var tools = sent.GetProperty("tools");
        tools.GetArrayLength().ShouldBe(4);
        tools[0].GetRawText().ShouldBe("""{"type":"function","name":"f","parameters":{"type":"object","properties":{}},"strict":false}""");
        tools[1].GetProperty("strict").GetBoolean().ShouldBeTrue();
        tools[2].GetRawText().ShouldBe("""{"type":"web_search","filters":{"allowed_domains":["a.com"]}}""");
        tools[3].GetProperty("parameters").GetProperty("properties").TryGetProperty("command", out _).ShouldBeTrue();
        sent.GetProperty("tool_choice").GetString().ShouldBe("auto");
        exchange.Losses.Items.Select(l => l.Path).ShouldBe(["tools[2].max_uses", "tools[4]", "tool_choice"], ignoreOrder: true);
    }

    [Fact]
    public void A_long_name_is_short_upstream_and_itself_again_in_the_answer()
    {
        var name = "mcp__" + new string('a', 90) + "__b";
        var request = Foreign(Said(Role.User, Text("a")));
        request.Tools.Add(new() { Name = name, Origin = Protocol.AnthropicMessages });
        var exchange = From(request);
        var upstream = Written(exchange).GetProperty("tools")[0].GetProperty("name").GetString()!;
        upstream.Length.ShouldBeLessThanOrEqualTo(64);
        var answer = Read($$"""{"id":"resp_1","status":"completed","output":[{"type":"function_call","id":"fc_1","call_id":"c","name":"{{upstream}}","arguments":"{}"}]}""", exchange);
        answer.Blocks.ShouldHaveSingleItem().ShouldBeOfType<ToolCallBlock>().Name.ShouldBe(name);
    }

    [Fact]
    public void Results_with_images_errors_and_gaps_are_carried()
    {
        var request = Foreign(
            Said(Role.User, Text("a")),
            Said(Role.Assistant, Call("c1", "f"), Call("c2", "f"), Call("c3", "f")),
            Said(Role.User, new ToolResultBlock("c1", [Text("t"), new ImageBlock(new() { Base64 = JsonText.From("AAAA"), MediaType = "image/jpeg" })]),
                new ToolResultBlock("c2", [Text("bad")]) { IsError = true }, new ToolResultBlock("orphan", [Text("?")])));
        var exchange = From(request);
        Input(Written(exchange)).ShouldBe("""
            [{"type":"message","role":"user","content":[{"type":"input_text","text":"a"}]},{"type":"function_call","call_id":"c1","name":"f","arguments":"{}"},{"type":"function_call","call_id":"c2","name":"f","arguments":"{}"},{"type":"function_call","call_id":"c3","name":"f","arguments":"{}"},{"type":"function_call_output","call_id":"c1","output":[{"type":"input_text","text":"t"},{"type":"input_image","image_url":"data:image/jpeg;base64,AAAA"}]},{"type":"function_call_output","call_id":"c2","output":"Error: bad"},{"type":"function_call_output","call_id":"c3","output":"Error: [The tool call was interrupted: there is no result.]"},{"type":"message","role":"user","content":[{"type":"input_text","text":"[Result of the tool call orphan]"},{"type":"input_text","text":"?"}]}]
            """);
        exchange.Losses.Items.Count.ShouldBe(3);
    }

    [Fact]
    public void Calls_without_ids_are_paired_by_name_and_order()
    {
        var request = Foreign(Said(Role.User, Text("a")), Said(Role.Assistant, Call("", "f"), Call("", "g")),
            Said(Role.User, new ToolResultBlock("", [Text("G")]) { Name = "g" }, new ToolResultBlock("", [Text("F")]) { Name = "f" }));
        Input(Written(From(request))).ShouldContain("""{"type":"function_call_output","call_id":"call_2","output":"G"},{"type":"function_call_output","call_id":"call_1","output":"F"}""");
    }

    [Fact]
    public void Reasoning_is_given_back_only_to_its_own_family_and_only_before_something()
    {
        ReasoningBlock Thought(SignatureFamily family) => new() { Signature = JsonText.From("sig"), Family = family };
        var request = Foreign(Said(Role.User, Text("a")), Said(Role.Assistant, Thought(SignatureFamily.OpenAi), Thought(SignatureFamily.Claude), Text("b")), Said(Role.User, Text("c")), Said(Role.Assistant, Thought(SignatureFamily.OpenAi)), Said(Role.User, Text("d")));
        var exchange = From(request);
        Written(exchange).GetProperty("input").EnumerateArray().Count(i => i.GetProperty("type").GetString() == "reasoning").ShouldBe(1);
        exchange.Losses.Items.Count.ShouldBe(2);
    }

    [Theory]
    [InlineData("gpt-5.2", ReasoningMode.On, null, 30000, "xhigh")]
    [InlineData("gpt-5", ReasoningMode.On, null, 30000, "high")]
    [InlineData("gpt-5", ReasoningMode.On, null, 2000, "medium")]
    [InlineData("gpt-5", ReasoningMode.Off, null, null, "minimal")]
    [InlineData("gpt-5.1", ReasoningMode.Off, null, null, "none")]
    [InlineData("o4-mini", ReasoningMode.Off, null, null, "low")]
    [InlineData("gpt-5.2", ReasoningMode.Adaptive, "max", null, "xhigh")]
    [InlineData("gpt-5.2", ReasoningMode.Adaptive, null, null, "high")]
    public void Reasoning_is_asked_for_in_the_models_own_words(string model, ReasoningMode mode, string? effort, int? budget, string expected)
    {
        var request = Foreign(Said(Role.User, Text("a")));
        request.Reasoning = new() { Mode = mode, Effort = effort, BudgetTokens = budget };
        request.Sampling.Temperature = 1;
        var sent = Written(From(request, model));
        sent.GetProperty("reasoning").GetProperty("effort").GetString().ShouldBe(expected);
        sent.GetProperty("include")[0].GetString().ShouldBe("reasoning.encrypted_content");
        sent.TryGetProperty("temperature", out _).ShouldBe(expected == "none");
    }

    [Fact]
    public void A_model_that_does_not_reason_is_asked_for_nothing_of_it()
    {
        var sent = Written(From(Foreign(Said(Role.User, Text("a"))), "gpt-4o"));
        sent.TryGetProperty("include", out _).ShouldBeFalse();
        sent.TryGetProperty("reasoning", out _).ShouldBeFalse();
    }

    [Fact]
    public void What_the_language_lacks_is_reported()
    {
        var request = Foreign(Said(Role.User, Text("a"), new VideoBlock(new() { Url = "https://v" })));
        request.StopSequences.Add("x");
        request.Sampling.TopK = 5;
        request.Sampling.Seed = 1;
        request.Sampling.Candidates = 2;
        request.Sampling.FrequencyPenalty = 1;
        request.Cache = new();
        request.MaxOutputTokens = 1;
        request.UserId = "secret-user";
        request.Extras.Add(new(Protocol.AnthropicMessages, "container", JsonSlice.Parse("\"c\"")));
        var exchange = From(request);
        var body = Replay.Write(Upstream, exchange);
        exchange.Losses.Items.Select(l => l.Path).ShouldBe(["input.content", "max_output_tokens", "metadata.user_id", "container", "stop", "top_k", "frequency_penalty", "seed", "n", "cache_control"], ignoreOrder: true);
        body.ShouldNotContain("secret-user");
        Parse(body).GetProperty("max_output_tokens").GetInt32().ShouldBe(16);
    }

    /// <summary>JSON with its properties in order of name.</summary>
    private static string Canonical(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => "{" + string.Join(",", element.EnumerateObject().OrderBy(p => p.Name, StringComparer.Ordinal).Select(p => $"\"{p.Name}\":{Canonical(p.Value)}")) + "}",
        JsonValueKind.Array => "[" + string.Join(",", element.EnumerateArray().Select(Canonical)) + "]",
        _ => element.GetRawText(),
    };
}
