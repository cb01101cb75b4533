using System.Text.Json.Nodes;
using Dragoman.Protocols.AnthropicMessages.Client;
using Dragoman.Protocols.AnthropicMessages.Upstream;
using Dragoman.Protocols.BedrockAnthropic.Upstream;
using Dragoman.Protocols.BedrockConverse.Upstream;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Gemini.Upstream;
using Dragoman.Protocols.Json;
using Dragoman.Protocols.OpenAiChat.Upstream;
using Dragoman.Protocols.OpenAiResponses.Upstream;
using Dragoman.Protocols.Tests.Support;

namespace Dragoman.Protocols.Tests.Conversation;

/// <summary>What a model refuses is not sent to it, and is reported.</summary>
public class ParametersByModelTests
{
    [Theory]
    [InlineData("gpt-5-mini")]
    [InlineData("gpt-5.2")]
    [InlineData("o3")]
    [InlineData("o4-mini")]
    [InlineData("gpt-5.1-codex")]
    [InlineData("openai/gpt-5")]
    public void Reasoning_models_over_Chat_get_no_sampling_stops_or_penalties(string model)
    {
        var exchange = Request(Protocol.OpenAiResponses, model);
        Fill(exchange.Request);
        var body = Write(exchange, ChatUpstream.Instance);
        foreach (var name in (string[])["temperature", "top_p", "stop", "frequency_penalty", "presence_penalty", "logit_bias", "n", "logprobs", "top_logprobs"]) body.ContainsKey(name).ShouldBeFalse(name);
        body["seed"].ShouldNotBeNull();
        exchange.Losses.Items.Select(loss => loss.Path).ShouldBe(["temperature", "top_p", "stop", "frequency_penalty", "presence_penalty", "logit_bias", "n", "logprobs"], ignoreOrder: true);
    }

    [Theory]
    [InlineData("gpt-4o")]
    [InlineData("gpt-5-chat-latest")]
    [InlineData("deepseek-chat")]
    [InlineData("openai/gpt-oss-120b")]
    public void Other_models_over_Chat_get_all_of_it(string model)
    {
        var exchange = Request(Protocol.OpenAiResponses, model);
        Fill(exchange.Request);
        var body = Write(exchange, ChatUpstream.Instance);
        foreach (var name in (string[])["temperature", "top_p", "stop", "frequency_penalty", "presence_penalty", "logit_bias", "seed"]) body.ContainsKey(name).ShouldBeTrue(name);
    }

    [Theory]
    [InlineData("gpt-5.2", true)]
    [InlineData("gpt-5", false)]
    [InlineData("gpt-5.2-codex", false)]
    public void Sampling_is_taken_where_the_model_is_told_not_to_reason(string model, bool taken)
    {
        foreach (var protocol in (IUpstreamProtocol[])[ChatUpstream.Instance, ResponsesUpstream.Instance])
        {
            var exchange = Request(Protocol.AnthropicMessages, model);
            exchange.Request.Sampling.Temperature = 0.3;
            exchange.Request.Reasoning = new ReasoningOptions { Mode = ReasoningMode.Off };
            Write(exchange, protocol).ContainsKey("temperature").ShouldBe(taken);
            exchange.Losses.Items.Any(loss => loss.Path == "temperature").ShouldBe(!taken);
        }
    }

    [Fact]
    public void Defaults_are_left_unsaid_without_a_loss()
    {
        var exchange = Request(Protocol.AnthropicMessages, "gpt-5-mini");
        exchange.Request.Sampling.Temperature = 1;
        exchange.Request.Sampling.FrequencyPenalty = 0;
        Write(exchange, ChatUpstream.Instance).ContainsKey("temperature").ShouldBeFalse();
        exchange.Losses.Any.ShouldBeFalse();
    }

    [Theory]
    [InlineData("gemini-2.0-flash", true)]
    [InlineData("gemini-2.5-pro", false)]
    [InlineData("gemini-3-pro-preview", false)]
    [InlineData("gemini-flash-latest", false)]
    public void Penalties_go_to_Gemini_only_before_2_5(string model, bool taken)
    {
        var exchange = Request(Protocol.OpenAiChat, model);
        Fill(exchange.Request);
        var config = Write(exchange, GeminiUpstream.Instance)["generationConfig"]!.AsObject();
        config.ContainsKey("presencePenalty").ShouldBe(taken);
        config.ContainsKey("frequencyPenalty").ShouldBe(taken);
        exchange.Losses.Items.Count(loss => loss.Path.EndsWith("_penalty", StringComparison.Ordinal)).ShouldBe(taken ? 0 : 2);
    }

