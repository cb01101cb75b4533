using System.Text.Json.Nodes;
using Dragoman.Server.Tests.Support;

namespace Dragoman.Server.Tests.Providers;

/// <summary>What Bedrock is sent for what clients say: the acceptance checks of wire/kiro-and-bedrock.md §F.4 (B…) on requests.</summary>
[Trait("speed", "fast")]
public sealed class BedrockRequestTests(BedrockFixture stage) : IClassFixture<BedrockFixture>
{
    private const string Chat = "/v1/chat/completions";
    private const string Messages = "/v1/messages";
    private const string Tool = """{"type":"function","function":{"name":"ls","parameters":{"type":"object","properties":{"path":{"type":"string"}}}}}""";
    private const string OwnTool = """{"name":"ls","input_schema":{"type":"object","properties":{"path":{"type":"string"}}}}""";
    private const string Pdf = "JVBERi0xLjQKMSAwIG9iago8PD4+CmVuZG9iagp0cmFpbGVyPDw+PgolJUVPRgo=";

    [Fact]
    [Trait("check", "bedrock B2")]
    public async Task A_short_name_calls_the_regions_profile_and_is_answered_under_its_own_name()
    {
        var (status, text, _) = await stage.PostAsync(Chat, Talk.Chat("claude-sonnet-4.5"));
        status.ShouldBe(200, text);
        stage.Last.Target.ShouldBe("/model/us.anthropic.claude-sonnet-4-5-20250929-v1%3A0/converse");
        JsonNode.Parse(text)!["model"]!.GetValue<string>().ShouldBe("claude-sonnet-4.5");
    }

    [Fact]
    [Trait("check", "bedrock B3")]
    public async Task A_model_served_on_demand_is_called_by_its_own_id()
    {
        await stage.SentAsync(Chat, Talk.Chat("old"));
        stage.Last.Target.ShouldBe("/model/anthropic.claude-3-haiku-20240307-v1%3A0/converse");
    }

    [Fact]
    [Trait("check", "bedrock B7")]
    [Trait("check", "bedrock B8")]
    [Trait("check", "bedrock B11")]
    [Trait("check", "bedrock B41")]
    public async Task System_turns_and_stop_words_stand_where_they_belong()
    {
        var sent = await stage.SentAsync(Chat, """{"model":"nova","stop":"X","messages":[{"role":"system","content":"Be brief."},{"role":"user","content":"a"},{"role":"user","content":"b"},{"role":"user","content":"   "}]}""");
        sent["system"]!.ToJsonString().ShouldBe("""[{"text":"Be brief."}]""");
        sent["messages"]!.ToJsonString().ShouldBe("""[{"role":"user","content":[{"text":"a"},{"text":"b"}]}]""");
        sent["inferenceConfig"]!["stopSequences"]!.ToJsonString().ShouldBe("""["X"]""");
        sent = await stage.SentAsync(Chat, """{"model":"nova","stop":["","Y"],"messages":[{"role":"user","content":"a"}]}""");
        sent["inferenceConfig"]!["stopSequences"]!.ToJsonString().ShouldBe("""["Y"]""");
    }

    [Fact]
    [Trait("check", "bedrock B9")]
    [Trait("check", "bedrock B10")]
    public async Task Calls_without_arguments_or_words_and_their_results_are_two_messages()
    {
        var sent = await stage.SentAsync(Chat, $$$$"""
            {"model":"nova","tools":[{{{{Tool}}}}],"messages":[{"role":"user","content":"go"},
             {"role":"assistant","content":"","tool_calls":[{"id":"a","type":"function","function":{"name":"ls","arguments":""}},{"id":"b","type":"function","function":{"name":"ls","arguments":"{\"path\":\".\"}"}}]},
             {"role":"tool","tool_call_id":"b","content":"two"},{"role":"tool","tool_call_id":"a","content":"one"}]}
            """);
        sent["messages"]![1]!["content"]!.ToJsonString().ShouldBe("""[{"toolUse":{"toolUseId":"a","name":"ls","input":{}}},{"toolUse":{"toolUseId":"b","name":"ls","input":{"path":"."}}}]""");
        sent["messages"]![2]!["content"]!.AsArray().Select(block => block!["toolResult"]!["toolUseId"]!.GetValue<string>()).ShouldBe(["a", "b"]);
        sent["messages"]!.AsArray().Count.ShouldBe(3);
    }

