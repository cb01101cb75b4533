using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Dragoman.Emulators;
using Dragoman.Emulators.Http;
using Dragoman.Providers.Tests.Support;
using Dragoman.Server.Hosting;
using Microsoft.Extensions.Logging;

namespace Dragoman.Providers.Tests.Vertex;

/// <summary>Vertex AI in the whole gateway: keys that were imported and keys in the file, Google's models and Anthropic's.</summary>
public sealed class VertexServingTests : IAsyncLifetime
{
    private EmulatorHost _google = null!;

    private string Address => _google.Address.ToString().TrimEnd('/');

    private string Settings => $"token-url: '{Address}/vertex/token', base-url: '{Address}/vertex', location: europe-west4";

    public async ValueTask InitializeAsync() => _google = await EmulatorHost.StartAsync(new EmulatorOptions());

    public ValueTask DisposeAsync() => _google.DisposeAsync();

    [Fact]
    public async Task An_imported_key_serves_every_clients_protocol_and_shows_no_secret()
    {
        await using var gateway = await StartAsync($"providers: {{ vertex: {{ {Settings} }} }}\n");
        using var http = new HttpClient { BaseAddress = gateway.Address };
        var key = await KeyAsync("acme");
        var (status, saved) = await PostAsync(http, "/api/v1/logins", new JsonObject { ["provider"] = "vertex", ["save"] = true, ["acknowledged"] = true, ["content"] = key }.ToJsonString());
        status.ShouldBe(HttpStatusCode.Created, saved);
        await ServesAsync(http);
        await RenewsOnceAsync(http);
        var accounts = await http.GetStringAsync(new Uri("/api/v1/accounts", UriKind.Relative));
        accounts.ShouldContain("gateway@acme");
        ShowsNothingOf(key, accounts + saved);
    }

    [Fact]
    public async Task A_key_in_the_file_serves_and_is_renewed_in_memory()
    {
        var key = await KeyAsync("acme");
        await using var gateway = await StartAsync($$"""
            providers: { vertex: { token-url: '{{Address}}/vertex/token' } }
            vertex:
              - name: cloud
                service-account: '{{key}}'
                location: europe-west4
                base-url: '{{Address}}/vertex'
            """);
        using var http = new HttpClient { BaseAddress = gateway.Address };
        Exchanges.ShouldBe(0, "nothing is asked before it is needed");
        await ServesAsync(http);
        Exchanges.ShouldBe(1);
        await RenewsOnceAsync(http);
        ShowsNothingOf(key, await http.GetStringAsync(new Uri("/api/v1/accounts", UriKind.Relative)));
    }

    [Fact]
    public async Task A_key_that_google_refuses_sets_the_account_aside_and_says_why()
    {
        var key = JsonNode.Parse(await KeyAsync("acme"))!.AsObject();
        key["client_email"] = "gone@acme.iam.gserviceaccount.com";
        await using var gateway = await StartAsync($$"""
            providers: { vertex: { token-url: '{{Address}}/vertex/token' } }
            vertex: [ { name: cloud, service-account: '{{key.ToJsonString()}}', base-url: '{{Address}}/vertex' } ]
            """);
        using var http = new HttpClient { BaseAddress = gateway.Address };
        var (status, text) = await PostAsync(http, "/v1/messages", Ask("claude-sonnet-4-5"));
        ((int)status).ShouldBe(424);
        text.ShouldContain("Invalid grant: account not found");
        _google.Requests.ShouldAllBe(request => request.Target.StartsWith("/vertex/_key/", StringComparison.Ordinal) || request.Target == "/vertex/token");
    }

    [Theory]
    [InlineData("gemini-2.5-pro", "/publishers/google/models/gemini-2.5-pro:countTokens")]
    [InlineData("claude-sonnet-4-5", "/publishers/anthropic/models/count-tokens:rawPredict")]
    public async Task Tokens_are_counted_by_the_vendor(string model, string path)
    {
        await using var gateway = await StartAsync($"vertex: [ {{ name: cloud, access-token: ya29.vertex-x, project: p, base-url: '{Address}/vertex' }} ]\n");
        using var http = new HttpClient { BaseAddress = gateway.Address };
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/messages/count_tokens") { Content = Json(Ask(model)) };
        request.Headers.Add("anthropic-beta", "web-search-2025-03-05,effort-2025-11-24");
        using var answer = await http.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        answer.Headers.GetValues("x-dragoman-token-count").ShouldBe(["upstream"], _google.Requests[^1].Refused);
        JsonNode.Parse(text)!["input_tokens"]!.GetValue<int>().ShouldBePositive();
        _google.Requests[^1].Target.ShouldEndWith(path);
    }

