using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Dragoman.Emulators;
using Dragoman.Emulators.Script;
using Dragoman.Server.Hosting;
using Microsoft.Extensions.Logging;

namespace Dragoman.Server.Tests.Api.Responses;

/// <summary>A gateway before emulated upstreams of every language, and a client of it.</summary>
internal sealed class ResponsesFixture : IAsyncDisposable
{
    public const string Claude = "claude-sonnet-4-5";
    public const string Gpt = "gpt-5.2";
    public const string Chat = "deepseek-chat";

    private ResponsesFixture(EmulatorHost upstream, GatewayHost gateway)
    {
        Upstream = upstream;
        Gateway = gateway;
        Http = ClientOf(null);
    }

    public EmulatorHost Upstream { get; }

    public GatewayHost Gateway { get; }

    public HttpClient Http { get; }

    public Uri SocketAddress => new($"ws://127.0.0.1:{Gateway.Address.Port}/v1/responses");

    public static async Task<ResponsesFixture> OpenAsync(string more = "", TimeProvider? time = null)
    {
        var upstream = await EmulatorHost.StartAsync();
        var address = upstream.Address.ToString().TrimEnd('/');
        var config = $$"""
            openai-compatibility:
              - name: responses
                base-url: {{address}}/v1
                wire-api: responses
                api-key-entries:
                  - api-key: one
                models:
                  - name: gpt-5.2
                  - name: gpt-4.1
              - name: chat
                base-url: {{address}}/v1
                api-key-entries:
                  - api-key: two
                models:
                  - name: deepseek-chat
            claude-api-key:
              - api-key: three
                base-url: {{address}}
                models:
                  - name: claude-sonnet-4-5
            request-retry: 0
            {{more}}
            """;
        var gateway = await GatewayHost.StartAsync(new StartOptions { ConfigText = config, Port = 0, LogLevel = LogLevel.None, Time = time ?? TimeProvider.System });
        return new ResponsesFixture(upstream, gateway);
    }

    public HttpClient ClientOf(string? key)
    {
        var client = new HttpClient { BaseAddress = Gateway.Address };
        if (key is not null) client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        return client;
    }

    public async Task<(int Status, JsonNode Json)> PostAsync(string path, object body, HttpClient? client = null)
    {
        using var content = new StringContent(body as string ?? System.Text.Json.JsonSerializer.Serialize(body), Encoding.UTF8, "application/json");
        using var response = await (client ?? Http).PostAsync(new Uri(path, UriKind.Relative), content);
        return ((int)response.StatusCode, JsonNode.Parse(await response.Content.ReadAsStringAsync())!);
    }

    public async Task<JsonNode> CreateAsync(object body, HttpClient? client = null)
    {
        var (status, json) = await PostAsync("/v1/responses", body, client);
        status.ShouldBe(200, json.ToJsonString());
        return json;
    }

    public async Task<(int Status, JsonNode Json)> SendAsync(HttpMethod method, string path, HttpClient? client = null)
    {
        using var request = new HttpRequestMessage(method, path);
        using var response = await (client ?? Http).SendAsync(request);
        return ((int)response.StatusCode, JsonNode.Parse(await response.Content.ReadAsStringAsync())!);
    }

    public Task<(int Status, JsonNode Json)> GetAsync(string path, HttpClient? client = null) => SendAsync(HttpMethod.Get, path, client);

    /// <summary>The events of a stream, each checked to carry its own name.</summary>
    public async Task<List<JsonNode>> StreamAsync(object body)
    {
        using var content = new StringContent(System.Text.Json.JsonSerializer.Serialize(body), Encoding.UTF8, "application/json");
        using var response = await Http.PostAsync(new Uri("/v1/responses", UriKind.Relative), content);
        var text = await response.Content.ReadAsStringAsync();
        ((int)response.StatusCode).ShouldBe(200, text);
        return Events(text);
    }

    public async Task<List<JsonNode>> StreamAsync(string path) => Events(await Http.GetStringAsync(new Uri(path, UriKind.Relative)));

    /// <summary>Polls a background response until it has ended.</summary>
    public async Task<JsonNode> EndOfAsync(string id, HttpClient? client = null)
    {
        while (true)
        {
            var (status, json) = await GetAsync($"/v1/responses/{id}", client);
            status.ShouldBe(200);
            if (Text(json, "status") is not ("queued" or "in_progress")) return json;
            await Task.Delay(20);
        }
    }

    public RecordedRequest LastRequest() => Upstream.Requests[^1];

    public void NothingRefused() => Upstream.Requests.Where(request => request.Refused is not null).Select(request => $"{request.Target}: {request.Refused}\n{request.Text}").ShouldBeEmpty();

    public static string? Text(JsonNode? node, params object[] path) => At(node, path)?.GetValue<string>();

    public static JsonNode? At(JsonNode? node, params object[] path)
    {
        foreach (var step in path) node = step is int index ? node![index] : node![(string)step];
        return node;
    }

    /// <summary>A text that is answered at some length: the emulated model repeats it. A fault may be ordered in it.</summary>
    public static string Long(int words, string fault) => $"fault:{fault} {string.Join(' ', Enumerable.Range(1, words).Select(number => $"word{number}"))}";

    /// <summary>The text of a response's messages.</summary>
    public static string Said(JsonNode response) => string.Concat(response["output"]!.AsArray()
        .Where(item => Text(item, "type") == "message").SelectMany(item => item!["content"]!.AsArray()).Select(part => Text(part, "text")));

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await Gateway.DisposeAsync();
        await Upstream.DisposeAsync();
    }

    private static List<JsonNode> Events(string text)
    {
        var events = new List<JsonNode>();
        foreach (var frame in text.Split("\n\n", StringSplitOptions.RemoveEmptyEntries))
        {
            var lines = frame.Split('\n').Where(line => !line.StartsWith(':')).ToArray();
            // An event without data (an upstream broke off within it) is none to any client.
            if (!lines.Any(line => line.StartsWith("data:", StringComparison.Ordinal))) continue;
            lines.Length.ShouldBe(2, frame);
            var json = JsonNode.Parse(lines[1]["data: ".Length..])!;
            lines[0].ShouldBe($"event: {Text(json, "type")}");
            events.Add(json);
        }

        return events;
    }
}