    [Fact]
    [Trait("check", "bedrock B12")]
    public async Task A_history_of_tools_without_tools_is_no_error()
    {
        var sent = await stage.SentAsync(Chat, """
            {"model":"claude-sonnet-4.5","messages":[{"role":"user","content":"go"},{"role":"assistant","tool_calls":[{"id":"a","type":"function","function":{"name":"ls","arguments":"{}"}}]},
             {"role":"tool","tool_call_id":"a","content":"one"},{"role":"user","content":"and?"}]}
            """);
        sent.ToJsonString().ShouldNotContain("toolUse");
        sent.ToJsonString().ShouldNotContain("toolResult");
    }

    [Fact]
    [Trait("check", "bedrock B13")]
    [Trait("check", "bedrock B14")]
    public async Task Tools_that_must_not_be_called_and_parallelism_without_tools_are_not_said()
    {
        (await stage.SentAsync(Chat, $$"""{"model":"claude-sonnet-4.5","tools":[{{Tool}}],"tool_choice":"none","messages":[{"role":"user","content":"a"}]}"""))["toolConfig"].ShouldBeNull();
        var sent = await stage.SentAsync(Chat, """{"model":"claude-sonnet-4.5","parallel_tool_calls":false,"messages":[{"role":"user","content":"a"}]}""");
        sent["toolConfig"].ShouldBeNull();
        sent.ToJsonString().ShouldNotContain("tool_choice");
    }

    [Fact]
    [Trait("check", "bedrock B15")]
    [Trait("check", "bedrock B16")]
    public async Task Sampling_that_the_model_refuses_is_left_out()
    {
        var sent = await stage.SentAsync(Chat, """{"model":"claude-sonnet-4.5","temperature":0.5,"top_p":0.9,"messages":[{"role":"user","content":"a"}]}""");
        sent["inferenceConfig"]!["temperature"]!.GetValue<double>().ShouldBe(0.5);
        sent["inferenceConfig"]!["topP"].ShouldBeNull();
        sent = await stage.SentAsync(Chat, """{"model":"opus","temperature":0.5,"messages":[{"role":"user","content":"a"}]}""");
        sent.ToJsonString().ShouldNotContain("temperature");
    }

    [Fact]
    [Trait("check", "bedrock B17")]
    [Trait("check", "bedrock B18")]
    public async Task Thinking_is_asked_for_as_the_model_takes_it()
    {
        var sent = await stage.SentAsync(Messages, Talk.Messages("opus", more: ""","thinking":{"type":"enabled","budget_tokens":8000}"""));
        sent["additionalModelRequestFields"]!["thinking"]!["type"]!.GetValue<string>().ShouldBe("adaptive");
        sent["additionalModelRequestFields"]!["output_config"]!["effort"]!.GetValue<string>().ShouldBe("medium");
        sent = await stage.SentAsync(Messages, """{"model":"claude-sonnet-4.5","max_tokens":2000,"temperature":0.4,"top_p":0.5,"top_k":3,"thinking":{"type":"enabled","budget_tokens":4000},"messages":[{"role":"user","content":"a"}]}""");
        sent["additionalModelRequestFields"]!["thinking"]!["budget_tokens"]!.GetValue<int>().ShouldBe(4000);
        sent["inferenceConfig"]!["maxTokens"]!.GetValue<int>().ShouldBeGreaterThan(4000);
        sent["inferenceConfig"]!.AsObject().Select(member => member.Key).ShouldBe(["maxTokens"]);
        sent.ToJsonString().ShouldNotContain("top_k");
    }

