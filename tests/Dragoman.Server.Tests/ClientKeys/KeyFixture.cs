using System.Text;
using System.Text.Json.Nodes;
using Dragoman.Server.Hosting;
using Dragoman.Server.Tests.Forwarding;
using Dragoman.Server.Tests.Support;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Dragoman.Server.Tests.ClientKeys;

/// <summary>A gateway with one upstream that says what a test wants (model <c>m</c>, a token costs a thousandth of a dollar in and two out), and its management API.</summary>
internal sealed class KeyFixture : IAsyncDisposable
{
    public const string Whole = """{"id":"c1","object":"chat.completion","created":1,"model":"m","choices":[{"index":0,"message":{"role":"assistant","content":"fine"},"finish_reason":"stop"}],"usage":{"prompt_tokens":10,"completion_tokens":5,"total_tokens":15}}""";

    private readonly TempFolder? _folder;

    private KeyFixture(RawUpstream upstream, GatewayHost gateway, TempFolder? folder)
    {
        Upstream = upstream;
        Gateway = gateway;
        _folder = folder;
        Http = new HttpClient { BaseAddress = gateway.Address, Timeout = TimeSpan.FromSeconds(60) };
    }

    /// <summary>How fast the disk of this machine is, is no test's business.</summary>
    private const string Patient = "store: { patience-seconds: 120 }\n";

    public RawUpstream Upstream { get; }

    public GatewayHost Gateway { get; }

    public HttpClient Http { get; }

    /// <summary>Starts it; without an answer of its own the upstream says <see cref="Whole"/>.</summary>
    public static async Task<KeyFixture> StartAsync(Func<HttpContext, int, Task>? answer = null, string more = "", TimeProvider? time = null, string? data = null, string prices = "prices: [ { model: m, input: 1000, output: 2000 } ]\n")
    {
        var folder = data is null ? new TempFolder() : null;
        var upstream = await RawUpstream.StartAsync(answer ?? ((context, _) => context.SayAsync(200, Whole)));
        var gateway = await GatewayHost.StartAsync(new StartOptions
        {
            ConfigText = FailureTests.Account("one", upstream.Address, "k") + prices + (more.Contains("store:", StringComparison.Ordinal) ? "" : Patient) + more,
            DataFolder = data ?? folder!.File("data"),
            Port = more.Contains("listeners:", StringComparison.Ordinal) ? null : 0,
            LogLevel = LogLevel.None,
            Time = time ?? TimeProvider.System,
        });
        return new KeyFixture(upstream, gateway, folder);
    }

    /// <summary>Makes a key; gives its id and the key.</summary>
    public async Task<(string Id, string Key)> MakeAsync(string name, string more = "")
    {
        var made = await ManageAsync(HttpMethod.Post, "keys", $$"""{"name":"{{name}}"{{(more.Length > 0 ? "," : "")}}{{more}}}""", 201);
        return (made["id"]!.GetValue<string>(), made["key"]!.GetValue<string>());
    }

    /// <summary>Asks for an answer.</summary>
    public Task<HttpResponseMessage> AskAsync(string key, string? body = null, string path = "/v1/chat/completions")
        => SendAsync(HttpMethod.Post, path, body ?? Talk.Chat("m"), key);

    public async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, string? body, string? key)
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null) request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        if (key is not null) request.Headers.TryAddWithoutValidation("x-api-key", key);
        return await Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
    }

    /// <summary>Asks for an answer and says only its status.</summary>
    public async Task<int> StatusAsync(string key, string? body = null)
    {
        using var answer = await AskAsync(key, body);
        await answer.TextAsync();
        return (int)answer.StatusCode;
    }

    /// <summary>Calls the management API.</summary>
    public async Task<JsonNode> ManageAsync(HttpMethod method, string path, string? body = null, int status = 200)
    {
        using var answer = await SendAsync(method, $"/api/v1/{path}", body, null);
        var text = await answer.TextAsync();
        ((int)answer.StatusCode).ShouldBe(status, text);
        return text.Length == 0 ? new JsonObject() : JsonNode.Parse(text)!;
    }

    public Task<JsonNode> UsageAsync(string query = "") => ManageAsync(HttpMethod.Get, "usage" + query);

    /// <summary>The ledger, newest first, when it has as many entries: an answer is with its client a moment before it is booked.</summary>
    public async Task<JsonArray> EntriesAsync(int count)
    {
        while (true)
        {
            var entries = (await ManageAsync(HttpMethod.Get, "usage/entries?limit=1000"))["entries"]!.AsArray();
            entries.Count.ShouldBeLessThanOrEqualTo(count);
            if (entries.Count == count) return entries;
            await Task.Delay(10);
        }
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await Gateway.DisposeAsync();
        await Upstream.DisposeAsync();
        _folder?.Dispose();
    }
}
