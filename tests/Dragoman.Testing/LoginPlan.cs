using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using System.Web;

namespace Dragoman.Testing;

/// <summary>A provider whose accounts sign in at the emulated vendor.</summary>
/// <param name="Provider">The provider.</param>
/// <param name="Vendor">The first part of the vendor's paths.</param>
/// <param name="Model">A model of the plan.</param>
/// <param name="Upstream">Where the vendor is asked for it.</param>
/// <param name="TokenEndpoint">Where logins are renewed.</param>
/// <param name="Secrets">How its tokens begin.</param>
/// <param name="Settings">The provider's settings, for the vendor's address.</param>
public sealed record LoginPlan(string Provider, string Vendor, string Model, string Upstream, string TokenEndpoint, IReadOnlyList<string> Secrets, Func<string, string> Settings)
{
    private static readonly Dictionary<string, LoginPlan> Known = new LoginPlan[]
    {
        new("claude-subscription", "claude", "claude-sonnet-4-5", "/claude/v1/messages", "/claude/v1/oauth/token", ["sk-ant-oat01-", "sk-ant-ort01-"], at => $$"""
            authorize-url: {{at}}/claude/cai/oauth/authorize
            token-url: {{at}}/claude/v1/oauth/token
            code-page: {{at}}/claude/oauth/code/callback
            api-url: {{at}}/claude
            """),
        new("xai", "xai", "grok-4.5", "/xai/v1/responses", "/xai/oauth2/token", ["eyJ-grok-", "grok-refresh-"], at => $$"""
            discovery-url: {{at}}/xai/.well-known/openid-configuration
            device-url: {{at}}/xai/oauth2/device/code
            authorize-url: {{at}}/xai/oauth2/authorize
            userinfo-url: {{at}}/xai/oauth2/userinfo
            base-url: {{at}}/xai/v1
            """),
        new("kimi-code", "kimi", "kimi-for-coding", "/kimi/coding/v1/chat/completions", "/kimi/api/oauth/token", ["kimi-access-", "kimi-refresh-"], at => $$"""
            auth-url: {{at}}/kimi
            base-url: {{at}}/kimi/coding/v1
            """),
        new("code-assist", "google", "gemini-2.5-pro", "/google/v1internal:generateContent", "/google/token", ["ya29.", "1//of-"], at => Google(at, "google") + $"\ncode-page: {at}/google/authcode"),
        new("antigravity", "antigravity", "gemini-3.8-flash-high", "/antigravity/v1internal:generateContent", "/antigravity/token", ["ya29.ag.", "1//ag."], at => Google(at, "antigravity")),
        new("chatgpt", "chatgpt", "gpt-5.5", "/chatgpt/backend-api/codex/responses", "/chatgpt/auth/oauth/token", ["rt_", "eyJ"], at => $$"""
            auth-url: {{at}}/chatgpt/auth
            base-url: {{at}}/chatgpt/backend-api/codex
            """),
        new("kiro", "kiro", "claude-sonnet-4-5", "/kiro/service/generateAssistantResponse", "/kiro/auth/refreshToken", ["aoa", "aor"], at => $$"""
            auth-url: {{at}}/kiro/auth
            portal-url: {{at}}/kiro/portal
            service-url: {{at}}/kiro/service
            management-url: {{at}}/kiro/service
            """),
        new("vertex", "vertex", "gemini-2.5-pro", "/vertex/v1/projects/acme/locations/global/publishers/google/models/gemini-2.5-pro:generateContent", "/vertex/token", ["ya29.c."], at => $$"""
            token-url: {{at}}/vertex/token
            base-url: {{at}}/vertex
            """),
        new("github-copilot", "copilot", "gpt-5-mini", "/copilot/plan/chat/completions", "/copilot/api/copilot_internal/v2/token", ["ghu_", "tid="], at => $$"""
            login-url: {{at}}/copilot/github
            api-url: {{at}}/copilot/api
            """),
    }.ToDictionary(plan => plan.Provider);

    /// <summary>How long its access tokens are good; null where that is more than a day.</summary>
    public TimeSpan? Life => Vendor switch
    {
        "kimi" => TimeSpan.FromMinutes(15),
        // 25 minutes, renewed by the request that finds it ended.
        "copilot" => TimeSpan.FromMinutes(28),
        "google" or "antigravity" or "vertex" or "kiro" => TimeSpan.FromHours(1),
        "xai" => TimeSpan.FromHours(6),
        "claude" => TimeSpan.FromHours(8),
        _ => null,
    };

