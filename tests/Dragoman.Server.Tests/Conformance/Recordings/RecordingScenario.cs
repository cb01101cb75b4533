using Dragoman.Emulators;
using Dragoman.Emulators.Script;
using Dragoman.Server.Hosting;
using Dragoman.Server.Tests.Conformance.ClientDrivers;
using Dragoman.Server.Tests.Conformance.Upstreams;

namespace Dragoman.Server.Tests.Conformance.Recordings;

/// <summary>A gateway before all upstream languages, each of which can be made to say a recording.</summary>
public sealed class RecordingScenario : IAsyncLifetime
{
    private EmulatorHost? _emulator;
    private GatewayHost? _gateway;

    public HttpClient Http { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        _emulator = await EmulatorHost.StartAsync();
        var address = _emulator.Address.ToString().TrimEnd('/');
        _gateway = await UpstreamScenario.StartAsync($"""
            openai-compatibility:
              - name: chat
                base-url: {address}/v1
                models: [{"{name: recorded, alias: openai-chat}"}]
              - name: responses
                wire-api: responses
                base-url: {address}/v1
                models: [{"{name: recorded, alias: openai-responses}"}]
            claude-api-key:
              - api-key: demo
                base-url: {address}
                models: [{"{name: recorded, alias: anthropic-messages}"}]
            gemini-api-key:
              - api-key: demo
                base-url: {address}
                models: [{"{name: recorded, alias: gemini}"}]
            bedrock:
              - region: us-east-1
                endpoint: {address}
                api-key: demo
                models: [{"{name: recorded, alias: bedrock-converse, wire-api: converse}, {name: recorded, alias: bedrock-anthropic, wire-api: invoke}"}]
            """);
        Http = UpstreamScenario.ClientOf(_gateway);
    }

    public async ValueTask DisposeAsync()
    {
        Http?.Dispose();
        if (_gateway is not null) await _gateway.DisposeAsync();
        if (_emulator is not null) await _emulator.DisposeAsync();
    }

    /// <summary>What a client learns when the upstream says a recording.</summary>
    public async Task<ClientResult> ReplayAsync(string upstream, IReadOnlyList<string> texts, bool recordedStream, string client, bool stream)
    {
        _emulator!.Script.Clear();
        _emulator.Script.Add(ReplyOf(upstream, texts, recordedStream) with { Times = 0 });
        var ask = Ask.Of("Please.") with { Model = upstream, Effort = client == "completions" ? null : "medium" };
        return await ClientDriver.All[client].AskAsync(Http, ask, stream);
    }

    /// <summary>The bytes that a client gets when an upstream of its own language says a recording; providers need not be strict.</summary>
    public async Task<string> RelayAsync(string upstream, IReadOnlyList<string> texts, bool stream, string client)
    {
        _emulator!.Script.Clear();
        _emulator.Script.Add(ReplyOf(upstream, texts, stream));
        var driver = ClientDriver.All[client];
        var ask = Ask.Of("Please.") with { Model = upstream };
        using var content = new StringContent(driver.BodyOf(ask, stream).ToJsonString(), System.Text.Encoding.UTF8, "application/json");
        using var response = await Http.PostAsync(new Uri(driver.PathOf(ask, stream), UriKind.Relative), content);
        return await response.Content.ReadAsStringAsync();
    }

    private static ScriptedReply ReplyOf(string upstream, IReadOnlyList<string> texts, bool stream)
    {
        if (!stream)
        {
            var status = (int)(Json.Parse(texts[0])["error"]?["code"].Num() ?? 200);
            return ScriptedReply.Whole(texts[0], status: status);
        }

        return upstream switch
        {
            "bedrock-converse" => ScriptedReply.AwsEvents(texts),
            "bedrock-anthropic" => ScriptedReply.AwsEvents(texts.Select(text => $$$"""{"chunk":{"bytes":"{{{Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(text))}}}"}}""")),
            _ => ScriptedReply.Events(texts, named: upstream is "openai-responses" or "anthropic-messages", done: upstream == "openai-chat"),
        };
    }
}
