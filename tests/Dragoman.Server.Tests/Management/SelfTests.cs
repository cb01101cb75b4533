using System.Text;
using System.Text.Json.Nodes;
using Dragoman.Server.Tests.Flows;
using Dragoman.Server.Tests.Support;

namespace Dragoman.Server.Tests.Management;

/// <summary>A client key, shown to its holder.</summary>
public sealed class SelfTests
{
    private const string Self = "/api/v1/self";

    [Fact]
    public async Task The_holder_sees_the_key_and_nothing_of_others()
    {
        await using var rig = await GatewayFixture.StartAsync("api-keys: [ key-of-another ]\n");
        var key = await MakeAsync(rig, """{"name":"laptop","models":["chat-*","claude-1"],"requests_per_minute":50,"budgets":[{"unit":"tokens","period":"day","limit":100000}]}""");
        for (var i = 0; i < 2; i++)
        {
            using var asked = await rig.PostAsync("/v1/chat/completions", Talk.Chat("chat-1"), ("Authorization", $"Bearer {key}"));
            ((int)asked.StatusCode).ShouldBe(200, await asked.TextAsync());
        }

        using (var other = await rig.PostAsync("/v1/chat/completions", Talk.Chat("resp-1"), ("Authorization", "Bearer key-of-another"))) await other.TextAsync();
        using var answer = await rig.GetAsync(Self, ("x-api-key", key));
        var text = await answer.TextAsync();
        ((int)answer.StatusCode).ShouldBe(200, text);
        answer.Headers.CacheControl!.NoStore.ShouldBeTrue();
        var self = JsonNode.Parse(text)!;
        (self.Text("name"), self.Text("status"), self["allowed_models"]!.AsArray().Count).ShouldBe(("laptop", "active", 2));
        key.ShouldStartWith(self.Text("prefix"));
        self["usage"]!["total"].Number("requests").ShouldBe(2);
        self["usage"]!["by_day"]!.AsArray().ShouldHaveSingleItem().Number("requests").ShouldBe(2);
        var byModel = self["usage"]!["by_model"]!.AsArray().ShouldHaveSingleItem()!;
        (byModel.Text("model"), byModel.Number("requests")).ShouldBe(("chat-1", 2));
        self["limits"]!["requests"].Number("limit").ShouldBe(50);
        self["limits"]!["requests"].Number("remaining").ShouldBeLessThan(50);
        self["limits"]!["budgets"]!.AsArray().ShouldHaveSingleItem()!["spent"]!.GetValue<decimal>().ShouldBeGreaterThan(0);
        self["models"]!.AsArray().Select(model => model.Text("id")).Order().ShouldBe(["chat-1", "claude-1"]);
        var addresses = self["base_urls"]!.AsArray().ToDictionary(one => one.Text("protocol"), one => one.Text("url"));
        var root = rig.Gateway.Address.ToString().TrimEnd('/');
        (addresses["openai-chat"], addresses["anthropic-messages"], addresses["gemini"]).ShouldBe((root + "/v1", root, root));
        foreach (var hidden in (string[])[key, "key-of-", "key_of_", "config #1", "another", "\"account", "\"servers\"", "bedrock\"", "resp-1"]) text.ShouldNotContain(hidden, Case.Sensitive);
    }

    [Fact]
    public async Task A_wrong_key_is_answered_as_clients_are()
    {
        await using var rig = await GatewayFixture.StartAsync("api-keys: [ good-key ]\n");
        var key = await MakeAsync(rig, """{"name":"laptop"}""");
        (string Code, (string, string)[] Headers)[] wrong = [("missing_api_key", []), ("invalid_api_key", [("x-api-key", "wrong")])];
        foreach (var (code, headers) in wrong)
        {
            using var answer = await rig.GetAsync(Self, headers);
            ((int)answer.StatusCode).ShouldBe(401);
            using var client = await rig.GetAsync("/v1/models", headers);
            ((int)client.StatusCode).ShouldBe(401);
            var error = (await answer.JsonAsync())["error"];
            error.Text("code").ShouldBe(code);
            error.Text("message").ShouldBe((await client.JsonAsync())["error"].Text("message"));
        }

        // Addresses stand in logs and histories.
        using (var address = await rig.GetAsync($"{Self}?key={key}")) ((int)address.StatusCode).ShouldBe(401);
        using (var both = await rig.GetAsync(Self, ("Authorization", $"Bearer {key}"))) ((int)both.StatusCode).ShouldBe(200);
        var id = JsonNode.Parse(await rig.Http.GetStringAsync(new Uri("/api/v1/keys", UriKind.Relative)))!["keys"]!.AsArray().Single(one => one.Text("name") == "laptop").Text("id");
        using (var revoked = await rig.PostAsync($"/api/v1/keys/{id}/revoke", "{}")) ((int)revoked.StatusCode).ShouldBe(200);
        using var ended = await rig.GetAsync(Self, ("x-api-key", key));
        ((int)ended.StatusCode).ShouldBe(401);
        (await ended.JsonAsync())["error"].Text("code").ShouldBe("revoked_api_key");
    }

