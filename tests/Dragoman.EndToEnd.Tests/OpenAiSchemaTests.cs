using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Dragoman.EndToEnd.Tests.Support;
using Dragoman.EndToEnd.Tests.Upstreams;
using Dragoman.Server.Hosting;
using Microsoft.Extensions.Logging;

namespace Dragoman.EndToEnd.Tests;

/// <summary>What the gateway says in OpenAI's languages, whatever the upstream speaks, held against the schemas that OpenAI publishes (tests/clients/openapi).</summary>
public sealed class OpenAiSchemaTests(EmulatorFixture fixture) : IClassFixture<EmulatorFixture>
{
    private const string Model = "asked-for";

    private const string Weather = """
        "name":"get_weather","description":"The weather at a place.","parameters":{"type":"object","properties":{"city":{"type":"string"}},"required":["city"],"additionalProperties":false}
        """;

    private const string Forecast = """
        "name":"forecast","strict":true,"schema":{"type":"object","properties":{"city":{"type":"string"},"days":{"type":"integer"}},"required":["city","days"],"additionalProperties":false}
        """;

    private const string TwoCalls = """call:get_weather {\"city\":\"Oslo\"}\ncall:get_weather {\"city\":\"Rome\"}""";

    /// <summary>Faults that are none, each with the reason: the document is stricter than what OpenAI's own servers say, or we say more on purpose.</summary>
    private static readonly IReadOnlyList<(string Fault, string Why)> Exceptions =
    [
        ("^Response.*/user must be string", "OpenAI's servers say null where the request named no user."),
        ("^ResponseStreamEvent/response/usage must be object", "OpenAI's servers say null until the response is done."),
        ("^Response.* unevaluated properties store$", "OpenAI's servers repeat what the request said of it; the document knows it in requests only."),
        ("^Response.*(item|output/\\*) must NOT have unevaluated properties status$", "OpenAI's servers say the status of custom tool calls; the document knows it in lists only."),
        ("^ResponseStreamEvent/response/error/code must be .* server_error", "Codex knows server_is_overloaded and context_length_exceeded, and acts on them."),
        ("^CreateCompletionResponse/choices/\\*/finish_reason must be", "The document has one schema for whole answers and chunks; until the last chunk it is null."),
        ("^CreateChatCompletionStreamResponse/choices/\\*/delta/tool_calls/\\*(/type must be .* function| must NOT have unevaluated properties custom)$", "The document has custom tools' calls in whole answers and forgot them in chunks."),
        ("^CreateChatCompletionStreamResponse/choices/\\*/delta must NOT have unevaluated properties annotations$", "The document has citations in whole answers and forgot them in chunks."),
        ("^CreateChatCompletion.*(message|delta) must NOT have unevaluated properties reasoning_(content|details)$", "What a model thought; OpenAI's Chat has no place for it, other providers' has."),
        ("^CreateChatCompletionResponse.*url_citation must NOT have unevaluated properties content$", "The words that are cited, as OpenRouter has them."),
        ("^(ListModelsResponse/data/\\*|Model) must NOT have unevaluated properties (display_name|context_length|context_window|max_output_tokens|capabilities)$", "What is known of the model besides."),
    ];