    [Theory]
    [InlineData("disabled-1", 403, "permission_error", "Vertex AI API has not been used in project disabled-1 before or it is disabled.")]
    public async Task What_google_says_before_claude_comes_in_the_clients_own_form(string project, int status, string type, string message)
    {
        await using var gateway = await StartAsync($"vertex: [ {{ name: cloud, access-token: ya29.vertex-x, project: {project}, base-url: '{Address}/vertex' }} ]\n");
        using var http = new HttpClient { BaseAddress = gateway.Address };
        var (answered, text) = await PostAsync(http, "/v1/messages", Ask("claude-opus-4-6"));
        var error = JsonNode.Parse(text)!;
        ((int)answered, error["type"]!.GetValue<string>(), error["error"]!["type"]!.GetValue<string>(), error["error"]!["message"]!.GetValue<string>()).ShouldBe((status, "error", type, message));
    }

    private int Exchanges => _google.Requests.Count(request => request.Target == "/vertex/token");

    private async Task ServesAsync(HttpClient http)
    {
        foreach (var (path, body, asked) in ((string, string, string)[])
            [
                ("/v1beta/models/gemini-2.5-pro:generateContent", """{"contents":[{"role":"user","parts":[{"text":"say:hello"}]}]}""", "google/models/gemini-2.5-pro:generateContent"),
                ("/v1beta/models/gemini-2.5-pro:streamGenerateContent?alt=sse", """{"contents":[{"role":"user","parts":[{"text":"say:hello"}]}]}""", "google/models/gemini-2.5-pro:streamGenerateContent?alt=sse"),
                ("/v1beta/models/claude-opus-4-6:generateContent", """{"contents":[{"role":"user","parts":[{"text":"say:hello"}]}]}""", "anthropic/models/claude-opus-4-6:rawPredict"),
                ("/v1/chat/completions", """{"model":"gemini-2.5-pro","messages":[{"role":"user","content":"say:hello"}]}""", "google/models/gemini-2.5-pro:generateContent"),
                ("/v1/chat/completions", """{"model":"claude-haiku-4.5","messages":[{"role":"user","content":"say:hello"}]}""", "anthropic/models/claude-haiku-4-5@20251001:rawPredict"),
                ("/v1/messages", Ask("gemini-2.5-pro", stream: true), "google/models/gemini-2.5-pro:streamGenerateContent?alt=sse"),
                ("/v1/messages", Ask("claude-sonnet-4-5-20250929", stream: true), "anthropic/models/claude-sonnet-4-5@20250929:streamRawPredict"),
            ])
        {
            var (answered, text) = await PostAsync(http, path, body);
            (answered, text.Contains("hello", StringComparison.Ordinal)).ShouldBe((HttpStatusCode.OK, true), $"{path}: {text}");
            _google.Requests[^1].Target.ShouldBe($"/vertex/v1/projects/acme/locations/europe-west4/publishers/{asked}");
        }
    }

    private async Task RenewsOnceAsync(HttpClient http)
    {
        var before = Exchanges;
        using var google = new HttpClient { BaseAddress = _google.Address };
        await PostAsync(google, "/vertex/_expire", "{}");
        (await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => PostAsync(http, "/v1/messages", Ask("claude-opus-4-6"))))).ShouldAllBe(answer => answer.Status == HttpStatusCode.OK);
        Exchanges.ShouldBe(before + 1, "requests that find it expired at once wait for one exchange");
    }

    private static void ShowsNothingOf(string key, string shown)
    {
        foreach (var line in JsonNode.Parse(key)!["private_key"]!.GetValue<string>().Split('\n').Where(line => line.Length > 20 && !line.StartsWith('-'))) shown.ShouldNotContain(line);
    }

    private async Task<string> KeyAsync(string project)
    {
        using var http = new HttpClient();
        return await http.GetStringAsync(new Uri($"{Address}/vertex/_key/{project}"));
    }

    private static Task<GatewayHost> StartAsync(string config) => GatewayHost.StartAsync(
        new StartOptions { ConfigText = $"request-retry: 0\n{config}", Port = 0, Providers = TestProviders.CreateRegistry, LogLevel = LogLevel.None }, TestContext.Current.CancellationToken);

    private static string Ask(string model, bool stream = false)
        => new JsonObject { ["model"] = model, ["max_tokens"] = 100, ["stream"] = stream, ["messages"] = new JsonArray(new JsonObject { ["role"] = "user", ["content"] = "say:hello" }) }.ToJsonString();

    private static StringContent Json(string body) => new(body, Encoding.UTF8, "application/json");

    private static async Task<(HttpStatusCode Status, string Text)> PostAsync(HttpClient http, string path, string body)
    {
        using var content = Json(body);
        using var answer = await http.PostAsync(new Uri(path, UriKind.Relative), content);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }
}
