using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.OpenAiChat.Upstream;
using Dragoman.Protocols.Registry;
using Dragoman.Protocols.Tests.Support;
using static Dragoman.Protocols.Tests.OpenAiChat.ChatTesting;

namespace Dragoman.Protocols.Tests.OpenAiChat;

/// <summary>The many shapes that clients send to the Chat address.</summary>
public sealed class ChatShapesTests
{
    private const string Tools = """{"type":"function","function":{"name":"f","parameters":{"type":"object"}}},{"type":"custom","custom":{"name":"g"}}""";

    [Theory]
    [InlineData("\"auto\"", ToolChoiceMode.Auto, null, null)]
    [InlineData("\"none\"", ToolChoiceMode.None, null, null)]
    [InlineData("\"required\"", ToolChoiceMode.Required, null, null)]
    [InlineData("\"any\"", ToolChoiceMode.Required, null, null)]
    [InlineData("{\"type\":\"auto\"}", ToolChoiceMode.Auto, null, null)]
    [InlineData("{\"type\":\"any\",\"disable_parallel_tool_use\":true}", ToolChoiceMode.Required, null, null)]
    [InlineData("{\"type\":\"function\",\"function\":{\"name\":\"f\"}}", ToolChoiceMode.Named, "f", null)]
    [InlineData("{\"type\":\"function\",\"name\":\"f\"}", ToolChoiceMode.Named, "f", null)]
    [InlineData("{\"type\":\"tool\",\"name\":\"f\"}", ToolChoiceMode.Named, "f", null)]
    [InlineData("{\"type\":\"custom\",\"custom\":{\"name\":\"g\"}}", ToolChoiceMode.Named, "g", null)]
    [InlineData("{\"type\":\"allowed_tools\",\"allowed_tools\":{\"mode\":\"required\",\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"f\"}}]}}", ToolChoiceMode.Required, null, "f")]
    [InlineData("{\"type\":\"allowed_tools\",\"mode\":\"auto\",\"tools\":[{\"type\":\"function\",\"name\":\"f\"}]}", ToolChoiceMode.Auto, null, "f")]
    public void Every_shape_of_tool_choice_is_known(string choice, ToolChoiceMode mode, string? name, string? allowed)
    {
        var body = $$"""{"model":"m","messages":[{"role":"user","content":"a"}],"tools":[{{Tools}}],"tool_choice":{{choice}}}""";
        var exchange = Exchange(body, "gpt-5.1");
        Check(exchange.Request.ToolChoice!);
        Check(Exchange(Replay.Write(ChatUpstream.Instance, exchange)).Request.ToolChoice!);

        void Check(ToolChoice read)
        {
            read.Mode.ShouldBe(mode);
            read.Name.ShouldBe(name);
            (read.Allowed is null ? null : string.Join(',', read.Allowed)).ShouldBe(allowed);
        }
    }

    [Theory]
    [InlineData("\"sometimes\"")]
    [InlineData("7")]
    [InlineData("{}")]
    public void A_tool_choice_that_says_nothing_is_refused(string choice)
        => Should.Throw<WireException>(() => Exchange($$"""{"model":"m","messages":[{"role":"user","content":"a"}],"tool_choice":{{choice}}}""")).Error.Param.ShouldBe("tool_choice");

    [Fact]
    public void Legacy_functions_become_tools_and_their_results_find_their_calls()
    {
        var exchange = Exchange("""
            {"model":"m","functions":[{"name":"f","description":"d","parameters":{"type":"object"}}],"function_call":{"name":"f"},"messages":[{"role":"user","content":"a"},
             {"role":"assistant","content":null,"function_call":{"name":"f","arguments":"{\"a\":1}"}},{"role":"function","name":"f","content":"one"},
             {"role":"assistant","content":null,"function_call":{"name":"f","arguments":"{}"}},{"role":"function","name":"f","content":"two"}]}
            """);
        var written = Written(exchange);
        written.GetProperty("tools")[0].GetProperty("function").GetProperty("name").GetString().ShouldBe("f");
        written.GetProperty("tool_choice").GetProperty("function").GetProperty("name").GetString().ShouldBe("f");
        var messages = written.GetProperty("messages");
        var ids = new[] { 1, 3 }.Select(i => messages[i].GetProperty("tool_calls")[0].GetProperty("id").GetString()).ToList();
        ids.Distinct().Count().ShouldBe(2);
        new[] { 2, 4 }.Select(i => messages[i].GetProperty("tool_call_id").GetString()).ShouldBe(ids);
    }

