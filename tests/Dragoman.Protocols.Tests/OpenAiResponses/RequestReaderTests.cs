using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.OpenAiResponses.Upstream;
using Dragoman.Protocols.Tests.Support;
using static Dragoman.Protocols.Tests.OpenAiResponses.ResponsesTesting;

namespace Dragoman.Protocols.Tests.OpenAiResponses;

public sealed class RequestReaderTests
{
    [Fact]
    public void A_string_is_one_user_message()
    {
        var request = Replay.Request(Client, """{"model":"gpt-5","input":"hi\n\u00e9","instructions":"Be brief.","stream":true}""");
        request.Model.ShouldBe("gpt-5");
        request.Stream.ShouldBeTrue();
        request.System.ShouldHaveSingleItem().ShouldBeOfType<TextBlock>().Text.ToString().ShouldBe("Be brief.");
        var turn = request.Turns.ShouldHaveSingleItem();
        turn.Role.ShouldBe(Role.User);
        turn.Blocks.ShouldHaveSingleItem().ShouldBeOfType<TextBlock>().Text.ToString().ShouldBe("hi\né");
    }

    [Fact]
    public void Items_of_one_speaker_group_into_turns_in_order()
    {
        var request = Replay.Request(Client, """
            {"model":"m","input":[
              {"role":"developer","content":"rules"},
              {"role":"user","content":[{"type":"input_text","text":"look"},{"type":"input_image","image_url":"data:image/png;base64,AAAA","detail":"high"}]},
              {"type":"reasoning","id":"rs_1","summary":[{"type":"summary_text","text":"a"},{"type":"summary_text","text":"b"}],"encrypted_content":"gAAA"},
              {"type":"message","role":"assistant","content":[{"type":"output_text","text":"calling","annotations":[]}],"phase":"commentary"},
              {"type":"function_call","call_id":"c1","name":"f","arguments":"{\"b\":1,\"a\":2}"},
              {"type":"function_call","call_id":"c2","name":"g","arguments":""},
              {"type":"function_call_output","call_id":"c1","output":"one"},
              {"type":"function_call_output","call_id":"c2","output":[{"type":"input_text","text":"two"},{"type":"input_image","image_url":"https://x/y.png"}]},
              {"role":"user","content":"go on"}
            ]}
            """);
        request.System.ShouldHaveSingleItem();
        request.Turns.Select(t => t.Role).ShouldBe([Role.User, Role.Assistant, Role.User]);
        request.Turns[1].Blocks.Select(b => b.GetType()).ShouldBe([typeof(ReasoningBlock), typeof(TextBlock), typeof(ToolCallBlock), typeof(ToolCallBlock)]);
        var reasoning = (ReasoningBlock)request.Turns[1].Blocks[0];
        reasoning.Text.ToString().ShouldBe("a\n\nb");
        reasoning.Family.ShouldBe(SignatureFamily.OpenAi);
        ((ToolCallBlock)request.Turns[1].Blocks[2]).Arguments.ToString().ShouldBe("{\"b\":1,\"a\":2}");
        var result = (ToolResultBlock)request.Turns[2].Blocks[1];
        result.Name.ShouldBe("g");
        result.Content.Select(b => b.GetType()).ShouldBe([typeof(TextBlock), typeof(ImageBlock)]);
        request.Turns[2].Blocks[2].ShouldBeOfType<TextBlock>();
    }

    [Fact]
    public void Every_field_crosses_or_is_kept()
    {
        var request = Replay.Request(Client, """
            {"model":"m","input":"x","max_output_tokens":100,"temperature":0.5,"top_p":0.9,"top_logprobs":3,"parallel_tool_calls":false,"store":false,
             "reasoning":{"effort":"high","summary":"auto","context":"all_turns"},"text":{"format":{"type":"json_schema","name":"n","schema":{"type":"object"},"strict":true},"verbosity":"low"},
             "include":["reasoning.encrypted_content","file_search_call.results"],"metadata":{"a":"b"},"user":"u","safety_identifier":"s","prompt_cache_key":"k","service_tier":"flex",
             "truncation":"auto","previous_response_id":"resp_1","background":true,"client_metadata":{"x":"y"},"something_new":[1]}
            """);
        request.MaxOutputTokens.ShouldBe(100);
        request.Sampling.Temperature.ShouldBe(0.5);
        request.Sampling.TopLogProbs.ShouldBe(3);
        request.ParallelToolCalls.ShouldBe(false);
        request.Store.ShouldBe(false);
        request.Reasoning!.Effort.ShouldBe("high");
        request.Reasoning.IncludeEncrypted.ShouldBeTrue();
        request.Output!.Kind.ShouldBe(OutputKind.JsonSchema);
        request.Verbosity.ShouldBe("low");
        request.UserId.ShouldBe("s");
        request.PromptCacheKey.ShouldBe("k");
        request.Extras.Select(e => e.Name).ShouldBe(["reasoning.context", "include", "truncation", "client_metadata", "something_new", "user"], ignoreOrder: true);
    }

