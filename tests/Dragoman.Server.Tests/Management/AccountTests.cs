using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Dragoman.Server.Hosting;
using Dragoman.Server.Tests.Forwarding;
using Dragoman.Server.Tests.Support;
using Microsoft.Extensions.Logging;

namespace Dragoman.Server.Tests.Management;

/// <summary>Accounts over the management API: added, used, changed, removed, and kept.</summary>
[Trait("speed", "fast")]
public sealed class AccountTests
{
    private const string Rate = """{"error":{"message":"Slow down.","type":"rate_limit_error","code":"rate_limit_exceeded"}}""";

    [Fact]
    public async Task An_account_is_added_used_changed_and_removed()
    {
        await using var rig = await GatewayFixture.StartAsync();
        var address = rig.Upstream.Address.ToString().TrimEnd('/');
        var added = await AskAsync(rig, HttpMethod.Post, "accounts", 201, new
        {
            provider = "openai", label = "extra", credential = new { api_key = "key-of-extra-account-1234" }, tags = new[] { "spare" }, weight = 2, concurrency = 3,
            settings = new Dictionary<string, object> { ["base_url"] = address + "/v1", ["headers"] = new { x_secret = "header-secret-99" } }, models = new[] { "extra-1" }, proxy = "direct",
        });
        var id = Text(added, "id");
        (Text(added, "origin"), Text(added, "status"), added["version"]!.GetValue<int>()).ShouldBe(("store", "ready", 1));
        added["credential"]!["kind"]!.GetValue<string>().ShouldBe("api-key");
        added["headers"]!.AsArray().Single()!.GetValue<string>().ShouldBe("x_secret");

        using (var answer = await rig.PostAsync("/v1/chat/completions", Talk.Chat("extra-1"))) ((int)answer.StatusCode).ShouldBe(200);
        var shown = await AskAsync(rig, HttpMethod.Get, $"accounts/{id}", 200);
        (shown["health"]!["requests"]!.GetValue<int>(), shown["health"]!["running"]!.GetValue<int>()).ShouldBe((1, 0));
        var list = (await AskAsync(rig, HttpMethod.Get, "accounts", 200)).ToJsonString();
        foreach (var secret in (string[])["key-of-extra-account", "header-secret-99", "key-of-claude", "key-of-bedrock"]) list.ShouldNotContain(secret);
        (await AskAsync(rig, HttpMethod.Get, "accounts?tag=SPARE", 200))["accounts"]!.AsArray().Count.ShouldBe(1);

        var changed = await AskAsync(rig, HttpMethod.Patch, "accounts/extra", 200, new { version = 1, priority = 7, models = new[] { "extra-2" }, concurrency = 0 });
        (changed["version"]!.GetValue<int>(), changed["priority"]!.GetValue<int>(), changed["concurrency"]).ShouldBe((2, 7, null));
        using (var gone = await rig.PostAsync("/v1/chat/completions", Talk.Chat("extra-1"))) ((int)gone.StatusCode).ShouldBe(404);
        using (var there = await rig.PostAsync("/v1/chat/completions", Talk.Chat("extra-2"))) ((int)there.StatusCode).ShouldBe(200);
        (await AskAsync(rig, HttpMethod.Patch, $"accounts/{id}", 409, new { version = 1, priority = 8 }))["error"]!["code"]!.GetValue<string>().ShouldBe("version_conflict");
        (await AskAsync(rig, HttpMethod.Patch, $"accounts/{id}", 200, new { enabled = false }))["status"]!.GetValue<string>().ShouldBe("disabled");

        (await rig.SendAsync(HttpMethod.Delete, $"/api/v1/accounts/{id}", null)).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        await AskAsync(rig, HttpMethod.Get, $"accounts/{id}", 404);
        var audit = (await AskAsync(rig, HttpMethod.Get, "audit?action=account.", 200)).ToJsonString();
        audit.ShouldContain("account.remove");
        audit.ShouldNotContain("key-of-extra-account");
    }

    [Fact]
    public async Task All_faults_of_a_new_account_are_told_at_once_and_nothing_is_saved()
    {
        await using var rig = await GatewayFixture.StartAsync();
        var fault = await AskAsync(rig, HttpMethod.Post, "accounts", 400, new
        {
            provider = "openai", label = "", weight = -1, credential = new { api_key = "two words" },
            settings = new Dictionary<string, object> { ["base-url"] = "ftp://x", ["modles"] = "m", ["priority"] = 3 },
        });
        var words = Text(fault["error"]!, "message");
        foreach (var part in (string[])["label:", "weight:", "api-key:", "base-url:", "modles:", "Did you mean models?", "settings.priority:"]) words.ShouldContain(part);
        words.ShouldNotContain("two words");
        // And each at its field, for forms.
        var problems = fault["problems"]!.AsArray();
        foreach (var field in (string[])["label", "weight", "base-url", "modles", "api-key", "settings.priority"])
            problems.Count(problem => Text(problem!, "path") == field && Text(problem!, "message").Length > 0).ShouldBeGreaterThan(0, $"{field} in {problems.ToJsonString()}");
        problems.Count.ShouldBeGreaterThanOrEqualTo(6);
        problems.ToJsonString().ShouldNotContain("two words");
        await AskAsync(rig, HttpMethod.Post, "accounts", 400, new { provider = "parrot" });
        await AskAsync(rig, HttpMethod.Post, "accounts", 400, new { provider = "claude", credential = new { api_key = "k" }, colour = "red" });
        (await AskAsync(rig, HttpMethod.Get, "accounts", 200))["accounts"]!.AsArray().Count.ShouldBe(5);
    }

