using Dragoman.Emulators;
using Dragoman.Gateway.Requests;
using Dragoman.Gateway.Persistence;
using Dragoman.Gateway.Routing.Selection;
using Dragoman.Gateway.Routing;
using Dragoman.Server.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Dragoman.Server.Tests.Surfaces.Antigravity;

/// <summary>The settings of the page that the gateway obeys: they change its configuration file, and requests.</summary>
public sealed class AntigravitySettingTests
{
    [Fact]
    public async Task What_the_gateway_has_too_is_written_to_its_file_and_obeyed()
    {
        await using var rig = await Gateway.StartAsync();
        var changed = await rig.SendAsync("POST", "/api/config", """
            {"globalQuotaThreshold":0.2,"maxWaitBeforeErrorMs":45000,"requestThrottlingEnabled":true,"requestDelayMs":250,"maxRetries":7,
            "accountSelection":{"strategy":"sticky","healthScore":{"rateLimitPenalty":-15,"initial":70},"quota":{"criticalThreshold":0.1,"lowThreshold":0.2},"weights":{"lru":0.2}}}
            """);
        changed.Status.ShouldBe(200, changed.Body);
        changed.Json["withoutEffect"]!.ToJsonString().ShouldBe("""["maxRetries","accountSelection.quota.lowThreshold"]""");

        var config = rig.Host.Config;
        (config.Routing.Strategy, config.Routing.Hybrid.RateLimit, config.Routing.Hybrid.CriticalQuota, config.Routing.Hybrid.IdleWeight, config.Retry.MaxWait).ShouldBe((RoutingStrategy.Sticky, 15, 10, 0.2, TimeSpan.FromSeconds(45)));
        (config.Routing.Limits["antigravity"].Reserve, config.Routing.Limits["antigravity"].RequestInterval).ShouldBe((0.2, TimeSpan.FromMilliseconds(250)));
        var file = await File.ReadAllTextAsync(rig.File);
        file.ShouldStartWith("# of its owner\n");
        file.ShouldNotContain("start-health", Case.Sensitive, "what holds anyway is not written");

        var shown = (await rig.SendAsync("GET", "/api/config")).Json["config"]!;
        (shown["globalQuotaThreshold"]!.GetValue<double>(), shown["maxWaitBeforeErrorMs"]!.GetValue<int>(), shown["requestThrottlingEnabled"]!.GetValue<bool>(), shown["requestDelayMs"]!.GetValue<int>(), shown["maxRetries"]!.GetValue<int>()).ShouldBe((0.2, 45_000, true, 250, 7));
        (shown["accountSelection"]!["strategy"]!.GetValue<string>(), shown["accountSelection"]!["healthScore"]!["rateLimitPenalty"]!.GetValue<double>(), shown["accountSelection"]!["quota"]!["criticalThreshold"]!.GetValue<double>()).ShouldBe(("sticky", -15, 0.1));
        (await rig.SendAsync("GET", "/account-limits")).Json["globalQuotaThreshold"]!.GetValue<double>().ShouldBe(0.2);

        (await rig.SendAsync("POST", "/api/config", """{"globalQuotaThreshold":0,"requestThrottlingEnabled":false}""")).Status.ShouldBe(200);
        var none = rig.Host.Config.Routing.Limits["antigravity"];
        (none.Reserve, none.RequestInterval).ShouldBe((null, TimeSpan.Zero));
    }

    [Fact]
    public async Task Below_a_threshold_an_account_is_not_asked_for_the_model()
    {
        await using var rig = await Gateway.StartAsync();
        rig.See("one", "claude-opus-4-6-thinking", used: 0.9);
        (await rig.AskAsync("claude-opus-4-6-thinking")).Status.ShouldBe(200);

        await rig.SendAsync("POST", "/api/config", """{"globalQuotaThreshold":0.15}""");
        for (var call = 0; call < 3; call++) (await rig.AskAsync("claude-opus-4-6-thinking")).Status.ShouldBe(200);
        rig.Raw.Bodies.TakeLast(3).ShouldAllBe(body => body.Contains("project-two", StringComparison.Ordinal), "10 % are left of the first account's");

        rig.See("two", "claude-opus-4-6-thinking", used: 0.9);
        var refused = await rig.AskAsync("claude-opus-4-6-thinking");
        (refused.Status, refused.Json["error"]!["message"]!.GetValue<string>()).ShouldBe((429, "RESOURCE_EXHAUSTED: What is left of the quota for model 'claude-opus-4-6-thinking' is not to be used (one, two)."));
        (await rig.AskAsync("gemini-3.8-flash-high")).Status.ShouldBe(200, "of other models nothing is known");
    }