    [Fact]
    public void State_is_read_from_the_body_and_is_no_loss()
    {
        var body = """{"model":"m","input":"x","previous_response_id":"resp_1","background":true,"conversation":{"id":"conv_1"}}""";
        ResponsesJsonEditor.FieldOf(System.Text.Encoding.UTF8.GetBytes(body), "previous_response_id"u8).ToString().ShouldBe("\"resp_1\"");
        var exchange = ExchangeFor(body);
        exchange.Request.Extras.ShouldBeEmpty();
        Written(exchange).TryGetProperty("previous_response_id", out _).ShouldBeFalse();
        Whole(exchange, AnswerEvent.Finished(new(FinishReason.Stop))).GetProperty("conversation").GetProperty("id").GetString().ShouldBe("conv_1");
    }

    [Fact]
    public void Tools_of_every_sort_are_read()
    {
        var request = Replay.Request(Client, """
            {"model":"m","input":"x","tools":[
              {"type":"function","name":"f","description":"d","parameters":{"type":"object","properties":{}},"strict":true},
              {"type":"custom","name":"apply_patch","format":{"type":"grammar","syntax":"lark","definition":"start: x"}},
              {"type":"web_search_preview","filters":{"allowed_domains":["a.com"]},"user_location":{"type":"approximate"}},
              {"type":"local_shell"},
              {"type":"namespace","name":"mcp__git","description":"","tools":[{"type":"function","name":"log","parameters":{}},{"type":"function","name":"diff","parameters":{}}]},
              {"type":"mcp","server_label":"deep","server_url":"https://x"},
              {"type":"code_interpreter","container":{"type":"auto"}},
              {"type":"tool_search","execution":"client"}],
             "tool_choice":{"type":"allowed_tools","mode":"required","tools":[{"type":"function","name":"f"},{"type":"web_search_preview"}]}}
            """);
        request.Tools.Select(t => (t.Kind, t.Name)).ShouldBe(
        [
            (ToolKind.Function, "f"), (ToolKind.Custom, "apply_patch"), (ToolKind.Hosted, "web_search"), (ToolKind.Function, "local_shell"),
            (ToolKind.Function, "mcp__git__log"), (ToolKind.Function, "mcp__git__diff"), (ToolKind.Hosted, "deep"), (ToolKind.Hosted, "code_execution"), (ToolKind.Function, "tool_search"),
        ]);
        request.Tools[2].AllowedDomains.ShouldBe(["a.com"]);
        request.Tools[3].Parameters.IsObject.ShouldBeTrue();
        request.ToolChoice!.Mode.ShouldBe(ToolChoiceMode.Required);
        request.ToolChoice.Allowed.ShouldBe(["f", "web_search"]);
    }

