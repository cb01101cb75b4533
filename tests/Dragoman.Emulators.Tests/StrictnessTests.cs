using System.Text.Json.Nodes;

namespace Dragoman.Emulators.Tests;

public sealed class StrictnessTests
{
    private const string Claude = "/v1/messages";
    private const string Chat = "/v1/chat/completions";
    private const string Responses = "/v1/responses";
    private const string Gemini = "/v1beta/models/gemini-3-pro-preview:generateContent";
    private const string Gemini25 = "/v1beta/models/gemini-2.5-flash:generateContent";
    private const string Converse = "/model/us.anthropic.claude-sonnet-4-5-20250929-v1%3A0/converse";
    private const string Invoke = "/model/us.anthropic.claude-sonnet-4-5-20250929-v1%3A0/invoke";
    private const string Hi = "\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]";

    private const string Called = "\"messages\":[{\"role\":\"user\",\"content\":\"a\"},{\"role\":\"assistant\",\"content\":\"\",\"tool_calls\":[{\"id\":\"c\",\"type\":\"function\",\"function\":{\"name\":\"f\",\"arguments\":\"{}\"}}]},{\"role\":\"tool\",\"tool_call_id\":\"c\",\"content\":\"r\"}]";

    private const string Used = "\"messages\":[{\"role\":\"user\",\"content\":\"a\"},{\"role\":\"assistant\",\"content\":[{\"type\":\"tool_use\",\"id\":\"c\",\"name\":\"f\",\"input\":{}}]},{\"role\":\"user\",\"content\":[{\"type\":\"tool_result\",\"tool_use_id\":\"c\",\"content\":\"r\"}]}],\"tools\":[{\"name\":\"f\",\"input_schema\":{\"type\":\"object\"}}]";