    private static readonly IReadOnlyDictionary<string, string> ChatAsks = new Dictionary<string, string>
    {
        ["text"] = """ "messages":[{"role":"system","content":"Be brief."},{"role":"user","content":"say:Hello there, you."}],"stream_options":{"include_usage":true} """,
        ["no usage"] = """ "messages":[{"role":"user","content":"say:Hello there, you."}] """,
        ["calls"] = $$""" "messages":[{"role":"user","content":"{{TwoCalls}}"}],"tools":[{"type":"function","function":{ {{Weather}} } }] """,
        ["custom tool"] = """ "messages":[{"role":"user","content":"call:write free words"}],"tools":[{"type":"custom","custom":{"name":"write"}}] """,
        ["result"] = $$""" "messages":[{"role":"user","content":"Weather?"},{"role":"assistant","content":null,"tool_calls":[{"id":"call_1","type":"function","function":{"name":"get_weather","arguments":"{\"city\":\"Oslo\"}"} }]},{"role":"tool","tool_call_id":"call_1","content":"rain"}],"tools":[{"type":"function","function":{ {{Weather}} } }] """,
        ["reasoning"] = """ "messages":[{"role":"user","content":"say:Thought out."}],"reasoning_effort":"medium" """,
        ["schema"] = $$""" "messages":[{"role":"user","content":"Where?"}],"response_format":{"type":"json_schema","json_schema":{ {{Forecast}} } } """,
        ["search"] = """ "messages":[{"role":"user","content":"search:ships of Oslo"}],"web_search_options":{} """,
        ["limit"] = """ "messages":[{"role":"user","content":"words:200"}],"max_completion_tokens":20 """,
        ["error in stream"] = """ "messages":[{"role":"user","content":"words:200\nfault:error-in-stream=12;pace=1"}] """,
        ["cut"] = """ "messages":[{"role":"user","content":"words:200\nfault:truncate=12;pace=1"}] """,
        ["bad type"] = """ "messages":7 """,
        ["nothing"] = "",
    };

    private static readonly IReadOnlyDictionary<string, string> ResponsesAsks = new Dictionary<string, string>
    {
        ["text"] = """ "instructions":"Be brief.","input":"say:Hello there, you.","metadata":{"for":"test"} """,
        ["settings"] = """ "input":[{"role":"user","content":"say:Hello there, you."}],"temperature":0.5,"max_output_tokens":500,"parallel_tool_calls":false,"user":"someone","safety_identifier":"someone","prompt_cache_key":"key","truncation":"disabled","text":{"verbosity":"medium"} """,
        ["calls"] = $$""" "input":"{{TwoCalls}}","tools":[{"type":"function","strict":true,{{Weather}} }],"tool_choice":"auto" """,
        ["forced"] = $$""" "input":"Weather?","tools":[{"type":"function",{{Weather}} }],"tool_choice":{"type":"function","name":"get_weather"} """,
        ["custom tool"] = """ "input":"call:write free words","tools":[{"type":"custom","name":"write","format":{"type":"text"}}] """,
        ["result"] = $$""" "input":[{"role":"user","content":"Weather?"},{"type":"function_call","call_id":"call_1","name":"get_weather","arguments":"{\"city\":\"Oslo\"}"},{"type":"function_call_output","call_id":"call_1","output":"rain"}],"tools":[{"type":"function",{{Weather}} }] """,
        ["reasoning"] = """ "input":"say:Thought out.","reasoning":{"effort":"medium","summary":"auto"},"include":["reasoning.encrypted_content"],"store":false """,
        ["schema"] = $$""" "input":"Where?","text":{"format":{"type":"json_schema",{{Forecast}} } } """,
        ["search"] = """ "input":"search:ships of Oslo","tools":[{"type":"web_search"}],"include":["web_search_call.action.sources"] """,
        ["limit"] = """ "input":"words:200","max_output_tokens":20 """,
        ["error in stream"] = """ "input":"words:200\nfault:error-in-stream=12;pace=1" """,
        ["cut"] = """ "input":"words:200\nfault:truncate=12;pace=1" """,
        ["bad type"] = """ "input":7 """,
        ["nothing"] = "",
    };

    private static readonly IReadOnlyDictionary<string, string> CompletionsAsks = new Dictionary<string, string>
    {
        ["text"] = """ "prompt":"say:Hello there, you.","max_tokens":100,"stream_options":{"include_usage":true} """,
        ["no usage"] = """ "prompt":"say:Hello there, you." """,
        ["limit"] = """ "prompt":"words:200","max_tokens":20 """,
        ["error in stream"] = """ "prompt":"words:200\nfault:error-in-stream=12;pace=1" """,
        ["bad type"] = """ "prompt":{} """,
    };

    public static TheoryData<string> Languages => new(UpstreamProtocol.All.Keys);

