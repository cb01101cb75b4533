using System.Text.Json.Nodes;
using Dragoman.EndToEnd.Tests.Support;
using Dragoman.EndToEnd.Tests.Upstreams;
using Dragoman.Server.Hosting;
using Microsoft.Extensions.Logging;

namespace Dragoman.EndToEnd.Tests;

/// <summary>The providers' official JavaScript SDKs through every upstream language; what they do is in tests/clients/sdk.</summary>
public abstract class SdkMatrix(UpstreamFixture fixture)
{
    private const string Model = "asked-for";

    private protected Task CheckOpenAiAsync(string protocol) => CheckAsync("openai.mjs", protocol, """
        {
          "chatWhole": { "text": "whole chat", "finish": "stop", "object": "chat.completion" },
          "chatStream": { "text": "streamed chat, in several pieces", "finish": "stop", "several": true },
          "chatTools": { "finish": "tool_calls", "calls": [["get_weather", { "city": "Zürich", "days": 2 }]], "text": "get_weather answered: sunny" },
          "chatRunTools": { "text": "get_weather answered: rainy", "asked": { "city": "Zürich", "days": 2 } },
          "responsesWhole": { "text": "whole response", "status": "completed", "object": "response" },
          "responsesStream": {
            "text": "streamed response, in several pieces", "status": "completed", "inOrder": true, "several": true,
            "first": "response.created", "last": "response.completed"
          },
          "responsesTools": { "calls": [["get_weather", { "city": "Zürich", "days": 2 }]], "text": "get_weather answered: sunny" },
          "responsesContinued": { "text": "get_weather answered: cloudy" },
          "completions": { "text": "a completion", "object": "text_completion" },
          "models": { "listed": true },
          "unknownModel": { "status": 404, "code": "model_not_found", "kind": "NotFoundError" }
        }
        """);

    private protected Task CheckAnthropicAsync(string protocol) => CheckAsync("anthropic.mjs", protocol, """
        {
          "whole": { "text": "whole message", "stop": "end_turn", "type": "message", "role": "assistant", "usage": "number" },
          "stream": {
            "text": "streamed message, in several pieces", "stop": "end_turn", "several": true, "blocks": true,
            "first": "message_start", "last": "message_stop"
          },
          "tools": { "stop": "tool_use", "calls": [["get_weather", { "city": "Zürich", "days": 2 }]], "text": "get_weather answered: sunny", "end": "end_turn" },
          "toolRunner": { "text": "get_weather answered: rainy", "asked": { "city": "Zürich", "days": 2 } },
          "countTokens": { "counted": true },
          "models": { "listed": true },
          "unknownModel": { "status": 404, "type": "not_found_error", "kind": "NotFoundError" }
        }
        """);

    private protected Task CheckGoogleGenAiAsync(string protocol) => CheckAsync("genai.mjs", protocol, """
        {
          "whole": { "text": "whole content", "finish": "STOP", "role": "model" },
          "stream": { "text": "streamed content, in several pieces", "finish": "STOP", "several": true },
          "tools": { "calls": [["get_weather", { "city": "Zürich", "days": 2 }]] },
          "chat": { "text": "second" },
          "countTokens": { "counted": true },
          "models": { "listed": true, "version": "v1", "one": "models/asked-for" },
          "files": { "version": "v1", "status": 404, "code": 404, "name": "NOT_FOUND", "told": true },
          "file": { "version": "v1", "status": 404, "code": 404, "name": "NOT_FOUND", "told": true },
          "caches": { "version": "v1", "status": 404, "code": 404, "name": "NOT_FOUND", "told": true },
          "cache": { "version": "v1", "status": 404, "code": 404, "name": "NOT_FOUND", "told": true },
          "batches": { "version": "v1", "status": 404, "code": 404, "name": "NOT_FOUND", "told": true },
          "unknownModel": { "status": 400 }
        }
        """, ClientsFolder.LaterNode);

    private protected Task CheckBedrockAsync(string protocol) => CheckAsync("bedrock.mjs", protocol, """
        {
          "whole": { "text": "whole answer", "stop": "end_turn", "role": "assistant", "usage": "number", "latency": "number" },
          "stream": { "text": "streamed answer, in several pieces", "several": true, "first": "messageStart", "last": "metadata", "stop": "end_turn" },
          "tools": { "stop": "tool_use", "calls": [["get_weather", { "city": "Zürich", "days": 2 }]], "text": "get_weather answered: sunny" },
          "invoke": { "text": "an invoked answer", "stop": "end_turn" },
          "count": { "counted": true },
          "unknownModel": { "name": "ResourceNotFoundException", "status": 404 },
          "anthropicStream": { "stop": "tool_use", "calls": [["get_weather", { "city": "Zürich", "days": 2 }]], "text": "get_weather answered: sunny" },
          "vercel": { "whole": "by the AI SDK", "finish": "stop", "streamed": "streamed by the AI SDK" }
        }
        """, ClientsFolder.LaterNode);

    /// <summary>Checks that cannot go well with this upstream, by no fault of the gateway.</summary>
    private protected virtual IReadOnlyList<string> UpstreamLacks(string script, string protocol) => [];

    /// <summary>What is expected besides, because this upstream can do more.</summary>
    private protected virtual string Besides(string script, string protocol) => "{}";