    [Theory]
    [InlineData("")]
    [InlineData(""","tools":[TOOL],"tool_choice":"required" """)]
    [InlineData(""","tools":[TOOL],"tool_choice":{"type":"function","function":{"name":"ls"}} """)]
    public async Task A_schema_for_a_model_that_always_thinks_is_asked_for_in_words(string more)
    {
        var (status, text, response) = await stage.PostAsync(Chat, """{"model":"thinker","response_format":{"type":"json_schema","json_schema":{"name":"n","strict":true,"schema":{"type":"object","properties":{"x":{"type":"string"}},"required":["x"],"additionalProperties":false}}},"messages":[{"role":"user","content":"say:{}"}]MORE}"""
            .Replace("MORE", more.Replace("TOOL", Tool, StringComparison.Ordinal), StringComparison.Ordinal));
        status.ShouldBe(200, text);
        var sent = stage.Last.Json!;
        sent["outputConfig"].ShouldBeNull();
        sent["system"]![0]!["text"]!.GetValue<string>().ShouldContain("\"required\":[\"x\"]");
        (sent["toolConfig"]?["toolChoice"]?.ToJsonString() ?? "{\"auto\":{}}").ShouldBe("{\"auto\":{}}");
        response.Header("x-dragoman-losses")!.ShouldContain("words");
    }

    [Fact]
    [Trait("check", "bedrock B19")]
    public async Task A_forced_call_and_thinking_are_no_error()
    {
        var sent = await stage.SentAsync(Messages, $$"""{"model":"claude-sonnet-4.5","max_tokens":9000,"thinking":{"type":"enabled","budget_tokens":4000},"tool_choice":{"type":"any"},"tools":[{{OwnTool}}],"messages":[{"role":"user","content":"a"}]}""");
        sent["toolConfig"]!["toolChoice"]!.ToJsonString().ShouldBe("""{"any":{}}""", "the call is what the client needs");
        sent.ToJsonString().ShouldNotContain("thinking");
    }

    [Fact]
    [Trait("check", "bedrock B20")]
    public async Task Signed_thinking_goes_back_first_and_untouched()
    {
        // The emulator trusts only signatures of its own: the answer that made it comes first.
        const string head = """{"model":"claude-sonnet-4.5","max_tokens":9000,"thinking":{"type":"enabled","budget_tokens":4000},"tools":[""" + OwnTool + """],"messages":[{"role":"user","content":"call:ls {}"}""";
        var (status, text, _) = await stage.PostAsync(Messages, head + "]}");
        status.ShouldBe(200, text);
        var content = JsonNode.Parse(text)!["content"]!.AsArray();
        var id = content[^1]!["id"]!.GetValue<string>();
        var sent = await stage.SentAsync(Messages, $$"""{{head}},{"role":"assistant","content":{{content.ToJsonString()}}},{"role":"user","content":[{"type":"tool_result","tool_use_id":"{{id}}","content":"ok"}]}]}""");
        var blocks = sent["messages"]![1]!["content"]!.AsArray();
        blocks[0]!["reasoningContent"]!["reasoningText"]!["signature"]!.GetValue<string>().ShouldBe(content[0]!["signature"]!.GetValue<string>());
        blocks[^1]!["toolUse"]!["name"]!.GetValue<string>().ShouldBe("ls");
    }

    [Fact]
    [Trait("check", "bedrock B31")]
    public async Task Only_beta_flags_that_bedrock_knows_go_into_the_body()
    {
        var sent = await stage.SentAsync(Messages, Talk.Messages("invoke"), ("anthropic-beta", "context-1m-2025-08-07,claude-code-20250219"));
        sent["anthropic_beta"]!.ToJsonString().ShouldBe("""["context-1m-2025-08-07"]""");
        stage.Last.Headers.ContainsKey("anthropic-beta").ShouldBeFalse();
    }

