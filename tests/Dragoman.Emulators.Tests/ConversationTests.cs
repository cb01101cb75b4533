using System.Text.Json.Nodes;
using Dragoman.Emulators.Http;

namespace Dragoman.Emulators.Tests;

/// <summary>A tool loop in each language, streamed and whole, with what the emulator issued coming back to it.</summary>
public sealed class ConversationTests
{
    private const string Schema = """{"type":"object","properties":{"city":{"type":"string"}},"required":["city"],"additionalProperties":false}""";
    private const string Ask = "call:weather {\\\"city\\\":\\\"Oslo\\\"}\\ncall:weather {\\\"city\\\":\\\"Rome\\\"}";

    [Fact]
    public async Task Anthropic_calls_two_tools_with_signed_thinking_and_quotes_the_results()
    {
        await using var emulator = await Emulator.StartAsync();
        var head = "{\"model\":\"claude-sonnet-4-5\",\"max_tokens\":4000,\"thinking\":{\"type\":\"enabled\",\"budget_tokens\":1024},\"tools\":[{\"name\":\"weather\",\"input_schema\":" + Schema + "}],";
        var user = "{\"role\":\"user\",\"content\":\"" + Ask + "\"}";
        var (_, answer) = await emulator.PostAsync("/v1/messages", head + "\"messages\":[" + user + "]}");
        answer["stop_reason"]!.GetValue<string>().ShouldBe("tool_use");
        var content = answer["content"]!.AsArray();
        content.Select(block => block!["type"]!.GetValue<string>()).ShouldBe(["thinking", "tool_use", "tool_use"]);

        var stream = Emulator.Events(await emulator.TextAsync("/v1/messages", head + "\"stream\":true,\"messages\":[" + user + "]}"));
        var parts = stream.Where(item => item["index"]?.GetValue<int>() == 1 && item["delta"] is not null).Select(item => item["delta"]!["partial_json"]!.GetValue<string>()).ToList();
        parts.Count.ShouldBeGreaterThan(2);
        string.Concat(parts).ShouldBe("""{"city":"Oslo"}""");

        var results = string.Join(',', content.Skip(1).Select(call => $$"""{"type":"tool_result","tool_use_id":"{{call!["id"]}}","content":"sun"}"""));
        var (_, last) = await emulator.PostAsync("/v1/messages", head + "\"messages\":[" + user + ",{\"role\":\"assistant\",\"content\":" + content.ToJsonString() + "},{\"role\":\"user\",\"content\":[" + results + "]}]}");
        last["content"]![1]!["text"]!.GetValue<string>().ShouldBe("weather answered: sun\nweather answered: sun");
    }

    [Fact]
    public async Task Responses_round_trips_encrypted_reasoning_and_keeps_its_sequence()
    {
        await using var emulator = await Emulator.StartAsync();
        var head = "{\"model\":\"gpt-5.2\",\"store\":false,\"include\":[\"reasoning.encrypted_content\"],\"reasoning\":{\"effort\":\"high\",\"summary\":\"auto\"},\"tools\":[{\"type\":\"function\",\"name\":\"weather\",\"strict\":true,\"parameters\":" + Schema + "}],";
        var user = "{\"role\":\"user\",\"content\":\"" + Ask + "\"}";
        var stream = Emulator.Events(await emulator.TextAsync("/v1/responses", head + "\"stream\":true,\"input\":[" + user + "]}"));
        stream.Select(item => item["sequence_number"]!.GetValue<int>()).ShouldBe(Enumerable.Range(0, stream.Count));
        var output = stream[^1]["response"]!["output"]!.AsArray();
        output.Select(item => item!["type"]!.GetValue<string>()).ShouldBe(["reasoning", "function_call", "function_call"]);
        var results = string.Join(',', output.Skip(1).Select(call => $$"""{"type":"function_call_output","call_id":"{{call!["call_id"]}}","output":"rain"}"""));
        var inner = output.ToJsonString()[1..^1];
        var (_, last) = await emulator.PostAsync("/v1/responses", head + "\"input\":[" + user + "," + inner + "," + results + "]}");
        last["output"]![1]!["content"]![0]!["text"]!.GetValue<string>().ShouldContain("weather answered: rain");
    }