    public static TheoryData<string, string, int, string> Wrong => new()
    {
        { Claude, "{\"model\":\"claude-sonnet-4-5\"," + Hi + "}", 400, "max_tokens: Field required" },
        { Claude, "{\"model\":\"claude-sonnet-4-5\",\"max_tokens\":9,\"foo\":1," + Hi + "}", 400, "foo: Extra inputs are not permitted" },
        { Claude, "{\"model\":\"claude-sonnet-4-5\",\"max_tokens\":9,\"context_management\":{}," + Hi + "}", 400, "context_management: Extra inputs" },
        { Claude, "{\"model\":\"missing-x\",\"max_tokens\":9," + Hi + "}", 404, "model: missing-x" },
        { Claude, """{"model":"claude-sonnet-4-5","max_tokens":9,"messages":[{"role":"assistant","content":"x"}]}""", 400, "first message must use" },
        { Claude, """{"model":"claude-sonnet-4-5","max_tokens":9,"messages":[{"role":"user","content":[{"type":"text","text":""}]}]}""", 400, "text content blocks must be non-empty" },
        { Claude, """{"model":"claude-sonnet-4-5","max_tokens":9,"messages":[{"role":"user","content":[{"type":"tool_result","tool_use_id":"t1","content":"x"}]}]}""", 400, "unexpected `tool_use_id` found in `tool_result` blocks: t1" },
        { Claude, """{"model":"claude-sonnet-4-5","max_tokens":9,"messages":[{"role":"user","content":"a"},{"role":"assistant","content":[{"type":"tool_use","id":"t1","name":"f","input":{}}]},{"role":"user","content":"no"}]}""", 400, "`tool_use` ids were found without `tool_result` blocks immediately after: t1" },
        { Claude, """{"model":"claude-sonnet-4-5","max_tokens":9,"messages":[{"role":"user","content":"a"},{"role":"assistant","content":[{"type":"thinking","thinking":"x","signature":"aW52ZW50ZWQ="}]},{"role":"user","content":"b"}]}""", 400, "Invalid `signature` in `thinking` block" },
        { Claude, """{"model":"claude-sonnet-4-5","max_tokens":9,"messages":[{"role":"user","content":[{"type":"image","source":{"type":"base64","media_type":"image/png","data":"%%%"}}]}]}""", 400, "base64" },
        { Claude, "{\"model\":\"claude-sonnet-4-5\",\"max_tokens\":1000,\"thinking\":{\"type\":\"enabled\",\"budget_tokens\":2000}," + Hi + "}", 400, "`max_tokens` must be greater" },
        { Chat, """{"model":"gpt-5.2"}""", 400, "Missing required parameter: 'messages'." },
        { Chat, "{\"model\":\"gpt-5.2\",\"thinking\":{}," + Hi + "}", 400, "Unrecognized request argument supplied: thinking" },
        { Chat, "{\"model\":\"gpt-5.2\",\"max_tokens\":5," + Hi + "}", 400, "Use 'max_completion_tokens' instead." },
        { Chat, "{\"model\":\"missing-gpt\"," + Hi + "}", 404, "does not exist or you do not have access" },
        { Chat, """{"model":"gpt-5.2","messages":[{"role":"tool","tool_call_id":"c","content":"x"}]}""", 400, "must be a response to a preceeding message" },
        { Chat, """{"model":"gpt-5.2","messages":[{"role":"assistant","tool_calls":[{"id":"c","type":"function","function":{"name":"f","arguments":"{}"}}]},{"role":"user","content":"x"}]}""", 400, "did not have response messages: c" },
        { Chat, "{\"model\":\"gpt-5.2\",\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"f\",\"strict\":true,\"parameters\":{\"type\":\"object\",\"properties\":{\"a\":{\"type\":\"string\"}},\"additionalProperties\":false}}}]," + Hi + "}", 400, "Missing 'a'" },
        { Responses, """{"model":"gpt-5.2","input":"x","foo":1}""", 400, "Unknown parameter: 'foo'." },
        { Responses, """{"model":"gpt-5.2","input":[{"role":"user","content":[{"type":"text","text":"x"}]}]}""", 400, "Invalid value: 'text'" },
        { Responses, """{"model":"gpt-5.2","input":[{"role":"user","content":"a"},{"type":"function_call","call_id":"c","name":"f","arguments":"{}"}]}""", 400, "No tool output found for function call c." },
        { Responses, """{"model":"gpt-5.2","input":[{"type":"reasoning","summary":[],"encrypted_content":"made-up"},{"role":"user","content":"a"}]}""", 400, "could not be verified" },
        { Responses, """{"model":"gpt-5.2","input":"x","tools":[{"type":"function","function":{"name":"f"}}]}""", 400, "Missing required parameter: 'tools[0].name'." },
        { Gemini, """{"contents":[{"parts":[{"text":"x"}]}],"foo":1}""", 400, "Unknown name \"foo\": Cannot find field." },
        { Gemini, """{"contents":[{"role":"user","parts":[{"text":"x"}]},{"role":"model","parts":[{"functionCall":{"name":"f","args":{}}}]},{"role":"user","parts":[{"functionResponse":{"name":"f","response":{"a":1}}}]}]}""", 400, "missing a thought_signature" },
        { Gemini25, """{"contents":[{"role":"user","parts":[{"text":"x"}]},{"role":"model","parts":[{"functionCall":{"name":"f","args":{}}},{"functionCall":{"name":"f","args":{}}}]},{"role":"user","parts":[{"functionResponse":{"name":"f","response":{"a":1}}}]}]}""", 400, "number of function response parts is equal" },
        { Gemini25, """{"contents":[{"parts":[{"text":"x"}]}],"tools":[{"functionDeclarations":[{"name":"f","parameters":{"type":"object","properties":{"a":{"type":"string"}},"additionalProperties":false}}]}]}""", 400, "Unknown name \"additionalProperties\" at 'tools[0].function_declarations[0].parameters'" },
        { Converse, """{"messages":[{"role":"user","content":[{"text":" "}]}]}""", 400, "is blank" },
        { Converse, """{"messages":[{"role":"user","content":[{"text":"a"}]},{"role":"user","content":[{"text":"b"}]}]}""", 400, "must alternate" },
        { Converse, """{"messages":[{"role":"user","content":[{"text":"a"}]},{"role":"assistant","content":[{"toolUse":{"toolUseId":"t1","name":"f","input":{}}},{"text":"Wait."}]},{"role":"user","content":[{"toolResult":{"toolUseId":"t1","content":[{"text":"x"}]}}]}],"toolConfig":{"tools":[{"toolSpec":{"name":"f","inputSchema":{"json":{"type":"object"}}}}]}}""", 400, "`tool_use` ids were found without `tool_result` blocks immediately after: t1" },
        { Converse, """{"messages":[{"role":"user","content":[{"text":"a"}]},{"role":"assistant","content":[{"toolUse":{"toolUseId":"t","name":"f","input":{}}}]},{"role":"user","content":[{"toolResult":{"toolUseId":"t","content":[{"text":"x"}]}}]}]}""", 400, "The toolConfig field must be defined" },
        { "/model/us.anthropic.claude-sonnet-5-5/converse", """{"messages":[{"role":"user","content":[{"text":"a"}]}],"outputConfig":{"textFormat":{"type":"json_schema","structure":{"jsonSchema":{"schema":"{}"}}}}}""", 400, "output_config.format: Extra inputs are not permitted" },
        { "/model/us.anthropic.claude-opus-4-8/converse", """{"messages":[{"role":"user","content":[{"text":"a"}]}],"toolConfig":{"tools":[{"toolSpec":{"name":"t","strict":true,"inputSchema":{"json":{"type":"object","properties":{},"additionalProperties":false}}}}]}}""", 400, "tools.0.custom.strict: Extra inputs are not permitted" },
        { "/model/us.anthropic.claude-opus-5-5/converse", """{"messages":[{"role":"user","content":[{"text":"a"}]}],"toolConfig":{"tools":[{"toolSpec":{"name":"t","inputSchema":{"json":{"type":"object","properties":{}}}}}],"toolChoice":{"any":{}}}}""", 400, "forced tool use is not supported" },
        { "/model/anthropic.claude-sonnet-4-5-20250929-v1%3A0/converse", """{"messages":[{"role":"user","content":[{"text":"a"}]}]}""", 400, "on-demand throughput" },
        { Claude, "{\"model\":\"claude-sonnet-4-5\",\"max_tokens\":9,\"output_config\":{\"format\":{\"type\":\"json_schema\",\"schema\":{\"type\":\"object\",\"properties\":{\"a\":{\"type\":\"array\",\"items\":{\"type\":\"object\"}}},\"additionalProperties\":false}}}," + Hi + "}", 400, "must be explicitly set to false" },
        { Claude, "{\"model\":\"claude-sonnet-4-5\",\"max_tokens\":9,\"output_config\":{\"format\":{\"type\":\"json_schema\",\"schema\":{\"type\":\"object\",\"properties\":{\"a\":{\"type\":\"integer\",\"minimum\":1}},\"additionalProperties\":false}}}," + Hi + "}", 400, "'minimum' is not supported" },
        { Converse, """{"messages":[{"role":"user","content":[{"text":"a"}]}],"outputConfig":{"textFormat":{"type":"json_schema","structure":{"jsonSchema":{"schema":"{\"type\":\"object\",\"properties\":{\"a\":{\"type\":\"string\",\"maxLength\":3}},\"additionalProperties\":false}"}}}}}""", 400, "'maxLength' is not supported" },
        { Chat, "{\"model\":\"gpt-4o\",\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"f\",\"parameters\":{\"type\":\"object\",\"anyOf\":[]}}}]," + Hi + "}", 400, "at the top level" },
        { Chat, "{\"model\":\"gpt-4o\",\"response_format\":{\"type\":\"json_schema\",\"json_schema\":{\"name\":\"n\",\"strict\":true,\"schema\":{\"type\":\"object\",\"properties\":{\"a\":{\"type\":\"string\",\"default\":\"x\"}},\"required\":[\"a\"],\"additionalProperties\":false}}}," + Hi + "}", 400, "'default' is not permitted" },
        { Chat, "{\"model\":\"gpt-5-mini\",\"stop\":[\"END\"]," + Hi + "}", 400, "Unsupported parameter: 'stop'" },
        { Chat, "{\"model\":\"gpt-5-mini\",\"logprobs\":true," + Hi + "}", 400, "Unsupported parameter: 'logprobs'" },
        { Chat, "{\"model\":\"deepseek-v4-pro\"," + Called + "}", 400, "must be passed back to the API" },
        { Chat, "{\"model\":\"deepseek-chat\",\"thinking\":{\"type\":\"enabled\"}," + Called + "}", 400, "must be passed back to the API" },
        { Chat, "{\"model\":\"deepseek-chat\"," + Called.Replace("\"content\":\"r\"", "\"content\":[{\"type\":\"text\",\"text\":\"r\"}]", StringComparison.Ordinal) + "}", 400, "expected a string" },
        { Chat, "{\"model\":\"kimi-k2.7\"," + Called + "}", 400, "reasoning_content is missing in assistant tool call message at index 1" },
        { Claude, "{\"model\":\"deepseek-v4-pro\",\"max_tokens\":9," + Used + "}", 400, "The `content[].thinking` in the thinking mode must be passed back to the API." },
        { Claude, "{\"model\":\"kimi-k2.7\",\"max_tokens\":9," + Used + "}", 400, "reasoning_content is missing in assistant tool call message at index 1" },
        { Gemini25, """{"contents":[{"parts":[{"text":"x"}]}],"generationConfig":{"frequencyPenalty":0.5}}""", 400, "Penalty is not enabled" },
        { Gemini25, """{"contents":[{"parts":[{"text":"x"}]}],"tools":[{"googleSearch":{}}],"generationConfig":{"responseMimeType":"application/json"}}""", 400, "Tool use with a response mime type" },
        { Invoke, "{\"anthropic_version\":\"bedrock-2023-05-31\",\"anthropic_beta\":[\"advanced-tool-use-2025-11-20\"],\"max_tokens\":9," + Hi + "}", 400, "invalid beta flag" },
        { Invoke, "{\"anthropic_version\":\"bedrock-2023-05-31\",\"max_tokens\":9,\"cache_control\":{\"type\":\"ephemeral\"}," + Hi + "}", 400, "cache_control: Extra inputs are not permitted" },
        { Invoke, "{\"anthropic_version\":\"bedrock-2023-05-31\",\"max_tokens\":9,\"tools\":[{\"name\":\"f\",\"input_schema\":{\"type\":\"object\"},\"defer_loading\":true}]," + Hi + "}", 400, "defer_loading: Extra inputs are not permitted" },
        { Claude, "{\"model\":\"claude-opus-4-7\",\"max_tokens\":9,\"temperature\":0.2," + Hi + "}", 400, "`temperature` is not supported" },
        { Converse, """{"messages":[{"role":"user","content":[{"text":"a"}]}],"additionalModelRequestFields":{"anthropic_beta":["made-up-2030-01-01"]}}""", 400, "invalid beta flag" },
        { Converse, """{"messages":[{"role":"user","content":[{"text":"a"}]}],"additionalModelRequestFields":{"context_management":{}}}""", 400, "context_management: Extra inputs are not permitted" },
        { Invoke, "{\"anthropic_version\":\"bedrock-2023-05-31\",\"model\":\"x\",\"max_tokens\":9," + Hi + "}", 400, "model: Extra inputs are not permitted" },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public async Task What_the_provider_refuses_is_refused_in_its_words(string path, string body, int status, string words)
    {
        await using var emulator = await Emulator.StartAsync();
        var (code, json) = await emulator.PostAsync(path, body);
        ((int)code).ShouldBe(status, json.ToJsonString());
        var message = (json["error"]?["message"] ?? json["message"])!.GetValue<string>();
        message.ShouldContain(words);
        emulator.Host.Requests[^1].Refused.ShouldBe(message);
    }

    [Theory]
    [InlineData(Claude, 401)]
    [InlineData(Chat, 401)]
    [InlineData(Responses, 401)]
    [InlineData(Gemini, 403)]
    [InlineData(Converse, 403)]
    public async Task Without_credentials_nothing_is_answered(string path, int status)
    {
        await using var emulator = await Emulator.StartAsync();
        using var answer = await emulator.Http.PostAsync(path, new StringContent("{}"));
        ((int)answer.StatusCode).ShouldBe(status);
        JsonNode.Parse(await answer.Content.ReadAsStringAsync()).ShouldNotBeNull();
    }
}