    [Fact]
    public void Responses_items_are_taken_as_a_conversation()
    {
        var written = Written(Exchange("""
            {"model":"m","instructions":"S","input":[{"role":"user","content":[{"type":"input_text","text":"a"},{"type":"input_image","image_url":"data:image/png;base64,AAAA"}]},
             {"type":"function_call","call_id":"c1","name":"f","arguments":"{\"a\":1}"},{"type":"function_call_output","call_id":"c1","output":"ok"},
             {"type":"message","role":"assistant","content":[{"type":"output_text","text":"done"}]}],
             "tools":[{"type":"function","name":"f","parameters":{"type":"object"}}],"text":{"verbosity":"low"},"reasoning":{"effort":"low"}}
            """, "gpt-5.1"));
        var messages = written.GetProperty("messages");
        messages.EnumerateArray().Select(message => message.GetProperty("role").GetString()).ShouldBe(["system", "user", "assistant", "tool", "assistant"]);
        messages[1].GetProperty("content")[1].GetProperty("image_url").GetProperty("url").GetString().ShouldBe("data:image/png;base64,AAAA");
        messages[3].GetProperty("tool_call_id").GetString().ShouldBe("c1");
        written.GetProperty("verbosity").GetString().ShouldBe("low");
        written.GetProperty("reasoning_effort").GetString().ShouldBe("low");
    }

    [Fact]
    public void What_only_chat_knows_goes_back_to_chat_as_it_stood()
    {
        const string extras = """
            "modalities":["text","audio"],"audio":{"voice":"v","format":"wav"},"prediction":{"type":"content","content":"c"},"web_search_options":{"search_context_size":"low","new":1},"stream_options":{"include_usage":true,"include_obfuscation":false},"stream":true
            """;
        var exchange = Exchange($$"""{"model":"m",{{extras}},"messages":[{"role":"user","content":"a"}]}""", "gpt-4o-search-preview");
        var written = Written(exchange);
        foreach (var member in Parse("{" + extras + "}").EnumerateObject())
        {
            System.Text.Json.JsonElement.DeepEquals(written.GetProperty(member.Name), member.Value).ShouldBeTrue(written.GetRawText());
        }

        exchange.Losses.Items.ShouldBeEmpty();
    }

    [Fact]
    public void Operators_words_in_the_middle_stay_in_the_middle()
    {
        const string messages = """[{"role":"developer","content":"S"},{"role":"user","content":"a"},{"role":"developer","content":"T"},{"role":"user","content":"b"}]""";
        Roles("gpt-5.1").ShouldBe(["system", "user", "developer", "user"]);
        Roles("qwen3").ShouldBe(["system", "user", "system", "user"]);

        IEnumerable<string?> Roles(string model)
            => Written(Exchange($$"""{"model":"m","messages":{{messages}}}""", model)).GetProperty("messages").EnumerateArray().Select(message => message.GetProperty("role").GetString());
    }

    [Fact]
    public void Several_system_messages_with_names_do_not_say_a_member_twice()
    {
        var text = Replay.Write(ChatUpstream.Instance, Exchange("""{"model":"m","messages":[{"role":"system","name":"x","content":"a"},{"role":"system","name":"y","content":"b"},{"role":"user","content":"c"}]}"""));
        text.Split("\"name\"").Length.ShouldBe(2);
        text.ShouldContain("\"name\":\"x\"");
    }

