using System.Text;
using Dragoman.Protocols.AnthropicMessages.Upstream;
using Dragoman.Protocols.BedrockAnthropic.Upstream;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Json;
using Dragoman.Protocols.Tests.Support;
using static Dragoman.Protocols.Tests.AnthropicMessages.Messages;

namespace Dragoman.Protocols.Tests.AnthropicMessages;

/// <summary>Requests of other languages' clients, written for Anthropic.</summary>
public sealed class WriteRequestTests
{
    private static readonly AnthropicUpstream Plain = new(new() { AddCacheHints = false });

    [Fact]
    public void Turns_alternate_begin_with_the_user_and_are_never_blank()
    {
        var exchange = Foreign(Protocol.OpenAiChat, Assistant(Text("a")), Assistant(Text("b")), User(Text("c")), User(Text(" ")), Messages.Turn(Role.Developer, Text("mind")), User(Text("d"))).To();
        exchange.Written(Plain)["messages"].Json().ShouldBe(
            """[{"role":"user","content":[{"type":"text","text":"(continued)"}]},{"role":"assistant","content":[{"type":"text","text":"a"},{"type":"text","text":"b"}]},{"role":"user","content":[{"type":"text","text":"c"},{"type":"text","text":"(empty)"},{"type":"text","text":"<system-reminder>\nmind\n</system-reminder>"},{"type":"text","text":"d"}]}]""");
        exchange.Losses.Any.ShouldBeTrue();
    }

    [Fact]
    public void Results_stand_first_and_answer_every_call()
    {
        var exchange = Foreign(Protocol.OpenAiResponses,
            User(Text("q")), Assistant(Call("1"), Call("2"), Text("words")), User(Text("in between")), User(Result("2", "two")), Assistant(Text("so")), User(Result("9", "nobody asked"), Result("1", "late"))).To();
        exchange.Written(Plain)["messages"].Json().ShouldBe(
            """[{"role":"user","content":[{"type":"text","text":"q"}]},"""
            + """{"role":"assistant","content":[{"type":"text","text":"words"},{"type":"tool_use","id":"1","name":"f","input":{}},{"type":"tool_use","id":"2","name":"f","input":{}}]},"""
            + """{"role":"user","content":[{"type":"tool_result","tool_use_id":"2","content":[{"type":"text","text":"two"}]},{"type":"tool_result","tool_use_id":"1","content":[{"type":"text","text":"late"}]},{"type":"text","text":"in between"}]},"""
            + """{"role":"assistant","content":[{"type":"text","text":"so"}]},"""
            + """{"role":"user","content":[{"type":"text","text":"[Result of the tool call 9]"},{"type":"text","text":"nobody asked"}]}]""");
    }

    [Fact]
    public void A_call_without_a_result_gets_one_that_says_so()
    {
        var exchange = Foreign(Protocol.OpenAiChat, User(Text("q")), Assistant(Call("1")), User(Text("never mind"))).To();
        var turn = exchange.Written(Plain)["messages"]![2]!["content"]!;
        turn[0]!["type"].Json().ShouldBe("\"tool_result\"");
        turn[0]!["is_error"].Json().ShouldBe("true");
        turn[1]!["text"].Json().ShouldBe("\"never mind\"");
        exchange.Losses.Items.ShouldContain(loss => loss.Path == "tool call 1");
    }

    [Fact]
    public void Ids_and_names_fit_and_come_back()
    {
        var request = Foreign(Protocol.OpenAiChat, User(Text("q")), Assistant(Call("call|1", "do.it")), User(Result("call|1", "r")));
        request.Tools.Add(new Tool { Name = "do.it", Parameters = JsonSlice.Parse("""{"properties":{}}""") });
        var exchange = request.To();
        var written = exchange.Written(Plain);
        var name = (string)written["tools"]![0]!["name"]!;
        name.ShouldMatch("^[a-zA-Z0-9_-]{1,128}$");
        exchange.Tools.Client(name).ShouldBe("do.it");
        ((string)written["messages"]![1]!["content"]![0]!["name"]!).ShouldBe(name);
        var id = (string)written["messages"]![1]!["content"]![0]!["id"]!;
        id.ShouldMatch("^[a-zA-Z0-9_-]+$");
        ((string)written["messages"]![2]!["content"]![0]!["tool_use_id"]!).ShouldBe(id);
        written["tools"]![0]!["input_schema"].Json().ShouldBe("""{"type":"object","properties":{}}""");
    }