    [Fact]
    [Trait("check", "bedrock B32")]
    [Trait("check", "bedrock B33")]
    public async Task Cache_marks_become_cache_points_with_their_time_and_at_most_four()
    {
        const string mark = ""","cache_control":{"type":"ephemeral"}""";
        var sent = await stage.SentAsync(Messages, """{"model":"claude-sonnet-4.5","max_tokens":100,"system":[{"type":"text","text":"a"},{"type":"text","text":"b","cache_control":{"type":"ephemeral","ttl":"1h"}}],"messages":[{"role":"user","content":"a"}]}""");
        sent["system"]!.ToJsonString().ShouldBe("""[{"text":"a"},{"text":"b"},{"cachePoint":{"type":"default","ttl":"1h"}}]""");
        sent = await stage.SentAsync(Messages, $$"""
            {"model":"claude-sonnet-4.5","max_tokens":100,"tools":[{"name":"ls","input_schema":{"type":"object"}{{mark}}}],"system":[{"type":"text","text":"s"{{mark}}}],
             "messages":[{"role":"user","content":[{"type":"text","text":"a"{{mark}}},{"type":"text","text":"b"{{mark}}},{"type":"text","text":"c"{{mark}}}]}]}
            """);
        sent.ToJsonString().Split("cachePoint").Length.ShouldBe(5);
    }

    [Fact]
    [Trait("check", "bedrock B34")]
    public async Task A_document_has_words_beside_it_and_a_legal_name()
    {
        var sent = await stage.SentAsync(Messages, $$$"""{"model":"claude-sonnet-4.5","max_tokens":100,"messages":[{"role":"user","content":[{"type":"document","title":"Jahres_bericht: 2025/26.pdf","source":{"type":"base64","media_type":"application/pdf","data":"{{{Pdf}}}"}}]}]}""");
        var content = sent["messages"]![0]!["content"]!.AsArray();
        content[0]!["document"]!["name"]!.GetValue<string>().ShouldMatch("^[A-Za-z0-9()\\[\\]-]+( [A-Za-z0-9()\\[\\]-]+)*$");
        content[1]!["text"]!.GetValue<string>().ShouldNotBeNullOrWhiteSpace();
    }

    [Fact]
    [Trait("check", "bedrock B36")]
    public async Task Tokens_are_counted_by_the_base_id_and_estimated_where_that_is_refused()
    {
        const string count = """{"model":"haiku","messages":[{"role":"user","content":"How many?"}]}""";
        var (status, text, response) = await stage.PostAsync("/v1/messages/count_tokens", count);
        status.ShouldBe(200, text);
        stage.Last.Target.ShouldBe("/model/anthropic.claude-haiku-4-5-20251001-v1%3A0/count-tokens");
        stage.SaysWhole("""{"message":"The provided model doesn't support counting tokens."}""", 400, ("x-amzn-errortype", "ValidationException"));
        (status, text, response) = await stage.PostAsync("/v1/messages/count_tokens", count);
        status.ShouldBe(200, text);
        JsonNode.Parse(text)!["input_tokens"]!.GetValue<int>().ShouldBeGreaterThan(0);
        response.Header("x-dragoman-token-count").ShouldBe("estimate");
    }

    [Fact]
    [Trait("check", "bedrock B37")]
    public async Task A_model_that_turns_out_to_need_a_profile_is_called_by_one()
    {
        const string words = "Invocation of model ID acme.model-v1:0 with on-demand throughput isn't supported. Retry your request with the ID or ARN of an inference profile that contains this model.";
        stage.SaysWhole($$"""{"message":"{{words}}"}""", 400, ("x-amzn-errortype", "ValidationException"));
        await stage.SentAsync(Chat, Talk.Chat("unlisted"));
        stage.Last.Target.ShouldBe("/model/us.acme.model-v1%3A0/converse");
        // There is none: the upstream's words reach the client.
        stage.SaysWhole($$"""{"message":"{{words}}"}""", 400, ("x-amzn-errortype", "ValidationException"));
        var (status, text, _) = await stage.PostAsync(Chat, Talk.Chat("unlisted"));
        status.ShouldBe(400, text);
        text.ShouldContain("on-demand throughput");
    }