    [Theory]
    [InlineData("/v1/chat/completions")]
    [InlineData("/v1/responses")]
    public async Task A_reminder_behind_results_is_not_the_user_speaking(string path)
    {
        await using var emulator = await Emulator.StartAsync();
        var isChat = path == "/v1/chat/completions";
        string User(string text) => $$"""{"role":"user","content":"{{text}}"}""";
        string Call(int number) => isChat
            ? $$$"""{"role":"assistant","content":null,"tool_calls":[{"id":"call_{{{number}}}","type":"function","function":{"name":"weather","arguments":"{}"}}]}"""
            : $$"""{"type":"function_call","call_id":"call_{{number}}","name":"weather","arguments":"{}"}""";
        string Result(int number) => isChat ? $$"""{"role":"tool","tool_call_id":"call_{{number}}","content":"sun"}""" : $$"""{"type":"function_call_output","call_id":"call_{{number}}","output":"sun"}""";
        async Task<string> AskAsync(params string[] turns)
        {
            var tool = isChat ? "{\"type\":\"function\",\"function\":{\"name\":\"weather\",\"parameters\":" + Schema + "}}" : "{\"type\":\"function\",\"name\":\"weather\",\"parameters\":" + Schema + "}";
            return await emulator.TextAsync(path, "{\"model\":\"gpt-4.1\",\"tools\":[" + tool + "],\"" + (isChat ? "messages" : "input") + "\":[" + string.Join(',', turns) + "]}");
        }

        const string order = "call:weather {\\\"city\\\":\\\"Oslo\\\"}\\nthen\\ncall:weather {\\\"city\\\":\\\"Rome\\\"}\\nthen\\ncall:weather {\\\"city\\\":\\\"Bonn\\\"}";
        string[] one = [User(order), Call(1), Result(1), User("Tool loaded.")];
        (await AskAsync(one)).ShouldContain("Rome");
        string[] two = [.. one, Call(2), Result(2), User("Tool loaded.")];
        (await AskAsync(two)).ShouldContain("Bonn");
        (await AskAsync([.. two, Call(3), Result(3), User("Tool loaded.")])).ShouldContain("weather answered: sun");
    }

    [Fact]
    public async Task Responses_goes_on_from_a_previous_response()
    {
        await using var emulator = await Emulator.StartAsync();
        var (_, first) = await emulator.PostAsync("/v1/responses", """{"model":"gpt-4.1","input":"say:one"}""");
        var id = first["id"]!.GetValue<string>();
        var (_, second) = await emulator.PostAsync("/v1/responses", $$"""{"model":"gpt-4.1","previous_response_id":"{{id}}","input":"say:two"}""");
        second["output"]![0]!["content"]![0]!["text"]!.GetValue<string>().ShouldBe("two");
        var (_, unknown) = await emulator.PostAsync("/v1/responses", """{"model":"gpt-4.1","previous_response_id":"resp_no","input":"x"}""");
        unknown["error"]!["code"]!.GetValue<string>().ShouldBe("previous_response_not_found");
    }

