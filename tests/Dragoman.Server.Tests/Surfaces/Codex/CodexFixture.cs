using System.Text.Json.Nodes;
using System.Web;

namespace Dragoman.Server.Tests.Surfaces.Codex;

/// <summary>The surface of codex-claude-proxy before emulated ChatGPT and Kilo.</summary>
internal static class CodexFixture
{
    /// <summary>ChatGPT's addresses, for logins.</summary>
    public static string Plans(string address) => $$"""
        providers:
          chatgpt:
            auth-url: {{address}}/chatgpt/auth
            base-url: {{address}}/chatgpt/backend-api/codex
        request-retry: 0

        """;

    /// <summary>An account at Kilo without a key of anybody's, which is served what is free.</summary>
    public static string Kilo(string address) => $$"""
        kilo-api-key: [ { name: kilo, api-key: anonymous, base-url: "{{address}}/kilo/api/gateway" } ]

        """;

    public static Task<SurfaceFixture> StartAsync(Func<string, string>? more = null, string? home = null, string? data = null)
        => SurfaceFixture.StartWithAsync("codex", address => Plans(address) + more?.Invoke(address), home, data);

    /// <summary>Signs in by what the browser ends at; gives the e-mail address.</summary>
    public static async Task<string> SignInAsync(this SurfaceFixture rig, string user)
    {
        var begun = (await rig.SendAsync("POST", "/accounts/add", "{}")).Json;
        var done = await rig.SendAsync("POST", "/accounts/add/manual", new JsonObject { ["code"] = await ConsentAsync(begun, $"&emulated_user={user}"), ["verifier"] = begun["verifier"]!.GetValue<string>() }.ToJsonString());
        (done.Status, done.Body).ShouldBe((200, $$"""{"success":true,"message":"Account {{user}}@example.com added successfully"}"""));
        return $"{user}@example.com";
    }

    /// <summary>Lets the emulated vendor's page be agreed to; gives the address that the browser is sent back to.</summary>
    public static async Task<string> ConsentAsync(JsonNode begun, string more = "")
    {
        using var browser = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false });
        using var consent = await browser.GetAsync(new Uri(begun["oauth_url"]!.GetValue<string>() + more));
        return consent.Headers.Location!.AbsoluteUri;
    }

    /// <summary>Has the emulated vendor do something.</summary>
    public static async Task VendorAsync(this SurfaceFixture rig, string what)
    {
        using var http = new HttpClient();
        (await http.GetAsync(new Uri(rig.Rig.Upstream.Address, $"/chatgpt/emulated/{what}"))).EnsureSuccessStatusCode();
    }

    /// <summary>How often the vendor was asked for something.</summary>
    public static int Asked(this SurfaceFixture rig, string target) => rig.Rig.Upstream.Requests.Count(request => request.Target.StartsWith(target, StringComparison.Ordinal));

    /// <summary>A parameter of an address.</summary>
    public static string? Parameter(string address, string name) => HttpUtility.ParseQueryString(new Uri(address).Query)[name];
}