    [Fact]
    public void Bedrock_gets_the_flags_it_knows_by_its_names_and_deferred_tools()
    {
        const string body = """
            {"model":"m","max_tokens":9,"betas":["claude-code-20250219","advanced-tool-use-2025-11-20","thinking-token-count-2026-05-13","tool-search-tool-2025-10-19"],
             "tools":[{"name":"f","input_schema":{"type":"object"},"defer_loading":true},{"type":"tool_search_tool_regex_20251119","name":"tool_search_tool_regex"}],
             "messages":[{"role":"user","content":"hi"}]}
            """;
        var exchange = new TranslationContext(Replay.Request(AnthropicClient.Instance, body), new UpstreamModel("anthropic.claude-opus-4-6-v1") { Family = SignatureFamily.Claude });
        var sent = Write(exchange, BedrockAnthropicUpstream.Instance);
        sent["anthropic_beta"]!.ToJsonString().ShouldBe("""["tool-search-tool-2025-10-19","thinking-token-count-2026-05-13"]""");
        ((bool)sent["tools"]![0]!["defer_loading"]!).ShouldBeTrue();
        ((string)sent["tools"]![1]!["type"]!).ShouldBe("tool_search_tool_regex_20251119");
        exchange.Losses.Items.Select(loss => loss.Path).ShouldBe(["betas.claude-code-20250219"]);
    }

    [Fact]
    public void Without_the_flag_no_tool_is_deferred_on_Bedrock()
    {
        const string body = """{"model":"m","max_tokens":9,"tools":[{"name":"f","input_schema":{"type":"object"},"defer_loading":true}],"messages":[{"role":"user","content":"hi"}]}""";
        var exchange = new TranslationContext(Replay.Request(AnthropicClient.Instance, body), new UpstreamModel("anthropic.claude-opus-4-6-v1") { Family = SignatureFamily.Claude });
        // Nothing searches for it, so the model sees it as any other tool.
        Write(exchange, BedrockAnthropicUpstream.Instance)["tools"]!.ToJsonString().ShouldBe("""[{"name":"f","input_schema":{"type":"object"}}]""");
    }

    [Theory]
    [InlineData("""["context-management-2025-06-27","interleaved-thinking-2025-05-14","advanced-tool-use-2025-11-20","made-up-2030-01-01"]""",
        """["context-management-2025-06-27","interleaved-thinking-2025-05-14"]""", "betas.advanced-tool-use-2025-11-20,betas.made-up-2030-01-01")]
    [InlineData("""["interleaved-thinking-2025-05-14"]""", """["interleaved-thinking-2025-05-14"]""", "context_management")]
    public void Converse_gets_the_flags_it_knows_and_what_they_allow(string text, string sent, string lost)
    {
        var body = $$"""{"model":"m","max_tokens":9,"betas":{{text}},"context_management":{"edits":[]},"messages":[{"role":"user","content":"hi"}]}""";
        var exchange = new TranslationContext(Replay.Request(AnthropicClient.Instance, body), new UpstreamModel("anthropic.claude-opus-4-6-v1") { Family = SignatureFamily.Claude });
        var fields = Write(exchange, ConverseUpstream.Instance)["additionalModelRequestFields"]!.AsObject();
        fields["anthropic_beta"]!.ToJsonString().ShouldBe(sent);
        fields.ContainsKey("context_management").ShouldBe(!lost.Contains("context_management", StringComparison.Ordinal));
        string.Join(',', exchange.Losses.Items.Select(loss => loss.Path)).ShouldBe(lost);
    }