    [Fact]
    public async Task A_mapping_answers_by_another_model_and_an_alias_is_a_further_name()
    {
        await using var rig = await Gateway.StartAsync();
        await rig.SendAsync("POST", "/api/models/config", """{"modelId":"claude-haiku-4-5","config":{"mapping":"gemini-3.8-flash-high","hidden":true}}""");
        await rig.SendAsync("POST", "/api/models/config", """{"modelId":"claude-opus-4-6-thinking","config":{"alias":"big","pinned":true}}""");

        (await rig.AskAsync("claude-haiku-4-5")).Json["model"]!.GetValue<string>().ShouldBe("claude-haiku-4-5");
        rig.Raw.Bodies[^1].ShouldContain("\"model\":\"gemini-3.8-flash-high\"");
        (await rig.AskAsync("big")).Status.ShouldBe(200);
        rig.Raw.Bodies[^1].ShouldContain("\"model\":\"claude-opus-4-6-thinking\"");

        // Only on this surface, and only as long as it stands.
        using var http = new HttpClient();
        using var elsewhere = await http.PostAsync(new Uri(rig.Host.Addresses[0], "/v1/messages"), new StringContent(Gateway.Body("big"), System.Text.Encoding.UTF8, "application/json"));
        ((int)elsewhere.StatusCode).ShouldBe(404);
        await rig.SendAsync("POST", "/api/models/config", """{"modelId":"claude-opus-4-6-thinking","config":{"alias":null}}""");
        (await rig.AskAsync("big")).Status.ShouldBe(404);
        (await rig.SendAsync("GET", "/api/config")).Json["config"]!["modelMapping"]!["claude-haiku-4-5"]!.ToJsonString().ShouldBe("""{"mapping":"gemini-3.8-flash-high","hidden":true}""");
    }

    /// <summary>A gateway with a configuration file and two accounts of Antigravity before an upstream that answers everything.</summary>
    private sealed class Gateway : IAsyncDisposable
    {
        private readonly HttpClient _http = new();
        private readonly string _folder = Directory.CreateTempSubdirectory("dragoman-antigravity-").FullName;

        public RawUpstream Raw { get; private set; } = null!;

        public GatewayHost Host { get; private set; } = null!;

        public string File => Path.Combine(_folder, "config.yaml");

        public static async Task<Gateway> StartAsync()
        {
            var rig = new Gateway { Raw = await RawUpstream.StartAsync((context, _) => AntigravityAnswers.SayAsync(context, """{"text":"fine"}""")) };
            var accounts = string.Concat(((string[])["one", "two"]).Select(name => $"  - {{ name: {name}, access-token: ya29-{name}, project: project-{name}, base-url: '{rig.Raw.Address}' }}\n"));
            await System.IO.File.WriteAllTextAsync(rig.File, $"# of its owner\nlisteners:\n  - {{ surface: dragoman, port: 0 }}\n  - {{ surface: antigravity, port: 0 }}\nrequest-retry: 0\nantigravity-account:\n{accounts}");
            rig.Host = await GatewayHost.StartAsync(new StartOptions { ConfigFile = rig.File, DataFolder = rig._folder, Port = 0, LogLevel = LogLevel.None });
            return rig;
        }

        public static string Body(string model) => $$"""{"model":"{{model}}","max_tokens":100,"messages":[{"role":"user","content":"hi"}]}""";

        public Task<SurfaceReply> AskAsync(string model) => SendAsync("POST", "/v1/messages", Body(model));

        public void See(string account, string model, double used)
            => Host.Services.GetRequiredService<Router>().Cooldowns.Observe(Host.Config.Accounts.Single(one => one.Label == account), model, [new QuotaWindow("quota", used, null, null, DateTimeOffset.UtcNow.AddHours(2))]);

        public async Task<SurfaceReply> SendAsync(string method, string path, string? body = null)
        {
            using var request = new HttpRequestMessage(new HttpMethod(method), new Uri(Host.Addresses[1], path));
            if (body is not null) request.Content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");
            using var answer = await _http.SendAsync(request);
            return new SurfaceReply((int)answer.StatusCode, await answer.Content.ReadAsStringAsync(), answer.Headers.Concat(answer.Content.Headers).ToDictionary(pair => pair.Key.ToLowerInvariant(), pair => string.Join(", ", pair.Value)));
        }

        public async ValueTask DisposeAsync()
        {
            _http.Dispose();
            await Host.DisposeAsync();
            await Raw.DisposeAsync();
            Directory.Delete(_folder, recursive: true);
        }
    }
}