    [Fact]
    public async Task Twins_and_accounts_of_the_file_are_refused_with_the_way_out()
    {
        await using var rig = await GatewayFixture.StartAsync();
        var address = rig.Upstream.Address.ToString().TrimEnd('/');
        object Claude(string label, string key) => new { provider = "claude", label, credential = new { api_key = key }, settings = new Dictionary<string, object> { ["base-url"] = address } };
        Text((await AskAsync(rig, HttpMethod.Post, "accounts", 409, Claude("Claude", "other")))["error"]!, "code").ShouldBe("account_exists");
        Text((await AskAsync(rig, HttpMethod.Post, "accounts", 409, Claude("again", "key-of-claude")))["error"]!, "message").ShouldContain("'claude'");
        foreach (var (method, path, body) in ((HttpMethod, string, object?)[])[(HttpMethod.Patch, "accounts/claude", new { priority = 1 }), (HttpMethod.Delete, "accounts/claude", null)])
            Text((await AskAsync(rig, method, path, 409, body))["error"]!, "code").ShouldBe("account_is_configured");
    }

    [Fact]
    public async Task A_credential_can_be_tried_before_it_is_saved()
    {
        await using var refusing = await RawUpstream.StartAsync((context, _) => context.SayAsync(401, """{"error":{"message":"no"}}"""));
        await using var rig = await GatewayFixture.StartAsync();
        object Account(string label, string address) => new { provider = "openai", label, credential = new { api_key = "k-" + label }, settings = new Dictionary<string, object> { ["base-url"] = address } };
        var fault = await AskAsync(rig, HttpMethod.Post, "accounts?verify=true", 400, Account("bad", refusing.Address + "/v1"));
        (Text(fault["error"]!, "code"), Text(fault["error"]!, "param")).ShouldBe(("verification_failed", "credential"));
        await AskAsync(rig, HttpMethod.Post, "accounts?verify=true", 201, Account("good", rig.Upstream.Address + "v1"));
        await AskAsync(rig, HttpMethod.Post, "accounts", 201, Account("bad", refusing.Address + "/v1"));
    }

    [Fact]
    public async Task A_test_says_what_came_back_and_limits_say_what_rests_until_it_is_reset()
    {
        await using var upstream = await RawUpstream.StartAsync((context, n) => n == 2
            ? context.SayAsync(429, Rate, headers: ("retry-after", "600"))
            : context.SayAsync(200, RawAnswers.ChatWhole, headers: [("x-ratelimit-limit-requests", "60"), ("x-ratelimit-remaining-requests", "15"), ("x-ratelimit-reset-requests", "90s")]));
        await using var rig = await GatewayFixture.StartWithAsync(_ => FailureTests.Account("one", upstream.Address, "secret-key-of-one"));
        var good = await AskAsync(rig, HttpMethod.Post, "accounts/one/test", 200);
        (good["ok"]!.GetValue<bool>(), Text(good, "reply"), Text(good, "model")).ShouldBe((true, "fine", "m"));
        var bad = await AskAsync(rig, HttpMethod.Post, "accounts/one/test?model=m", 200);
        (bad["ok"]!.GetValue<bool>(), bad["status"]!.GetValue<int>(), Text(bad, "error")).ShouldBe((false, 429, "Slow down."));

        var limit = (await AskAsync(rig, HttpMethod.Get, "limits", 200))["limits"]!.AsArray().Single()!;
        (Text(limit, "account"), Text(limit, "model"), limit["cooling_down"]!.GetValue<bool>(), limit["is_upstream_hint"]!.GetValue<bool>()).ShouldBe(("one", "m", true, true));
        (Text(limit["quotas"]![0]!, "name"), limit["quotas"]![0]!["remaining"]!.GetValue<int>()).ShouldBe(("requests", 15));
        using (var refused = await rig.PostAsync("/v1/chat/completions", Talk.Chat("m"))) ((int)refused.StatusCode).ShouldBe(429);
        var again = await AskAsync(rig, HttpMethod.Post, "accounts/one/test", 200);
        again["ok"]!.GetValue<bool>().ShouldBeTrue("a test reaches the account while it rests");
        var shown = await AskAsync(rig, HttpMethod.Get, "accounts/one", 200);
        (Text(shown, "status"), Text(shown["health"]!["last_error"]!, "class")).ShouldBe(("degraded", "rate-limited"));
        Text(await AskAsync(rig, HttpMethod.Post, "accounts/one/reset", 200), "status").ShouldBe("ready");
        using (var answer = await rig.PostAsync("/v1/chat/completions", Talk.Chat("m"))) ((int)answer.StatusCode).ShouldBe(200);
        upstream.Calls.ShouldBe(4);
    }

