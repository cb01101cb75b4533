using System.Text;
using System.Text.Json.Nodes;
using Dragoman.Server.Tests.Support;

namespace Dragoman.Server.Tests.Management;

/// <summary>Calls a gateway as the panel's page does in a browser: with its origin, its header and the cookie it was given. Each can be left out or replaced.</summary>
internal sealed class PanelClient(Uri gateway) : IDisposable
{
    public const string Secret = "s3cret-of-the-house";
    public const string Strict = "remote-management: { secret-key: s3cret-of-the-house, require-secret-on-loopback: true }\n";

    private readonly HttpClient _http = new(new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false }) { BaseAddress = gateway, Timeout = TimeSpan.FromSeconds(60) };

    /// <summary>The cookie, as the browser would send it.</summary>
    public string? Cookie { get; set; }

    /// <summary>The origin of the page; null for none.</summary>
    public string? Origin { get; set; } = gateway.GetLeftPart(UriPartial.Authority);

    /// <summary>Whether the panel's header is sent.</summary>
    public bool IsMarked { get; set; } = true;

    /// <summary>Sends a call.</summary>
    public async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, string? body = null, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null) request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        if (Cookie is not null) request.Headers.TryAddWithoutValidation("Cookie", Cookie);
        // A browser sends no origin with what it reads from its own.
        if (Origin is not null && method != HttpMethod.Get) request.Headers.TryAddWithoutValidation("Origin", Origin);
        if (IsMarked) request.Headers.TryAddWithoutValidation("x-dragoman-panel", "1");
        foreach (var (name, value) in headers)
        {
            request.Headers.Remove(name);
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
    }

    /// <summary>The status of a call, and the code of its fault.</summary>
    public async Task<(int Status, string? Code)> StatusAsync(HttpMethod method, string path, string? body = null, params (string Name, string Value)[] headers)
    {
        using var answer = await SendAsync(method, path, body, headers);
        return ((int)answer.StatusCode, answer.IsSuccessStatusCode ? null : JsonNode.Parse(await answer.TextAsync())!["error"]?["code"]?.GetValue<string>());
    }

    /// <summary>The JSON of an answer.</summary>
    public async Task<JsonNode> JsonAsync(HttpMethod method, string path, string? body = null, params (string Name, string Value)[] headers)
    {
        using var answer = await SendAsync(method, path, body, headers);
        var text = await answer.TextAsync();
        ((int)answer.StatusCode).ShouldBe(200, text);
        return JsonNode.Parse(text)!;
    }

    /// <summary>Signs in, keeps the cookie as a browser does, and gives what was said when it was set.</summary>
    public async Task<string> SignInAsync(string secret = Secret, params (string Name, string Value)[] headers)
    {
        using var answer = await SendAsync(HttpMethod.Post, "/api/v1/session", $$"""{"secret":"{{secret}}"}""", headers);
        ((int)answer.StatusCode).ShouldBe(200, await answer.TextAsync());
        var set = answer.Headers.GetValues("Set-Cookie").ShouldHaveSingleItem();
        Cookie = set.Split(';')[0];
        return set;
    }

    public void Dispose() => _http.Dispose();
}
