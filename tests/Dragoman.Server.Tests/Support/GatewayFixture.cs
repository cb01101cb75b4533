using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Dragoman.Emulators;
using Dragoman.Emulators.Http;
using Dragoman.Server.Hosting;
using Microsoft.Extensions.Logging;

namespace Dragoman.Server.Tests.Support;

/// <summary>A gateway over real HTTP in this process, with emulated upstreams behind it.</summary>
internal sealed class GatewayFixture : IAsyncDisposable
{
    private GatewayFixture(EmulatorHost upstream, GatewayHost gateway)
    {
        Upstream = upstream;
        Gateway = gateway;
        Http = new HttpClient { BaseAddress = gateway.Address, Timeout = TimeSpan.FromSeconds(60) };
    }

    /// <summary>A home folder that is not there, so that no test comes near the real one.</summary>
    public static string NoHome { get; } = Path.Combine(Path.GetTempPath(), $"dragoman-no-home-{Guid.NewGuid():N}");

    public EmulatorHost Upstream { get; }

    public GatewayHost Gateway { get; }

    public HttpClient Http { get; }

    /// <summary>One upstream of every language: models <c>chat-1</c>, <c>resp-1</c>, <c>claude-1</c>, <c>gemini-1</c>, <c>nova-1</c>.</summary>
    public static Task<GatewayFixture> StartAsync(string more = "") => StartWithAsync(address => Everything(address) + more);

    /// <summary>Starts one with a configuration for the address of the upstream.</summary>
    /// <param name="config">The configuration.</param>
    /// <param name="home">What stands in for the owner's home folder; null for one that is not there.</param>
    /// <param name="data">The data folder; null for none.</param>
    public static async Task<GatewayFixture> StartWithAsync(Func<string, string> config, string? home = null, string? data = null)
    {
        var upstream = await EmulatorHost.StartAsync(new EmulatorOptions());
        var gateway = await GatewayHost.StartAsync(new StartOptions
        {
            ConfigText = config(upstream.Address.ToString().TrimEnd('/')),
            Port = 0,
            HomeFolder = home ?? NoHome,
            DataFolder = data,
            LogLevel = LogLevel.None,
        });
        return new GatewayFixture(upstream, gateway);
    }

    public static string Everything(string address) => $$"""
        openai-compatibility:
          - name: chat
            base-url: {{address}}/v1
            api-key-entries: [ { api-key: key-of-chat } ]
            models: [ chat-1 ]
          - name: responses
            base-url: {{address}}/v1
            wire-api: responses
            api-key-entries: [ { api-key: key-of-responses } ]
            models: [ resp-1 ]
        claude-api-key:
          - { name: claude, api-key: key-of-claude, base-url: "{{address}}", models: [ { name: claude-sonnet-4-5, alias: claude-1 } ] }
        gemini-api-key:
          - { name: gemini, api-key: key-of-gemini, base-url: "{{address}}", models: [ { name: gemini-2.5-pro, alias: gemini-1 } ] }
        bedrock:
          - { name: bedrock, region: us-east-1, endpoint: "{{address}}", api-key: key-of-bedrock, models: [ { name: "amazon.nova-pro-v1:0", alias: nova-1 } ] }

        """;

    public Task<HttpResponseMessage> PostAsync(string path, string json, params (string Name, string Value)[] headers)
        => SendAsync(HttpMethod.Post, path, new StringContent(json, Encoding.UTF8, "application/json"), headers);

    public Task<HttpResponseMessage> GetAsync(string path, params (string Name, string Value)[] headers) => SendAsync(HttpMethod.Get, path, null, headers);

    public async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, HttpContent? content, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, path) { Content = content };
        foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value);
        return await Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await Gateway.DisposeAsync();
        await Upstream.DisposeAsync();
    }
}

/// <summary>Requests and answers as tests write and read them.</summary>
internal static class Talk
{
    public static string Chat(string model, string text = "hi", bool stream = false, string more = "")
        => $$"""{"model":"{{model}}"{{(stream ? ",\"stream\":true" : "")}}{{more}},"messages":[{"role":"user","content":"{{text}}"}]}""";

    public static string Messages(string model, string text = "hi", bool stream = false, string more = "")
        => $$"""{"model":"{{model}}","max_tokens":200{{(stream ? ",\"stream\":true" : "")}}{{more}},"messages":[{"role":"user","content":"{{text}}"}]}""";

    public static string Responses(string model, string text = "hi", bool stream = false, string more = "")
        => $$"""{"model":"{{model}}"{{(stream ? ",\"stream\":true" : "")}}{{more}},"input":"{{text}}"}""";

    public static string Gemini(string text = "hi") => $$"""{"contents":[{"role":"user","parts":[{"text":"{{text}}"}]}]}""";

    public static Task<string> TextAsync(this HttpResponseMessage response) => response.Content.ReadAsStringAsync();

    public static async Task<JsonNode> JsonAsync(this HttpResponseMessage response)
    {
        var text = await response.Content.ReadAsStringAsync();
        return JsonNode.Parse(text) ?? throw new InvalidOperationException(text);
    }

    public static string? Header(this HttpResponseMessage response, string name)
        => response.Headers.TryGetValues(name, out var values) || response.Content.Headers.TryGetValues(name, out values) ? string.Join(',', values) : null;

    public static ByteArrayContent Encoded(byte[] body, string encoding)
    {
        var content = new ByteArrayContent(body);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        content.Headers.ContentEncoding.Add(encoding);
        return content;
    }
}