    [Fact]
    [Trait("check", "bedrock B38")]
    public async Task Keys_that_have_expired_are_asked_for_anew_once()
    {
        const string words = """{"message":"The security token included in the request is expired"}""";
        stage.SaysWhole(words, 403, ("x-amzn-errortype", "ExpiredTokenException"));
        var before = stage.Upstream.Requests.Count;
        await stage.SentAsync(Chat, Talk.Chat("nova"));
        (stage.Upstream.Requests.Count - before).ShouldBe(2);
    }

    [Fact]
    [Trait("check", "bedrock B39")]
    public async Task An_unknown_model_is_a_404()
    {
        var (status, text, _) = await stage.PostAsync(Chat, Talk.Chat("nobody"));
        status.ShouldBe(404);
        JsonNode.Parse(text)!["error"]!["code"]!.GetValue<string>().ShouldBe("model_not_found");
    }

    [Fact]
    [Trait("check", "bedrock B42")]
    public async Task A_schema_is_native_where_the_model_takes_one_and_else_a_forced_tool()
    {
        const string format = ""","response_format":{"type":"json_schema","json_schema":{"name":"a","schema":{"type":"object","properties":{"city":{"type":"string"}},"required":["city"],"additionalProperties":false}}}""";
        var sent = await stage.SentAsync(Chat, Talk.Chat("claude-sonnet-4.5", more: format));
        sent["outputConfig"]!["textFormat"]!["structure"]!["jsonSchema"]!["schema"]!.GetValue<string>().ShouldContain("city");
        var (_, text, _) = await stage.PostAsync(Chat, Talk.Chat("opus", more: format));
        stage.Last.Json!["toolConfig"]!["toolChoice"]!["tool"]!["name"]!.GetValue<string>().ShouldBe("json");
        var choice = JsonNode.Parse(text)!["choices"]![0]!;
        JsonNode.Parse(choice["message"]!["content"]!.GetValue<string>())!["city"].ShouldNotBeNull();
        choice["finish_reason"]!.GetValue<string>().ShouldBe("stop");
    }

    [Fact]
    [Trait("check", "bedrock B43")]
    public async Task A_call_id_that_is_not_allowed_is_replaced_alike_on_both_sides()
    {
        var sent = await stage.SentAsync(Chat, $$$$$$"""
            {"model":"nova","tools":[{{{{{{Tool}}}}}}],"messages":[{"role":"user","content":"go"},{"role":"assistant","tool_calls":[{"id":"call:1/2","type":"function","function":{"name":"ls","arguments":"{}"}}]},
             {"role":"tool","tool_call_id":"call:1/2","content":"one"}]}
            """);
        var id = sent["messages"]![1]!["content"]![0]!["toolUse"]!["toolUseId"]!.GetValue<string>();
        id.ShouldMatch("^[a-zA-Z0-9_.:-]{1,64}$");
        sent["messages"]![2]!["content"]![0]!["toolResult"]!["toolUseId"]!.GetValue<string>().ShouldBe(id);
    }

    [Fact]
    [Trait("check", "bedrock B45")]
    public async Task A_guardrail_is_handed_on()
    {
        var sent = await stage.SentAsync(Chat, Talk.Chat("nova", more: ""","guardrailConfig":{"guardrailIdentifier":"abc","guardrailVersion":"1"}"""));
        sent["guardrailConfig"]!.ToJsonString().ShouldBe("""{"guardrailIdentifier":"abc","guardrailVersion":"1"}""");
    }
}