    [Fact]
    public async Task Who_guesses_is_locked_out_of_this_page_and_of_nothing_else()
    {
        await using var rig = await GatewayFixture.StartAsync("api-keys: [ good-key ]\n");
        for (var i = 0; i < 4; i++)
        {
            using var wrong = await rig.GetAsync(Self, ("x-api-key", $"guess-{i}"));
            ((int)wrong.StatusCode).ShouldBe(401);
        }

        // Nothing shown is no guess, and a key that exists begins anew.
        using (var none = await rig.GetAsync(Self)) ((int)none.StatusCode).ShouldBe(401);
        using (var good = await rig.GetAsync(Self, ("x-api-key", "good-key"))) ((int)good.StatusCode).ShouldBe(200);
        for (var i = 0; i < 4; i++)
        {
            using var wrong = await rig.GetAsync(Self, ("x-api-key", $"guess-{i}"));
            ((int)wrong.StatusCode).ShouldBe(401);
        }

        using (var fifth = await rig.GetAsync(Self, ("x-api-key", "guess-5")))
        {
            ((int)fifth.StatusCode).ShouldBe(429);
            (await fifth.JsonAsync())["error"].Text("code").ShouldBe("locked_out");
            fifth.Headers.RetryAfter!.Delta.ShouldBe(TimeSpan.FromMinutes(30));
        }

        using (var right = await rig.GetAsync(Self, ("x-api-key", "good-key"))) ((int)right.StatusCode).ShouldBe(429);
        using (var client = await rig.GetAsync("/v1/models", ("x-api-key", "good-key"))) ((int)client.StatusCode).ShouldBe(200);
        using var management = await rig.GetAsync("/api/v1/keys/status");
        ((int)management.StatusCode).ShouldBe(200);
    }

    [Fact]
    public async Task It_is_there_where_the_management_is_not_and_opens_nothing_of_it()
    {
        await using var rig = await GatewayFixture.StartAsync("api-keys: [ good-key ]\nremote-management: { secret-key: s3cret-of-the-house, require-secret-on-loopback: true }\n");
        using (var self = await rig.GetAsync(Self, ("x-api-key", "good-key"))) ((int)self.StatusCode).ShouldBe(200);
        // As another machine would call it.
        using (var remote = await rig.GetAsync(Self, ("x-api-key", "good-key"), ("Host", "gateway.example"))) ((int)remote.StatusCode).ShouldBe(200);
        using (var keys = await rig.GetAsync("/api/v1/keys", ("x-api-key", "good-key"), ("Authorization", "Bearer good-key"))) ((int)keys.StatusCode).ShouldBe(401);
        using (var secret = await rig.GetAsync(Self, ("Authorization", "Bearer s3cret-of-the-house"))) ((int)secret.StatusCode).ShouldBe(401, "the management's secret is no client key");
        using var below = await rig.GetAsync(Self + "/more", ("x-api-key", "good-key"));
        ((int)below.StatusCode).ShouldBe(401);
    }

    [Theory]
    [InlineData("https://evil.example")]
    [InlineData("http://localhost:3000")]
    public async Task Pages_of_other_origins_are_told_nothing(string origin)
    {
        await using var rig = await GatewayFixture.StartAsync("api-keys: [ good-key ]\n");
        using var preflight = await rig.SendAsync(HttpMethod.Options, Self, null, ("Origin", origin), ("Access-Control-Request-Method", "GET"), ("Access-Control-Request-Headers", "x-api-key"));
        preflight.Header("Access-Control-Allow-Origin").ShouldBeNull();
        using var answer = await rig.GetAsync(Self, ("Origin", origin), ("x-api-key", "good-key"));
        answer.Header("Access-Control-Allow-Origin").ShouldBeNull();
    }

    [Fact]
    public async Task A_gateway_without_keys_has_no_holders()
    {
        await using var rig = await GatewayFixture.StartAsync();
        using var answer = await rig.GetAsync(Self, ("x-api-key", "anything"));
        ((int)answer.StatusCode).ShouldBe(401);
        using var zone = await rig.GetAsync(Self + "?tz=Mars/Base");
        ((int)zone.StatusCode).ShouldBe(401);
    }

    [Fact]
    public async Task All_keys_status_comes_in_one_call()
    {
        await using var rig = await GatewayFixture.StartAsync("api-keys: [ one-of-the-file ]\n");
        await MakeAsync(rig, """{"name":"a","requests_per_minute":7}""");
        await MakeAsync(rig, """{"name":"b","budgets":[{"unit":"money","period":"month","limit":3}]}""");
        var keys = (await FlowFixture.AskAsync(rig.Http, HttpMethod.Get, "keys")).Json!["keys"]!.AsArray();
        var (status, list) = await FlowFixture.AskAsync(rig.Http, HttpMethod.Get, "keys/status");
        status.ShouldBe(200);
        list!["keys"]!.AsArray().Select(one => one.Text("id")).Order().ShouldBe(keys.Select(one => one.Text("id")).Order());
        foreach (var one in list["keys"]!.AsArray())
            JsonNode.DeepEquals(one, (await FlowFixture.AskAsync(rig.Http, HttpMethod.Get, $"keys/{one.Text("id")}/status")).Json).ShouldBeTrue();
        list["keys"]!.AsArray().Count(one => one!["requests"] is not null).ShouldBe(1);
        list["keys"]!.AsArray().Sum(one => one!["budgets"]!.AsArray().Count).ShouldBe(1);
    }

    private static async Task<string> MakeAsync(GatewayFixture rig, string body)
    {
        var (status, made) = await FlowFixture.AskAsync(rig.Http, HttpMethod.Post, "keys", body);
        status.ShouldBe(201, made?.ToJsonString());
        return made.Text("key");
    }
}