    [Theory]
    [InlineData("", """{"type":"object","properties":{}}""")]
    [InlineData("""{"type":"object","properties":{"b":{},"a":{"anyOf":[{}]}}}""", """{"type":"object","properties":{"b":{},"a":{"anyOf":[{}]}}}""")]
    [InlineData("""{"anyOf":[{"type":"object"}],"description":"d"}""", """{"type":"object","description":"d","properties":{}}""")]
    [InlineData("""{"type":["object","null"],"properties":{}}""", """{"type":"object","properties":{}}""")]
    public void Schemas_are_those_of_objects(string schema, string expected)
    {
        var request = Foreign(Protocol.OpenAiChat, User(Text("q")));
        request.Tools.Add(new Tool { Name = "f", Parameters = schema.Length == 0 ? default : JsonSlice.Parse(schema) });
        request.To().Written(Plain)["tools"]![0]!["input_schema"].Json().ShouldBe(expected);
    }

    [Fact]
    public void Custom_tools_are_wrapped_and_hosted_search_is_Anthropics()
    {
        var request = Foreign(Protocol.OpenAiResponses, User(Text("q")), Assistant(new ToolCallBlock("1", "patch", ToolArguments.FromText(JsonText.From("a\n\"b\""))) { IsCustom = true }), User(Result("1", "ok")));
        request.Tools.Add(new Tool { Name = "patch", Kind = ToolKind.Custom });
        request.Tools.Add(new Tool { Name = "web_search", Kind = ToolKind.Hosted, HostedKind = HostedTools.WebSearch, AllowedDomains = ["a.b"], UserLocation = JsonSlice.Parse("""{"type":"approximate","city":"X"}""") });
        request.Tools.Add(new Tool { Name = "image_generation", Kind = ToolKind.Hosted, HostedKind = "image_generation" });
        var exchange = request.To();
        var written = exchange.Written(Plain);
        exchange.Tools.IsWrapped("patch").ShouldBeTrue();
        written["tools"]!.AsArray().Count.ShouldBe(2);
        written["tools"]![1].Json().ShouldBe("""{"type":"web_search_20250305","name":"web_search","allowed_domains":["a.b"],"user_location":{"type":"approximate","city":"X"}}""");
        written["messages"]![1]!["content"]![0]!["input"].Json().ShouldBe("""{"input":"a\n\"b\""}""");
        exchange.Losses.Items.ShouldContain(loss => loss.Path == "tools[2]");
    }

    [Fact]
    public void Only_Claudes_own_reasoning_goes_to_Claude()
    {
        var request = Foreign(Protocol.OpenAiChat, User(Text("q")),
            Assistant(Thought("a", "sigA", SignatureFamily.Claude), Thought("b", "sigB", SignatureFamily.OpenAi), Thought("c", "", SignatureFamily.Claude), Text("x")), User(Text("y")));
        var exchange = request.To();
        exchange.Written(Plain)["messages"]![1]!["content"].Json().ShouldBe("""[{"type":"thinking","thinking":"a","signature":"sigA"},{"type":"text","text":"x"}]""");
        exchange.Losses.Items.Count.ShouldBe(2);
    }

    [Theory]
    [InlineData(null, null, "(nothing)")]
    [InlineData(null, false, """{"type":"auto","disable_parallel_tool_use":true}""")]
    [InlineData(ToolChoiceMode.Required, null, """{"type":"any"}""")]
    [InlineData(ToolChoiceMode.Named, false, """{"type":"tool","name":"f","disable_parallel_tool_use":true}""")]
    [InlineData(ToolChoiceMode.None, false, """{"type":"none"}""")]
    public void Choices_among_tools(ToolChoiceMode? mode, bool? parallel, string expected)
    {
        var request = Foreign(Protocol.OpenAiChat, User(Text("q")));
        request.Tools.Add(new Tool { Name = "f" });
        request.ParallelToolCalls = parallel;
        if (mode is { } said) request.ToolChoice = new ToolChoice { Mode = said, Name = said == ToolChoiceMode.Named ? "f" : null };
        request.To().Written()["tool_choice"].Json().ShouldBe(expected);
    }