    [Fact]
    public async Task Chat_streams_parallel_calls_and_usage_last()
    {
        await using var emulator = await Emulator.StartAsync();
        var head = "{\"model\":\"gpt-5.2\",\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"weather\",\"parameters\":" + Schema + "}}],";
        var text = await emulator.TextAsync("/v1/chat/completions", head + "\"stream\":true,\"stream_options\":{\"include_usage\":true},\"messages\":[{\"role\":\"user\",\"content\":\"" + Ask + "\"}]}");
        text.ShouldEndWith("data: [DONE]\n\n");
        var chunks = Emulator.Events(text);
        var second = chunks.Select(chunk => chunk["choices"] is JsonArray { Count: 1 } choices ? choices[0]!["delta"]!["tool_calls"]?[0] : null).Where(call => call?["index"]!.GetValue<int>() == 1).ToList();
        string.Concat(second.Select(call => call!["function"]!["arguments"]!.GetValue<string>())).ShouldBe("""{"city":"Rome"}""");
        chunks[^1]["usage"]!["total_tokens"]!.GetValue<int>().ShouldBeGreaterThan(0);
        chunks[^2]["choices"]![0]!["finish_reason"]!.GetValue<string>().ShouldBe("tool_calls");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Gemini_signs_the_first_of_parallel_calls_and_takes_the_signature_back(bool sse)
    {
        await using var emulator = await Emulator.StartAsync();
        var tools = "\"tools\":[{\"functionDeclarations\":[{\"name\":\"weather\",\"parametersJsonSchema\":" + Schema + "}]}]";
        var user = "{\"role\":\"user\",\"parts\":[{\"text\":\"" + Ask + "\"}]}";
        var text = await emulator.TextAsync("/v1beta/models/gemini-3-pro-preview:streamGenerateContent" + (sse ? "?alt=sse" : ""), "{" + tools + ",\"contents\":[" + user + "]}");
        var chunks = sse ? Emulator.Events(text) : [.. JsonNode.Parse(text)!.AsArray().Select(chunk => chunk!)];
        var parts = chunks.SelectMany(chunk => chunk["candidates"]![0]!["content"]!["parts"]!.AsArray()).Select(part => part!.DeepClone()).ToArray();
        parts.Count(part => part["thoughtSignature"] is not null).ShouldBe(1);
        var model = new JsonObject { ["role"] = "model", ["parts"] = new JsonArray(parts) }.ToJsonString();
        var (_, last) = await emulator.PostAsync(
            "/v1beta/models/gemini-3-pro-preview:generateContent",
            "{" + tools + ",\"contents\":[" + user + "," + model + ",{\"role\":\"user\",\"parts\":[{\"functionResponse\":{\"name\":\"weather\",\"response\":{\"output\":\"fog\"}}},{\"functionResponse\":{\"name\":\"weather\",\"response\":{\"output\":\"ice\"}}}]}]}");
        last["candidates"]![0]!["content"]!["parts"]![0]!["text"]!.GetValue<string>().ShouldBe("weather answered: fog\nweather answered: ice");
    }

    [Fact]
    public async Task Bedrock_frames_carry_right_checksums()
    {
        await using var emulator = await Emulator.StartAsync();
        using var answer = await emulator.Http.SendAsync(Emulator.Request("/model/us.anthropic.claude-sonnet-4-6/converse-stream", """{"messages":[{"role":"user","content":[{"text":"say:Hi"}]}]}"""));
        var names = AwsFrames.Read(await answer.Content.ReadAsByteArrayAsync()).Select(frame => frame.Name).ToList();
        names.ShouldBe(["messageStart", "contentBlockDelta", "contentBlockStop", "messageStop", "metadata"]);
    }

    [Fact]
    public async Task Bedrock_invoke_stream_carries_Anthropic_events()
    {
        await using var emulator = await Emulator.StartAsync();
        using var answer = await emulator.Http.SendAsync(Emulator.Request(
            "/model/us.anthropic.claude-sonnet-4-6/invoke-with-response-stream",
            """{"anthropic_version":"bedrock-2023-05-31","max_tokens":100,"messages":[{"role":"user","content":"say:Hi"}]}"""));
        var events = AwsFrames.Read(await answer.Content.ReadAsByteArrayAsync()).Select(frame => JsonNode.Parse(frame.Payload["bytes"]!.GetValue<string>() is var b ? Convert.FromBase64String(b) : [])!).ToList();
        events[0]["type"]!.GetValue<string>().ShouldBe("message_start");
        events[^1]["type"]!.GetValue<string>().ShouldBe("message_stop");
    }

    [Fact]
    public async Task The_cache_counts_a_marked_prefix_seen_before()
    {
        await using var emulator = await Emulator.StartAsync(new EmulatorOptions { CacheMinimumTokens = 10 });
        var body = """{"model":"claude-sonnet-4-5","max_tokens":50,"system":[{"type":"text","text":"LONG","cache_control":{"type":"ephemeral"}}],"messages":[{"role":"user","content":"hi"}]}""".Replace("LONG", new string('x', 400));
        var (_, first) = await emulator.PostAsync("/v1/messages", body);
        var (_, second) = await emulator.PostAsync("/v1/messages", body.Replace("hi", "there"));
        first["usage"]!["cache_creation_input_tokens"]!.GetValue<int>().ShouldBeGreaterThan(99);
        second["usage"]!["cache_read_input_tokens"]!.GetValue<int>().ShouldBe(first["usage"]!["cache_creation_input_tokens"]!.GetValue<int>());
    }

    [Fact]
    public async Task Stops_limits_schemas_and_pictures_are_honoured()
    {
        await using var emulator = await Emulator.StartAsync();
        var (_, stopped) = await emulator.PostAsync("/v1/messages", """{"model":"claude-sonnet-4-5","max_tokens":50,"stop_sequences":["END"],"messages":[{"role":"user","content":"say:one END two"}]}""");
        stopped["stop_sequence"]!.GetValue<string>().ShouldBe("END");
        stopped["content"]![0]!["text"]!.GetValue<string>().ShouldBe("one ");
        var (_, cut) = await emulator.PostAsync("/v1/messages", """{"model":"claude-sonnet-4-5","max_tokens":2,"messages":[{"role":"user","content":"words:50"}]}""");
        cut["stop_reason"]!.GetValue<string>().ShouldBe("max_tokens");
        var (_, schema) = await emulator.PostAsync("/v1/chat/completions", """{"model":"gpt-5.2","messages":[{"role":"user","content":"x"}],"response_format":{"type":"json_schema","json_schema":{"name":"n","strict":true,"schema":{"type":"object","properties":{"n":{"type":"integer","minimum":3}},"required":["n"],"additionalProperties":false}}}}""");
        schema["choices"]![0]!["message"]!["content"]!.GetValue<string>().ShouldBe("""{"n":3}""");
        var (_, picture) = await emulator.PostAsync("/v1/chat/completions", """{"model":"gpt-5.2","messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"data:image/png;base64,iVBORw0KGgo="}},{"type":"text","text":"look"}]}]}""");
        picture["choices"]![0]!["message"]!["content"]!.GetValue<string>().ShouldStartWith("I see image/png of 8 bytes (sha256 ");
    }

    [Theory]
    [InlineData("Write", """{"type":"object","properties":{"file_path":{"type":"string"},"content":{"type":"string"}}}""", """{"file_path":"a.txt","content":"hello"}""")]
    [InlineData("shell", """{"type":"object","properties":{"command":{"type":"array","items":{"type":"string"}}}}""", """{"command":["bash","-lc","printf '%s\\n' 'hello' > 'a.txt'"]}""")]
    [InlineData("exec_command", """{"type":"object","properties":{"cmd":{"type":"string"}}}""", """{"cmd":"printf '%s\\n' 'hello' > 'a.txt'"}""")]
    public async Task A_coding_agent_s_own_tool_writes_the_file(string tool, string schema, string input)
    {
        await using var emulator = await Emulator.StartAsync();
        var (_, answer) = await emulator.PostAsync("/v1/messages", "{\"model\":\"claude-sonnet-4-5\",\"max_tokens\":400,\"tools\":[{\"name\":\"" + tool + "\",\"input_schema\":" + schema + "}],\"messages\":[{\"role\":\"user\",\"content\":\"<system-reminder>x</system-reminder>create file a.txt with hello\"}]}");
        JsonNode.DeepEquals(answer["content"]![1]!["input"], JsonNode.Parse(input)).ShouldBeTrue(answer.ToJsonString());
    }
}