    [Fact]
    public async Task Accounts_and_cooldowns_outlive_the_process()
    {
        var folder = Directory.CreateTempSubdirectory("dragoman-accounts-").FullName;
        try
        {
            await using var upstream = await RawUpstream.StartAsync((context, n) => n == 1 ? context.SayAsync(429, Rate, headers: ("retry-after", "600")) : context.SayAsync(200, RawAnswers.ChatWhole));
            var options = new StartOptions { ConfigText = "max-retry-interval: 0\n", DataFolder = folder, Port = 0, LogLevel = LogLevel.None };
            await using (var first = await GatewayHost.StartAsync(options))
            {
                using var http = new HttpClient { BaseAddress = first.Address };
                var body = new { provider = "openai", label = "kept", credential = new { api_key = "k" }, settings = new Dictionary<string, object> { ["base-url"] = upstream.Address + "/v1", ["models"] = new[] { "m" } } };
                (await http.PostAsJsonAsync("/api/v1/accounts", body)).StatusCode.ShouldBe(HttpStatusCode.Created);
                (await http.PostAsync("/v1/chat/completions", new StringContent(Talk.Chat("m")))).StatusCode.ShouldBe(HttpStatusCode.TooManyRequests);
            }

            await using var second = await GatewayHost.StartAsync(options);
            using var client = new HttpClient { BaseAddress = second.Address };
            (await client.GetStringAsync("/v1/models")).ShouldContain("\"m\"");
            using var refused = await client.PostAsync("/v1/chat/completions", new StringContent(Talk.Chat("m")));
            refused.StatusCode.ShouldBe(HttpStatusCode.TooManyRequests);
            refused.Headers.RetryAfter!.Delta!.Value.TotalSeconds.ShouldBeInRange(300, 600);
            upstream.Calls.ShouldBe(1, "the new process knows that the upstream asked for rest");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task A_removed_account_finishes_what_it_has_begun_and_its_conversation_moves()
    {
        var go = new TaskCompletionSource();
        await using var old = await RawUpstream.StartAsync(async (context, _) =>
        {
            await context.OpenStreamAsync();
            await context.SendAsync(RawAnswers.ChatDelta);
            await go.Task.WaitAsync(context.RequestAborted);
            await context.SendAsync(RawAnswers.ChatEnd);
        });
        await using var rest = await RawUpstream.StartAsync((context, _) => context.SayAsync(200, RawAnswers.ChatWhole));
        await using var rig = await GatewayFixture.StartWithAsync(_ => "routing: { strategy: sticky }\n" + FailureTests.Account("rest", rest.Address, "k"));
        await AskAsync(rig, HttpMethod.Post, "accounts", 201, new
        {
            provider = "openai", label = "old", credential = new { api_key = "key-of-old" }, priority = 9, models = new[] { "m" }, settings = new Dictionary<string, object> { ["base-url"] = old.Address },
        });
        using var streaming = await rig.PostAsync("/v1/chat/completions", Talk.Chat("m", stream: true), ("x-session-id", "s"));
        streaming.Header("x-dragoman-account").ShouldBe("old");
        (await rig.SendAsync(HttpMethod.Delete, "/api/v1/accounts/old", null)).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        using (var moved = await rig.PostAsync("/v1/chat/completions", Talk.Chat("m"), ("x-session-id", "s"))) moved.Header("x-dragoman-account").ShouldBe("rest");
        go.SetResult();
        (await streaming.TextAsync()).ShouldBe(RawAnswers.ChatDelta + RawAnswers.ChatEnd);
        using (var stays = await rig.PostAsync("/v1/chat/completions", Talk.Chat("m"), ("x-session-id", "s"))) stays.Header("x-dragoman-account").ShouldBe("rest");
        old.Calls.ShouldBe(1);
    }

    private static string Text(JsonNode node, string name) => node[name]!.GetValue<string>();

    private static async Task<JsonNode> AskAsync(GatewayFixture rig, HttpMethod method, string path, int status, object? body = null)
    {
        using var answer = await rig.SendAsync(method, "/api/v1/" + path, body is null ? null : JsonContent.Create(body));
        var text = await answer.TextAsync();
        ((int)answer.StatusCode).ShouldBe(status, text);
        return JsonNode.Parse(text)!;
    }
}