    [Theory]
    [InlineData("""[{"role":"user","content":"a"},{"role":"assistant","content":"b"},{"role":"user","content":[{"type":"text","text":"c"},{"type":"text","text":"d"}]}]""", 2, 1, null)]
    [InlineData("""[{"role":"user","content":[{"type":"text","text":"c","cache_control":{"type":"ephemeral"}}]}]""", 0, 0, null)]
    [InlineData("""[{"role":"user","content":"a"}]""", 0, 0, "1h")]
    public void A_cache_mark_for_the_whole_request_stands_on_the_last_block_on_Bedrock(string messages, int turn, int block, string? ttl)
    {
        var mark = ttl is null ? """{"type":"ephemeral"}""" : $$"""{"type":"ephemeral","ttl":"{{ttl}}"}""";
        var body = $$"""{"model":"m","max_tokens":9,"cache_control":{{mark}},"messages":{{messages}}}""";
        var exchange = new TranslationContext(Replay.Request(AnthropicClient.Instance, body), new UpstreamModel("anthropic.claude-opus-4-6-v1") { Family = SignatureFamily.Claude });
        var sent = Write(exchange, BedrockAnthropicUpstream.Instance);
        sent.ContainsKey("cache_control").ShouldBeFalse();
        sent["messages"]![turn]!["content"]![block]!["cache_control"]!.ToJsonString().ShouldBe(mark);
        sent.ToJsonString().Split("cache_control").Length.ShouldBe(2);
        exchange.Losses.Any.ShouldBeFalse();
        // Anthropic itself takes the mark where the client put it.
        var home = Write(new TranslationContext(Replay.Request(AnthropicClient.Instance, body), new UpstreamModel("claude-opus-4-6")), AnthropicUpstream.Instance);
        home["cache_control"]!.ToJsonString().ShouldBe(mark);
    }

    [Fact]
    public void Names_that_begin_with_a_digit_stay_readable_for_Gemini()
    {
        var exchange = Request(Protocol.OpenAiChat, "gemini-2.5-pro");
        foreach (var name in (string[])["1x", "_2x", "2x", "3 x"]) exchange.Request.Tools.Add(new Tool { Name = name, Parameters = JsonSlice.Parse("""{"type":"object","properties":{}}""") });
        var names = Write(exchange, GeminiUpstream.Instance)["tools"]![0]!["functionDeclarations"]!.AsArray().Select(function => (string)function!["name"]!).ToList();
        names[0].ShouldBe("_1x");
        names[1].ShouldBe("_2x");
        names[2].ShouldStartWith("_2x_");
        names[3].ShouldStartWith("_3_x_");
        names.Distinct().Count().ShouldBe(4);
        names.Select(exchange.Tools.Client).ShouldBe(["1x", "_2x", "2x", "3 x"]);
    }

    private static void Fill(ConversationRequest request)
    {
        var sampling = request.Sampling;
        (sampling.Temperature, sampling.TopP, sampling.FrequencyPenalty, sampling.PresencePenalty, sampling.Seed) = (0.2, 0.9, 0.5, 0.4, 7);
        (sampling.LogProbs, sampling.TopLogProbs, sampling.Candidates) = (true, 3, 2);
        sampling.LogitBias = JsonSlice.Parse("""{"1":2}""");
        request.StopSequences.Add("END");
    }

    private static TranslationContext Request(Protocol source, string model)
    {
        var request = new ConversationRequest { Source = source, Model = "m" };
        var turn = new Turn(Role.User);
        turn.Blocks.Add(new TextBlock(JsonText.From("x")));
        request.Turns.Add(turn);
        return new TranslationContext(request, new UpstreamModel(model) { Family = UpstreamModel.FamilyOf(model) });
    }

    private static JsonObject Write(TranslationContext exchange, IUpstreamProtocol protocol) => JsonNode.Parse(Replay.Write(protocol, exchange))!.AsObject();

    [Theory]
    [InlineData("gpt-5.2")]
    [InlineData("gpt-5.4")]
    [InlineData("gpt-5.6-sol")]
    public void What_chat_has_no_word_for_is_told_beside_functions_too(string model)
    {
        const string Body = """
            {"model":"m","input":"x","include":["reasoning.encrypted_content"],"reasoning":{"effort":"high","summary":"auto"},"tools":[{"type":"function","name":"f","parameters":{"type":"object","properties":{}}}]}
            """;
        var losses = new Translation(Protocol.OpenAiResponses, Body, Protocol.OpenAiChat, model).Exchange.Losses.Items.Select(static loss => loss.Path).ToList();
        losses.ShouldContain("include");
        losses.ShouldContain("reasoning.summary");
    }
}