    [Theory, MemberData(nameof(Languages))]
    public async Task All_that_is_said_is_as_OpenAI_publishes(string protocolName)
    {
        ClientsFolder.File("node_modules", "ajv", "package.json");
        var validator = ClientsFolder.File("openapi", "validate.mjs");
        var node = ClientsFolder.Node();
        var upstream = await fixture.GetAsync();
        var protocol = UpstreamProtocol.All[protocolName];
        await using var gateway = await GatewayHost.StartAsync(new StartOptions { ConfigText = "request-retry: 0\ndisable-cooling: true\n" + protocol.Configuration(upstream.Address, [Model]), Port = 0, LogLevel = LogLevel.None });
        using var http = new HttpClient { BaseAddress = new Uri(gateway.Address, "v1/") };
        var heard = new List<Heard>();

        await AskAllAsync(http, "chat/completions", ChatAsks, "CreateChatCompletionResponse", "CreateChatCompletionStreamResponse", heard);
        await AskAllAsync(http, "completions", CompletionsAsks, "CreateCompletionResponse", "CreateCompletionResponse", heard);
        await AskAllAsync(http, "responses", ResponsesAsks, "Response", "ResponseStreamEvent", heard);
        await AskForKeptAsync(http, heard);
        await HearAsync(http, "models", HttpMethod.Get, null, "ListModelsResponse", "", heard);
        await HearAsync(http, "models/" + Model, HttpMethod.Get, null, "Model", "", heard);
        await HearAsync(http, "models/none", HttpMethod.Get, null, "Model", "", heard);

        heard.Count.ShouldBeGreaterThan(300);
        var wrong = await FaultsAsync(node, validator, heard);
        if (wrong.Count > 0) Assert.Fail(string.Join("\n", wrong));
    }

    private static async Task AskAllAsync(HttpClient http, string path, IReadOnlyDictionary<string, string> asks, string whole, string streamed, List<Heard> heard)
    {
        foreach (var (name, fields) in asks)
        {
            foreach (var stream in (bool[])[false, true])
            {
                var ask = JsonNode.Parse($"{{{fields}}}")!.AsObject();
                if (!stream) ask.Remove("stream_options");
                if (stream) ask["stream"] = true;
                ask["model"] = Model;
                await HearAsync(http, path, HttpMethod.Post, ask, stream ? streamed : whole, name, heard);
            }
        }

        foreach (var status in (int[])[400, 401, 403, 404, 429, 500, 503])
        {
            var words = $"words:5\nfault:status={status};retry-after=1";
            var ask = path switch
            {
                "responses" => new JsonObject { ["input"] = words },
                "completions" => new JsonObject { ["prompt"] = words },
                _ => new JsonObject { ["messages"] = new JsonArray(new JsonObject { ["role"] = "user", ["content"] = words }) },
            };
            ask["model"] = Model;
            await HearAsync(http, path, HttpMethod.Post, ask, whole, $"status {status}", heard);
        }

        await HearAsync(http, path, HttpMethod.Post, new JsonObject { ["model"] = "no-such-model", ["messages"] = new JsonArray(), ["input"] = "x", ["prompt"] = "x" }, whole, "unknown model", heard);
        await HearAsync(http, path, HttpMethod.Post, JsonValue.Create("no object"), whole, "no object", heard);
    }