    /// <summary>Whether what the token endpoint was asked is a renewal; GitHub is asked without a body, and Google with what a service account has signed.</summary>
    public bool IsRenewal(string body) => Vendor is "copilot" or "vertex" || body.Contains("refresh_token", StringComparison.Ordinal) || body.Contains("refreshToken", StringComparison.Ordinal);

    /// <summary>All of them.</summary>
    public static IEnumerable<string> Providers => Known.Keys;

    /// <summary>The plan of a provider.</summary>
    public static LoginPlan Of(string provider) => Known[provider];

    /// <summary>A configuration in which the provider's vendor is the emulated one.</summary>
    public string Configuration(string vendor) => $"providers:\n  {Provider}:\n    {Settings(vendor.TrimEnd('/')).ReplaceLineEndings("\n    ")}\n";

    /// <summary>Signs in as a person whose browser is elsewhere; gives the account's id.</summary>
    public async Task<string> SignInAsync(HttpClient gateway, Uri vendor)
    {
        using var browser = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false });
        if (Vendor == "kimi")
        {
            // A code for a device may be asked about every five seconds of the system's clock: the file of a program that has signed in does as well.
            var tokens = JsonNode.Parse(await browser.GetStringAsync(new Uri(vendor, "/kimi/_login?device=0123456789abcdef0123456789abcdef")))!.AsObject();
            (tokens["type"], tokens["device_id"]) = ("kimi", "0123456789abcdef0123456789abcdef");
            return Text(await AskAsync(gateway, "logins", new { provider = Provider, save = true, acknowledged = true, content = tokens.ToJsonString() }), "account_id");
        }

        if (Vendor == "copilot")
            return Text(await AskAsync(gateway, "logins", new { provider = Provider, flow = "import", save = true, content = await browser.GetStringAsync(new Uri(vendor, "/copilot/_login")) }), "account_id");

        if (Vendor == "vertex")
            return Text(await AskAsync(gateway, "logins", new { provider = Provider, flow = "import", save = true, content = await browser.GetStringAsync(new Uri(vendor, "/vertex/_key/acme")) }), "account_id");

        var begun = await AskAsync(gateway, "logins", new { provider = Provider, flow = Vendor == "kiro" ? "github-browser" : "browser", headless = true, save = true, acknowledged = true });
        using var consent = await browser.GetAsync(new Uri(Text(begun, "address")));
        if (consent.StatusCode != HttpStatusCode.Found) throw new InvalidOperationException($"The vendor answered {(int)consent.StatusCode}: {await consent.Content.ReadAsStringAsync()}");
        var at = consent.Headers.Location!;
        var query = HttpUtility.ParseQueryString(at.Query);
        var done = await AskAsync(gateway, $"logins/{Text(begun, "id")}/complete", new { text = at.IsLoopback && Vendor != "xai" ? at.AbsoluteUri : $"{query["code"]}#{query["state"]}" });
        if (Text(done, "status") != "saved") throw new InvalidOperationException($"The login was not saved: {done.ToJsonString()}");
        return Text(done, "account_id");
    }

    private static string Google(string at, string vendor) => $$"""
        authorize-url: {{at}}/{{vendor}}/o/oauth2/v2/auth
        token-url: {{at}}/{{vendor}}/token
        revoke-url: {{at}}/{{vendor}}/revoke
        userinfo-url: {{at}}/{{vendor}}/oauth2/v1/userinfo
        base-url: {{at}}/{{vendor}}
        client-secret: emulated-secret
        """;

    private static async Task<JsonNode> AskAsync(HttpClient gateway, string path, object body)
    {
        using var answer = await gateway.PostAsJsonAsync($"/api/v1/{path}", body);
        var text = await answer.Content.ReadAsStringAsync();
        if (!answer.IsSuccessStatusCode) throw new InvalidOperationException($"The gateway answered {(int)answer.StatusCode}: {text}");
        return JsonNode.Parse(text)!;
    }

    private static string Text(JsonNode node, string name) => node[name]?.GetValue<string>() ?? throw new InvalidOperationException($"There is no {name} in {node.ToJsonString()}");
}