    [Theory]
    [InlineData("deepseek-chat", "\"thinking\":{\"type\":\"enabled\",\"budget_tokens\":4000}", "\"thinking\":{\"type\":\"enabled\"}")]
    [InlineData("glm-4.6", "\"thinking\":{\"type\":\"disabled\"}", "\"thinking\":{\"type\":\"disabled\"}")]
    [InlineData("qwen3-max", "\"thinking\":{\"type\":\"enabled\",\"budget_tokens\":4000}", "\"enable_thinking\":true,\"thinking_budget\":4000")]
    [InlineData("qwen3-max", "\"reasoning_effort\":\"none\"", "\"enable_thinking\":false")]
    [InlineData("gpt-5.1", "\"thinking\":{\"type\":\"enabled\",\"budget_tokens\":4000}", "\"reasoning_effort\":\"medium\"")]
    [InlineData("anthropic/claude-sonnet-4.5", "\"thinking\":{\"type\":\"enabled\",\"budget_tokens\":4000}", "\"reasoning\":{\"max_tokens\":4000}")]
    public void Each_server_is_asked_for_reasoning_in_its_own_way(string model, string wish, string expected)
        => Replay.Write(ChatUpstream.Instance, Exchange($$"""{"model":"m",{{wish}},"messages":[{"role":"user","content":"a"}]}""", model)).ShouldContain(expected);

    [Fact]
    public void Mistral_gets_ids_it_takes_and_results_keep_them()
    {
        var messages = Written(Exchange("""{"model":"m","messages":[{"role":"user","content":"a"},{"role":"assistant","tool_calls":[{"id":"toolu_0123456789","type":"function","function":{"name":"f","arguments":"{}"}}]},{"role":"tool","tool_call_id":"toolu_0123456789","content":"ok"}]}""", "mistral-large")).GetProperty("messages");
        var id = messages[1].GetProperty("tool_calls")[0].GetProperty("id").GetString()!;
        id.Length.ShouldBe(9);
        id.ShouldAllBe(c => char.IsAsciiLetterOrDigit(c));
        messages[2].GetProperty("tool_call_id").GetString().ShouldBe(id);
    }

    [Fact]
    public void Wishes_that_openai_does_not_know_are_reported()
    {
        var exchange = Exchange("""{"model":"m","n":3,"top_k":5,"logprobs":true,"messages":[{"role":"user","content":"a"}]}""");
        Written(exchange).TryGetProperty("top_k", out _).ShouldBeFalse();
        exchange.Losses.Items.Select(loss => loss.Path).ShouldBe(["top_k", "n", "logprobs"], ignoreOrder: true);
    }

    [Theory]
    [InlineData(Protocol.OpenAiChat, "gpt-4.1", "n")]
    [InlineData(Protocol.OpenAiResponses, "gpt-4.1", "n")]
    [InlineData(Protocol.AnthropicMessages, "claude-sonnet-4-5", "n")]
    [InlineData(Protocol.BedrockAnthropic, "anthropic.claude-sonnet-4-5", "n")]
    [InlineData(Protocol.BedrockConverse, "amazon.nova-pro-v1:0", "n")]
    [InlineData(Protocol.Gemini, "gemini-2.5-pro", "candidateCount")]
    public void Several_candidates_are_given_by_nobody_and_that_is_said(Protocol target, string model, string path)
    {
        var request = Replay.Request(ProtocolRegistry.Client(Protocol.Gemini), """{"generationConfig":{"candidateCount":2},"contents":[{"parts":[{"text":"a"}]}]}""", new RequestTarget { Model = "m" });
        var exchange = new TranslationContext(request, new UpstreamModel(model));
        Replay.Write(ProtocolRegistry.Upstream(target), exchange);
        exchange.Losses.Items.ShouldContain(loss => loss.Path == path);
    }
}