    [Theory]
    [InlineData("\"auto\"", ToolChoiceMode.Auto, null)]
    [InlineData("\"none\"", ToolChoiceMode.None, null)]
    [InlineData("\"required\"", ToolChoiceMode.Required, null)]
    [InlineData("""{"type":"function","name":"f"}""", ToolChoiceMode.Named, "f")]
    [InlineData("""{"type":"custom","name":"p"}""", ToolChoiceMode.Named, "p")]
    [InlineData("""{"type":"web_search"}""", ToolChoiceMode.Named, "web_search")]
    [InlineData("""{"type":"mcp","server_label":"s","name":"t"}""", ToolChoiceMode.Named, "s")]
    public void Tool_choices_are_read(string choice, ToolChoiceMode mode, string? name)
    {
        var read = Replay.Request(Client, $$"""{"model":"m","input":"x","tool_choice":{{choice}}}""").ToolChoice!;
        read.Mode.ShouldBe(mode);
        read.Name.ShouldBe(name);
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("{\"model\":1,\"input\":\"x\"}")]
    [InlineData("{\"model\":\"m\"}")]
    [InlineData("{\"model\":\"m\",\"input\":5}")]
    [InlineData("{\"model\":\"m\",\"input\":[1]}")]
    [InlineData("{\"model\":\"m\",\"input\":[{}]}")]
    [InlineData("{\"model\":\"m\",\"input\":[{\"role\":\"pope\",\"content\":\"x\"}]}")]
    [InlineData("{\"model\":\"m\",\"input\":[{\"role\":\"user\",\"content\":7}]}")]
    [InlineData("{\"model\":\"m\",\"input\":[{\"type\":\"function_call\",\"name\":\"f\"}]}")]
    [InlineData("{\"model\":\"m\",\"input\":[{\"type\":\"function_call\",\"call_id\":\"c\"}]}")]
    [InlineData("{\"model\":\"m\",\"input\":\"x\",\"tools\":{}}")]
    [InlineData("{\"model\":\"m\",\"input\":\"x\",\"tools\":[{\"type\":\"function\"}]}")]
    [InlineData("{\"model\":\"m\",\"input\":\"x\",\"tool_choice\":\"maybe\"}")]
    [InlineData("{\"model\":\"m\",\"input\":\"x\",\"temperature\":\"hot\"}")]
    [InlineData("{\"model\":\"m\",\"input\":\"x\",\"prompt\":{\"id\":\"p\"}}")]
    [InlineData("{\"model\":\"m\",\"input\":\"x\",\"text\":{\"format\":{\"type\":\"json_schema\"}}}")]
    public void Bad_requests_are_refused_with_a_sentence(string body)
    {
        var error = Should.Throw<WireException>(() => Replay.Request(Client, body)).Error;
        error.Kind.ShouldBe(ErrorKind.InvalidRequest);
        error.Message.Length.ShouldBeGreaterThan(10);
    }

    [Fact]
    public void No_mutation_of_a_request_makes_the_reader_fall()
    {
        const string Body = """
            {"model":"m","input":[{"role":"user","content":[{"type":"input_text","text":"a"},{"type":"input_file","file_data":"data:application/pdf;base64,AA"},{"type":"input_audio","input_audio":{"data":"A","format":"wav"}}]},
            {"type":"reasoning","summary":[{"text":"t"}],"encrypted_content":"dragoman1.claude.sig"},{"type":"local_shell_call","call_id":"c","action":{"type":"exec","command":["ls"]}},
            {"type":"local_shell_call_output","call_id":"c","output":"x"},{"type":"web_search_call","id":"ws_1","action":{"type":"search","query":"q","sources":[{"url":"u"}]}},{"type":"item_reference","id":"i"}],
            "tools":[{"type":"namespace","name":"n","tools":[{"type":"function","name":"f"}]},{"type":"function","function":{"name":"h"}}],"tool_choice":{"type":"allowed_tools","tools":[{"type":"function","name":"f"}]},
            "reasoning":{"effort":"low"},"include":["x"],"text":{"verbosity":"low"}}
            """;
        string[] values = ["null", "1", "\"s\"", "[]", "{}", "true", "[1]", "[{}]", "{\"a\":[]}"];
        var document = System.Text.Json.JsonDocument.Parse(Body);
        Collect(document.RootElement);
        foreach (var raw in _raws.Distinct())
        {
            foreach (var value in values)
            {
                var at = Body.IndexOf(raw, StringComparison.Ordinal);
                var mutated = Body[..at] + value + Body[(at + raw.Length)..];
                try
                {
                    var request = Replay.Request(Client, mutated);
                    Replay.Write(Upstream, From(request));
                }
                catch (Exception e) when (e is WireException or System.Text.Json.JsonException)
                {
                    // Refused, in order.
                }
            }
        }
    }

    private readonly List<string> _raws = [];

    private void Collect(System.Text.Json.JsonElement element)
    {
        _raws.Add(element.GetRawText());
        if (element.ValueKind == System.Text.Json.JsonValueKind.Object) foreach (var property in element.EnumerateObject()) Collect(property.Value);
        if (element.ValueKind == System.Text.Json.JsonValueKind.Array) foreach (var item in element.EnumerateArray()) Collect(item);
    }
}
