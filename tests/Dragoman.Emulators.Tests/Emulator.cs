using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Dragoman.Emulators.Http;

namespace Dragoman.Emulators.Tests;

/// <summary>A running emulator and a client to it, with each family's credentials on every request.</summary>
public sealed class Emulator : IAsyncDisposable
{
    private static readonly SocketsHttpHandler Handler = new();

    private Emulator(EmulatorHost host)
    {
        Host = host;
        Http = new HttpClient(Handler, disposeHandler: false) { BaseAddress = host.Address, Timeout = TimeSpan.FromSeconds(30) };
    }

    public EmulatorHost Host { get; }

    public HttpClient Http { get; }

    public static async Task<Emulator> StartAsync(EmulatorOptions? options = null) => new(await EmulatorHost.StartAsync(options));

    public static HttpRequestMessage Request(string path, string body)
    {
        // Uri on .NET keeps %3A and %2F as they are.
        var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        request.Headers.TryAddWithoutValidation("authorization", "Bearer test");
        request.Headers.TryAddWithoutValidation("anthropic-version", "2023-06-01");
        return request;
    }

    public async Task<(HttpStatusCode Status, JsonNode Json)> PostAsync(string path, string body)
    {
        using var answer = await Http.SendAsync(Request(path, body));
        return (answer.StatusCode, JsonNode.Parse(await answer.Content.ReadAsStringAsync())!);
    }

    public async Task<string> TextAsync(string path, string body)
    {
        using var answer = await Http.SendAsync(Request(path, body));
        return await answer.Content.ReadAsStringAsync();
    }

    public static List<JsonNode> Events(string stream) =>
        [.. stream.Split('\n').Where(line => line.StartsWith("data: {", StringComparison.Ordinal)).Select(line => JsonNode.Parse(line[6..])!)];

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await Host.DisposeAsync();
    }
}