    [Fact]
    public void A_choice_narrowed_to_some_tools_leaves_out_the_others()
    {
        var request = Foreign(Protocol.OpenAiResponses, User(Text("q")));
        request.Tools.Add(new Tool { Name = "f" });
        request.Tools.Add(new Tool { Name = "g" });
        request.ToolChoice = new ToolChoice { Mode = ToolChoiceMode.Required, Allowed = ["g"] };
        var exchange = request.To();
        exchange.Written(Plain)["tools"].Json().ShouldBe("""[{"name":"g","input_schema":{"type":"object","properties":{}}}]""");
        exchange.Losses.Any.ShouldBeTrue();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Any_conversation_becomes_one_that_Anthropic_takes(int seed)
    {
        var random = new Random(seed);
        for (var round = 0; round < 500; round++)
        {
            var turns = Enumerable.Range(0, random.Next(1, 9)).Select(_ => SomeTurn(random)).ToArray();
            var body = Foreign(Protocol.OpenAiResponses, turns).To().Written();
            ShouldBeTaken(body["messages"]!.AsArray());
        }
    }

    private static Turn SomeTurn(Random random)
    {
        var role = (Role)random.Next(4);
        var blocks = Enumerable.Range(0, random.Next(4)).Select(_ => (Block)(random.Next(5) switch
        {
            0 => Call(random.Next(5).ToString()),
            1 => Result(random.Next(5).ToString(), random.Next(3) == 0 ? "" : "r"),
            2 => Text(random.Next(2) == 0 ? " " : "t"),
            3 => Thought("t", random.Next(2) == 0 ? "s" : "", SignatureFamily.Claude),
            _ => Text("x"),
        }));
        return Messages.Turn(role, [.. blocks]);
    }

    private static void ShouldBeTaken(System.Text.Json.Nodes.JsonArray messages)
    {
        HashSet<string> open = [];
        var text = messages.ToJsonString();
        for (var i = 0; i < messages.Count; i++)
        {
            ((string)messages[i]!["role"]!).ShouldBe(i % 2 == 0 ? "user" : "assistant", text);
            var blocks = messages[i]!["content"]!.AsArray();
            blocks.Count.ShouldBeGreaterThan(0, text);
            var results = blocks.TakeWhile(block => (string)block!["type"]! == "tool_result").Select(block => (string)block!["tool_use_id"]!).ToList();
            results.Count.ShouldBe(open.Count, text);
            open.SetEquals(results).ShouldBeTrue(text);
            blocks.Skip(results.Count).Any(block => (string)block!["type"]! == "tool_result").ShouldBeFalse(text);
            blocks.Any(block => (string)block!["type"]! == "text" && string.IsNullOrWhiteSpace((string)block["text"]!)).ShouldBeFalse(text);
            open = [.. blocks.Where(block => (string)block!["type"]! == "tool_use").Select(block => (string)block!["id"]!)];
        }

        open.ShouldBeEmpty();
    }

    [Fact]
    public void Media_of_every_sort()
    {
        var request = Foreign(Protocol.OpenAiChat, User(
            new ImageBlock(MediaSource.FromUrl("data:image/jpeg;base64,/9j/4AAQ")),
            new ImageBlock(new MediaSource { Base64 = JsonText.From("R0lGOD") }),
            new ImageBlock(MediaSource.FromUrl("https://a/b.png")),
            new DocumentBlock(new MediaSource { MediaType = "application/pdf", Base64 = JsonText.From("JVBERi0=") }) { Title = "t.pdf" },
            new DocumentBlock(new MediaSource { MediaType = "text/plain", Base64 = JsonText.From("aGk=") }),
            new AudioBlock(new MediaSource { Base64 = JsonText.From("AAAA") })));
        var exchange = request.To();
        var content = exchange.Written(Plain)["messages"]![0]!["content"]!;
        content[0]!["source"].Json().ShouldBe("""{"type":"base64","media_type":"image/jpeg","data":"/9j/4AAQ"}""");
        ((string)content[1]!["source"]!["media_type"]!).ShouldBe("image/gif");
        content[2]!["source"].Json().ShouldBe("""{"type":"url","url":"https://a/b.png"}""");
        content[3].Json().ShouldBe("""{"type":"document","source":{"type":"base64","media_type":"application/pdf","data":"JVBERi0="},"title":"t.pdf"}""");
        content[4]!["source"].Json().ShouldBe("""{"type":"text","media_type":"text/plain","data":"hi"}""");
        content[5].Json().ShouldBe("""{"type":"text","text":"[audio]"}""");
        exchange.Losses.Items.ShouldHaveSingleItem();
        // Nothing is put in the place of a picture that Bedrock will not fetch: the client is told what to do.
        var refused = Should.Throw<WireException>(() => request.To().Written(BedrockAnthropicUpstream.Instance));
        refused.Error.Message.ShouldBe("Bedrock fetches no addresses: send the image as base64 data.");
        refused.Error.EffectiveStatus.ShouldBe(400);
    }

    [Fact]
    public void Clients_without_hints_get_some_and_the_rest_of_the_prompt_stays_as_it_is()
    {
        var request = Foreign(Protocol.OpenAiChat, User(Text("one")), Assistant(Text("two")), User(Text("three")));
        request.System.Add(Text("sys"));
        request.Tools.Add(new Tool { Name = "f" });
        request.Tools.Add(new Tool { Name = "g" });
        var written = request.To().Written();
        written["tools"]![1]!["cache_control"].Json().ShouldBe("""{"type":"ephemeral"}""");
        written["system"]![0]!["cache_control"].ShouldNotBeNull();
        written["messages"]![2]!["content"]![0]!["cache_control"].ShouldNotBeNull();
        written["messages"]![0]!["content"]![0]!["cache_control"].ShouldNotBeNull();
        (written.Json().Split("cache_control").Length - 1).ShouldBe(4);
        request.To("kimi-k2").Written().Json().ShouldNotContain("cache_control");
    }

    [Fact]
    public void Hints_of_the_client_win_and_at_most_four_pass()
    {
        var turns = Enumerable.Range(0, 6).Select(i => i % 2 == 0 ? User(Hinted($"u{i}")) : Assistant(Hinted($"a{i}"))).Append(User(Text("end"))).ToArray();
        var request = Foreign(Protocol.OpenAiChat, turns);
        var exchange = request.To();
        var written = exchange.Written();
        (written.Json().Split("cache_control").Length - 1).ShouldBe(4);
        written["messages"]![0]!["content"]![0]!["cache_control"].ShouldBeNull();
        written["messages"]![4]!["content"]![0]!["cache_control"].ShouldNotBeNull();
        exchange.Losses.Any.ShouldBeTrue();
    }

    [Fact]
    public void More_turns_do_not_change_the_bytes_before_them()
    {
        Turn[] turns = [User(Text("q")), Assistant(Thought("t", "sig", SignatureFamily.Claude), Call("1")), User(Result("1", "r"), Text("and")), Assistant(Text("so")), User(Text("x"))];
        string? before = null;
        for (var count = 1; count <= turns.Length; count += 2)
        {
            var request = Foreign(Protocol.OpenAiChat, turns[..count]);
            request.System.Add(Text("sys"));
            request.Tools.Add(new Tool { Name = "odd name" });
            var body = Replay.Write(Plain, request.To());
            if (before is not null) body.ShouldStartWith(before[..^2]);
            before = body;
        }
    }

    [Fact]
    public void What_OpenAI_asks_and_Anthropic_cannot_is_said()
    {
        var request = Foreign(Protocol.OpenAiChat, User(Text("q")));
        request.Sampling.Seed = 1;
        request.Sampling.FrequencyPenalty = 0.5;
        request.Sampling.Candidates = 2;
        request.Sampling.Temperature = 1.7;
        request.Verbosity = "low";
        request.Extras.Add(new(Protocol.OpenAiChat, "prediction", JsonSlice.Parse("{}")));
        var exchange = request.To();
        exchange.Written()["temperature"].Json().ShouldBe("1");
        exchange.Losses.Items.Select(loss => loss.Path).ShouldBe(["temperature", "prediction", "frequency_penalty", "seed", "n", "verbosity"]);
    }

    [Theory]
    [InlineData("claude-sonnet-4-5", null, 32000)]
    [InlineData("claude-3-haiku-20240307", null, 4096)]
    [InlineData("claude-sonnet-4-5", 100, 100)]
    public void The_limit_is_always_said(string model, int? asked, int expected)
    {
        var request = Foreign(Protocol.OpenAiChat, User(Text("q")));
        request.MaxOutputTokens = asked;
        request.To(model).Written()["max_tokens"].Json().ShouldBe(expected.ToString());
    }

    [Theory]
    [InlineData("claude-sonnet-4-5", "a ", "a")]
    [InlineData("claude-opus-4-6", "a ", null)]
    public void Prefill_is_trimmed_or_continued(string model, string text, string? prefill)
    {
        var messages = Foreign(Protocol.OpenAiChat, User(Text("q")), Assistant(Text(text))).To(model).Written(Plain)["messages"]!;
        if (prefill is null) ((string)messages[2]!["role"]!).ShouldBe("user");
        else ((string)messages[1]!["content"]![0]!["text"]!).ShouldBe(prefill);
    }

    [Fact]
    public void A_schema_is_asked_for_by_field_or_in_words()
    {
        var request = Foreign(Protocol.OpenAiChat, User(Text("q")));
        request.Output = new OutputFormat { Kind = OutputKind.JsonSchema, Name = "n", Schema = JsonSlice.Parse("""{"type":"object","properties":{"a":{"type":"integer"}},"additionalProperties":false}""") };
        request.To().Written()["output_config"].Json().ShouldBe("""{"format":{"type":"json_schema","schema":{"type":"object","properties":{"a":{"type":"integer"}},"additionalProperties":false}}}""");
        var old = request.To("claude-3-7-sonnet-20250219").Written();
        old["output_config"].ShouldBeNull();
        ((string)old["system"]![0]!["text"]!).ShouldContain("""{"a":{"type":"integer"}}""");
        // Closed, "any object" would be the empty one: words say it better.
        request.Output = new OutputFormat { Kind = OutputKind.JsonSchema, Schema = JsonSlice.Parse("""{"type":"object"}""") };
        var any = request.To().Written();
        any["output_config"].ShouldBeNull();
        ((string)any["system"]![0]!["text"]!).ShouldContain("""{"type":"object"}""");
    }

    [Fact]
    public void Bedrock_gets_its_own_head_and_no_refused_fields()
    {
        var exchange = Messages.Exchange("""{"model":"m","max_tokens":7,"stream":true,"metadata":{"user_id":"u"},"service_tier":"auto","container":"c","betas":["context-1m-2025-08-07","oauth-2025-04-20"],"tools":[{"name":"f","input_schema":{"type":"object"},"eager_input_streaming":true,"cache_control":{"type":"ephemeral"}},{"type":"web_search_20250305","name":"web_search"}],"messages":[{"role":"user","content":"hi"}]}""", "anthropic.claude-sonnet-4-5-20250929-v1:0");
        exchange.Written(BedrockAnthropicUpstream.Instance).Json().ShouldBe(
            """{"anthropic_version":"bedrock-2023-05-31","anthropic_beta":["context-1m-2025-08-07"],"max_tokens":7,"tools":[{"name":"f","input_schema":{"type":"object"},"cache_control":{"type":"ephemeral"}}],"messages":[{"role":"user","content":[{"type":"text","text":"hi"}]}]}""");
        exchange.Losses.Items.Select(loss => loss.Path).ShouldBe(["tools[1]", "betas.oauth-2025-04-20", "metadata", "service_tier", "container", "tools[0].eager_input_streaming"], ignoreOrder: true);
    }

    [Fact]
    public void A_count_request_is_the_prompt_without_the_rest()
    {
        var exchange = Messages.Exchange("""{"model":"m","max_tokens":7,"stream":true,"temperature":0.5,"metadata":{"user_id":"u"},"stop_sequences":["x"],"system":"s","thinking":{"type":"enabled","budget_tokens":2000},"messages":[{"role":"user","content":"hi"}]}""");
        using var output = new PooledBuffer();
        Messages.Upstream.WriteCountRequest(exchange, output);
        Encoding.UTF8.GetString(output.WrittenSpan).ShouldBe("""{"model":"claude-sonnet-4-5","thinking":{"type":"enabled","budget_tokens":2000},"system":[{"type":"text","text":"s"}],"messages":[{"role":"user","content":[{"type":"text","text":"hi"}]}]}""");
        AnthropicUpstream.ReadCount("""{"input_tokens":42}"""u8.ToArray()).ShouldBe(42);
        AnthropicUpstream.ReadCount("<html>"u8.ToArray()).ShouldBeNull();
    }

    private static ReasoningBlock Thought(string text, string signature, SignatureFamily family) => new() { Text = JsonText.From(text), Signature = JsonText.From(signature), Family = family };

    private static TextBlock Hinted(string text) => new(JsonText.From(text)) { Cache = new CacheHint() };
}