    private async Task CheckAsync(string script, string protocolName, string expected, Func<string>? node = null)
    {
        var protocol = UpstreamProtocol.All[protocolName];
        var upstream = await fixture.GetAsync();
        await upstream.TakeRequestsAsync();
        await using var gateway = await GatewayHost.StartAsync(new StartOptions
        {
            ConfigText = protocol.Configuration(upstream.Address, [Model]), Port = 0, LogLevel = LogLevel.None,
        });
        ClientsFolder.File("node_modules", ".package-lock.json");
        var path = ClientsFolder.File("sdk", script);
        using var place = new TempWorkspace();

        var run = await ProgramRun.StartAsync((node ?? ClientsFolder.Node)(), [path, gateway.Address.ToString().TrimEnd('/'), Model], place.Folder, []);

        TestContext.Current.TestOutputHelper?.WriteLine(run.ToString());
        foreach (var request in await upstream.TakeRequestsAsync()) TestContext.Current.TestOutputHelper?.WriteLine($"upstream: {request}");
        run.ExitCode.ShouldBe(0);
        var found = JsonNode.Parse(run.Output)!.AsObject();
        var wrong = JsonNode.Parse(expected)!.AsObject().Concat(JsonNode.Parse(Besides(script, protocolName))!.AsObject()).SelectMany(check => Differences(check.Key, check.Value, found[check.Key]))
            .Where(difference => !UpstreamLacks(script, protocolName).Any(path => difference.StartsWith(path, StringComparison.Ordinal))).ToList();
        wrong.ShouldBeEmpty();
    }

    /// <summary>What is expected and not found; what is found besides does not matter.</summary>
    private static IEnumerable<string> Differences(string at, JsonNode? expected, JsonNode? found)
    {
        if (expected is JsonObject fields && found is JsonObject other)
            return other.ContainsKey("error") && !fields.ContainsKey("error") ? [$"{at}: {other}"] : fields.SelectMany(field => Differences($"{at}.{field.Key}", field.Value, other[field.Key]));
        return JsonNode.DeepEquals(expected, found) ? [] : [$"{at}: {found?.ToJsonString() ?? "nothing"} where {expected?.ToJsonString()} was expected"];
    }
}

/// <summary>Against a third party's mock.</summary>
public sealed class SdksOnAimockTests(AimockFixture fixture) : SdkMatrix(fixture), IClassFixture<AimockFixture>
{
    // aimock does not wrap the chunks of InvokeModelWithResponseStream in "bytes" as AWS does; Bedrock is Converse there.
    public static TheoryData<string> Languages => new(UpstreamProtocol.All.Keys.Where(name => name != "bedrock-claude"));

    [Theory, MemberData(nameof(Languages))]
    [Trait("check", "responses 44")]
    public Task OpenAi(string protocol) => CheckOpenAiAsync(protocol);

    [Theory, MemberData(nameof(Languages))]
    public Task Anthropic(string protocol) => CheckAnthropicAsync(protocol);

    [Theory, MemberData(nameof(Languages))]
    public Task GoogleGenAi(string protocol) => CheckGoogleGenAiAsync(protocol);

    private protected override IReadOnlyList<string> UpstreamLacks(string script, string protocol) => (script, protocol) switch
    {
        // It numbers no events, and they are relayed as they are.
        ("openai.mjs", "responses") => ["responsesStream.inOrder:"],
        // It takes a thread for nothing and answers the rest alone; that is relayed too.
        ("anthropic.mjs", "messages") => ["toolRunner.text:"],
        _ => [],
    };
}

/// <summary>Against our emulators, which check what they are sent as the providers would.</summary>
public sealed class SdksOnEmulatorsTests(EmulatorFixture fixture) : SdkMatrix(fixture), IClassFixture<EmulatorFixture>
{
    public static TheoryData<string> Languages => new(UpstreamProtocol.All.Keys);

    [Theory, MemberData(nameof(Languages))]
    public Task Bedrock(string protocol) => CheckBedrockAsync(protocol);

    [Theory, MemberData(nameof(Languages))]
    public Task OpenAi(string protocol) => CheckOpenAiAsync(protocol);

    [Theory, MemberData(nameof(Languages))]
    public Task Anthropic(string protocol) => CheckAnthropicAsync(protocol);

    [Theory, MemberData(nameof(Languages))]
    public Task GoogleGenAi(string protocol) => CheckGoogleGenAiAsync(protocol);

    private protected override string Besides(string script, string protocol) => script switch
    {
        "openai.mjs" => $$"""
            {
              "chatSchema": { "city": "string", "days": "number" },
              "chatPicture": { "seen": "I see image/png of 75 bytes" },
              "responsesReasoning": { "text": "get_weather answered: sunny", "thought": {{Thinks(protocol)}} }
            }
            """,
        "anthropic.mjs" => $$"""
            {
              "thinking": { "text": "get_weather answered: sunny", "thought": {{Thinks(protocol)}} },
              "picture": { "seen": "I see image/png of 75 bytes" },
              "pictureInResult": { "seen": "get_weather answered: a map\nI see image/png of 75 bytes" }
            }
            """,
        "bedrock.mjs" => """{ "picture": { "seen": "I see image/png of 75 bytes" } }""",
        _ => $$"""
            {
              "thoughts": { "text": "get_weather answered: sunny", "thought": {{Thinks(protocol)}} },
              "schema": { "city": "string", "days": "number" },
              "picture": { "seen": "I see image/png of 75 bytes" }
            }
            """,
    };

    /// <summary>Whether the emulated model of the language thinks where it is asked to: DeepSeek's Chat model and Nova do not.</summary>
    private static string Thinks(string protocol) => protocol is "chat" or "bedrock" ? "false" : "true";
}
