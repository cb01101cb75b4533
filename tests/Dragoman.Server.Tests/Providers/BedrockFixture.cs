using System.Text.Json.Nodes;
using Dragoman.Emulators;
using Dragoman.Emulators.Http;
using Dragoman.Emulators.Script;
using Dragoman.Server.Hosting;
using Microsoft.Extensions.Logging;

namespace Dragoman.Server.Tests.Providers;

/// <summary>A gateway before an emulated Bedrock: what it was sent, and what it shall say.</summary>
public sealed class BedrockFixture : IAsyncLifetime
{
    private GatewayHost? _gateway;
    private HttpClient? _http;

    public EmulatorHost Upstream { get; private set; } = null!;

    /// <summary>The last request upstream.</summary>
    public RecordedRequest Last => Upstream.Requests[^1];

    public async ValueTask InitializeAsync()
    {
        Upstream = await EmulatorHost.StartAsync(new EmulatorOptions());
        _gateway = await GatewayHost.StartAsync(new StartOptions
        {
            ConfigText = $$"""
                request-retry: 0
                disable-cooling: true
                bedrock:
                  - name: aws
                    region: us-east-1
                    endpoint: '{{Upstream.Address.ToString().TrimEnd('/')}}'
                    api-key: ABSKexample
                    models:
                      - { name: claude-sonnet-4.5, alias: claude-sonnet-4.5, wire-api: converse }
                      - { name: us.anthropic.claude-opus-4-7, alias: opus, wire-api: converse }
                      - { name: us.anthropic.claude-opus-5-5, alias: thinker, wire-api: converse }
                      - { name: us.anthropic.claude-sonnet-4-5-20250929-v1:0, alias: invoke }
                      - { name: us.anthropic.claude-haiku-4-5-20251001-v1:0, alias: haiku }
                      - { name: anthropic.claude-3-haiku-20240307-v1:0, alias: old, wire-api: converse }
                      - { name: "amazon.nova-pro-v1:0", alias: nova }
                      - { name: acme.model-v1:0, alias: unlisted }
                """,
            Port = 0,
            LogLevel = LogLevel.None,
        });
        _http = new HttpClient { BaseAddress = _gateway.Address, Timeout = TimeSpan.FromSeconds(30) };
    }

    public async ValueTask DisposeAsync()
    {
        _http?.Dispose();
        if (_gateway is not null) await _gateway.DisposeAsync();
        if (Upstream is not null) await Upstream.DisposeAsync();
    }

    /// <summary>Sends a body; gives status and answer.</summary>
    public async Task<(int Status, string Text, HttpResponseMessage Response)> PostAsync(string path, string body, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(body, System.Text.Encoding.UTF8, "application/json") };
        foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value);
        var response = await _http!.SendAsync(request);
        return ((int)response.StatusCode, await response.Content.ReadAsStringAsync(), response);
    }

    /// <summary>Sends a body that has to be answered and gives what the upstream got, which its own rules must have accepted.</summary>
    public async Task<JsonNode> SentAsync(string path, string body, params (string Name, string Value)[] headers)
    {
        var (status, text, _) = await PostAsync(path, body, headers);
        status.ShouldBe(200, text);
        Last.Refused.ShouldBeNull(Last.Text);
        return Last.Json!;
    }

    /// <summary>The upstream's next answer: frames, each a JSON text whose one member is the event's name.</summary>
    public void Says(params string[] frames) => Upstream.Script.Add(ScriptedReply.AwsEvents(frames));

    /// <summary>The upstream's next answer, whole.</summary>
    public void SaysWhole(string body, int status = 200, params (string Name, string Value)[] headers)
        => Upstream.Script.Add(ScriptedReply.Whole(body, status: status) with { Headers = [.. headers.Select(header => KeyValuePair.Create(header.Name, header.Value))] });
}