    /// <summary>Answers that are kept: asked for again, with what was asked, continued, forgotten.</summary>
    private static async Task AskForKeptAsync(HttpClient http, List<Heard> heard)
    {
        var ask = JsonNode.Parse($$"""{"model":"{{Model}}","instructions":"Be brief.","input":[{"role":"user","content":"{{TwoCalls}}"}],"tools":[{"type":"function",{{Weather}} }]}""")!;
        var first = await HearAsync(http, "responses", HttpMethod.Post, ask, "Response", "asked", heard);
        JsonNode.Parse(first)!["id"].ShouldNotBeNull(first);
        var id = JsonNode.Parse(first)!["id"]!.GetValue<string>();
        var results = JsonNode.Parse(first)!["output"]!.AsArray().Where(item => item!["type"]!.GetValue<string>() == "function_call")
            .Select(call => (JsonNode)new JsonObject { ["type"] = "function_call_output", ["call_id"] = call!["call_id"]!.GetValue<string>(), ["output"] = "rain" }).ToArray();
        var next = new JsonObject { ["model"] = Model, ["previous_response_id"] = id, ["input"] = new JsonArray(results), ["tools"] = ask["tools"]!.DeepClone() };
        var second = JsonNode.Parse(await HearAsync(http, "responses", HttpMethod.Post, next, "Response", "continued", heard))!["id"]!.GetValue<string>();
        await HearAsync(http, $"responses/{second}", HttpMethod.Get, null, "Response", "kept", heard);
        await HearAsync(http, $"responses/{second}/input_items", HttpMethod.Get, null, "ResponseItemList", "kept", heard);
        await HearAsync(http, "responses/input_tokens", HttpMethod.Post, ask, "TokenCountsResource", "", heard);
        await HearAsync(http, "responses/compact", HttpMethod.Post, new JsonObject { ["model"] = Model, ["input"] = "say:Hello." }, "CompactResource", "", heard);
        using (var deleted = await http.DeleteAsync(new Uri($"responses/{second}", UriKind.Relative))) deleted.EnsureSuccessStatusCode();
        await HearAsync(http, $"responses/{second}", HttpMethod.Get, null, "Response", "forgotten", heard);
        await HearAsync(http, $"responses/{second}/input_items", HttpMethod.Get, null, "ResponseItemList", "forgotten", heard);
        await HearAsync(http, "responses", HttpMethod.Post, new JsonObject { ["model"] = Model, ["previous_response_id"] = second, ["input"] = "x" }, "Response", "forgotten", heard);
    }

    private static async Task<string> HearAsync(HttpClient http, string path, HttpMethod method, JsonNode? body, string schema, string name, List<Heard> heard)
    {
        using var request = new HttpRequestMessage(method, new Uri(path, UriKind.Relative));
        if (body is not null) request.Content = JsonContent.Create(body);
        using var response = await http.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        var of = $"{path.Split('/')[0]} {name}";
        if (response.Content.Headers.ContentType?.MediaType != "text/event-stream")
        {
            heard.Add(new Heard($"{of}, {(int)response.StatusCode}", response.IsSuccessStatusCode ? schema : "ErrorResponse", text));
            return text;
        }

        foreach (var line in text.Split('\n').Where(line => line.StartsWith("data: ", StringComparison.Ordinal) && line != "data: [DONE]"))
        {
            // Chat and Completions tell an error in place of a chunk.
            var isError = path != "responses" && line.StartsWith("data: {\"error\"", StringComparison.Ordinal);
            heard.Add(new Heard($"{of}, streamed", isError ? "ErrorResponse" : schema, line[6..]));
        }

        return text;
    }

    private static async Task<IReadOnlyList<string>> FaultsAsync(string node, string validator, List<Heard> heard)
    {
        using var place = new TempWorkspace();
        var bodies = Path.Combine(place.Folder, "bodies.jsonl");
        await File.WriteAllLinesAsync(bodies, heard.Select(one => $$"""{"schema":"{{one.Schema}}","body":{{JsonNode.Parse(one.Body)!.ToJsonString()}}}"""));
        var run = await ProgramRun.StartAsync(node, [validator, bodies], place.Folder, []);
        run.ExitCode.ShouldBe(0, run.ToString());
        using var faults = JsonDocument.Parse(run.Output);
        return [.. faults.RootElement.EnumerateArray()
            .Select(fault => (At: heard[fault.GetProperty("line").GetInt32()], What: $"{fault.GetProperty("schema").GetString()}{fault.GetProperty("path").GetString()} {fault.GetProperty("fault").GetString()}"))
            .Where(fault => !Exceptions.Any(exception => Regex.IsMatch(fault.What, exception.Fault, RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1))))
            .GroupBy(fault => fault.What)
            .Select(same => $"{same.Key} — {string.Join("; ", same.Select(fault => fault.At.Of).Distinct().Take(4))} — {(same.First().At.Body is { Length: > 700 } body ? body[..700] : same.First().At.Body)}")];
    }

    /// <summary>One body that the gateway sent.</summary>
    private sealed record Heard(string Of, string Schema, string Body);
}
