using Dragoman.Server.Hosting;
using Dragoman.Server.Lifetime;
using Dragoman.Server.Tests.Http;
using Dragoman.Server.Tests.Support;
using Microsoft.Extensions.Logging;

namespace Dragoman.Server.Tests.Security;

/// <summary>Who is let in.</summary>
[Trait("speed", "fast")]
public sealed class ClientKeyTests
{
    private const string Keys = "api-keys: [ the-key, another ]\n";

    [Theory]
    [InlineData("Authorization", "Bearer the-key", "")]
    [InlineData("Authorization", "the-key", "")]
    [InlineData("x-api-key", "another", "")]
    [InlineData("x-goog-api-key", "the-key", "")]
    [InlineData("x-none", "x", "?key=the-key")]
    [InlineData("x-none", "x", "?auth_token=the-key")]
    [InlineData("Authorization", "Bearer wrong", "?key=the-key")]
    [Trait("check", "cliproxy 5")]
    [Trait("check", "cliproxy 6")]
    public async Task Any_carrier_of_a_known_key_opens_the_door(string header, string value, string query)
    {
        await using var rig = await GatewayFixture.StartAsync(Keys);
        using var answer = await rig.PostAsync("/v1/messages" + query, Talk.Messages("claude-1"), (header, value));
        ((int)answer.StatusCode).ShouldBe(200);
        using var models = await rig.GetAsync("/v1/models" + query, (header, value));
        ((int)models.StatusCode).ShouldBe(200);
        // The client's key is for us alone.
        foreach (var request in rig.Upstream.Requests)
        {
            request.Headers.Values.ShouldNotContain(text => text.Contains("the-key", StringComparison.Ordinal) || text.Contains("another", StringComparison.Ordinal));
            request.Target.ShouldNotContain("the-key");
        }
    }

    [Fact]
    public async Task A_missing_or_wrong_key_is_a_401_in_the_callers_language()
    {
        await using var rig = await GatewayFixture.StartAsync(Keys);
        foreach (var (path, envelope) in ((string, string)[])[("/v1/chat/completions", "openai"), ("/v1/completions", "openai"), ("/v1/responses", "openai"),
            ("/v1/messages", "anthropic"), ("/v1/messages/count_tokens", "anthropic"), ("/v1beta/models/gemini-1:generateContent", "gemini"), ("/v1beta/models/gemini-1:countTokens", "gemini")])
        {
            using var missing = await rig.PostAsync(path, "{}");
            ((int)missing.StatusCode).ShouldBe(401, path);
            var error = await BodyTests.ErrorAsync(missing, envelope);
            error.Message.ShouldContain("missing");
            if (envelope == "anthropic") error.Type.ShouldBe("authentication_error");
            if (envelope == "gemini") error.Type.ShouldBe("UNAUTHENTICATED");

            using var wrong = await rig.PostAsync(path, "{}", ("Authorization", "Bearer the-key-not"));
            ((int)wrong.StatusCode).ShouldBe(401, path);
            (await BodyTests.ErrorAsync(wrong, envelope)).Message.ShouldNotContain("the-key-not");
        }

        foreach (var path in (string[])["/v1/models", "/v1/models/claude-1", "/v1beta/models", "/v1beta/models/gemini-1"])
        {
            using var list = await rig.GetAsync(path);
            ((int)list.StatusCode).ShouldBe(401, path);
        }

        rig.Upstream.Requests.ShouldBeEmpty();
    }

    [Fact]
    public async Task Probes_need_no_key()
    {
        await using var rig = await GatewayFixture.StartAsync(Keys);
        foreach (var path in (string[])["/", "/health", "/health/ready"])
        {
            using var answer = await rig.GetAsync(path);
            ((int)answer.StatusCode).ShouldBe(200);
        }
    }

    [Theory]
    [InlineData("evil.example:8317", null, 403, 403)]
    [InlineData(null, "https://evil.example", 403, 403)]
    [InlineData(null, "http://203.0.113.7", 403, 403)]
    [InlineData(null, "null", 403, 403)]
    [InlineData(null, "http://localhost:3000", 200, 403)]
    [InlineData(null, "http://127.0.0.1:5173", 200, 403)]
    [InlineData(null, "vscode-webview://abc", 200, 403)]
    [InlineData("localhost:8317", null, 200, 200)]
    public async Task An_open_gateway_answers_no_foreign_page_and_no_rebound_name(string? host, string? origin, int status, int management)
    {
        await using var rig = await GatewayFixture.StartAsync();
        (string, string)[] headers = [.. new[] { ("Host", host), ("Origin", origin) }.Where(pair => pair.Item2 is not null).Select(pair => (pair.Item1, pair.Item2!))];
        using var answer = await rig.PostAsync("/v1/messages", Talk.Messages("claude-1"), headers);
        ((int)answer.StatusCode).ShouldBe(status);
        if (status == 403) answer.Header("access-control-allow-origin").ShouldBeNull();
        using var explain = await rig.GetAsync("/api/v1/explain?model=claude-1", headers);
        ((int)explain.StatusCode).ShouldBe(management, "pages of other programs on this machine manage nothing without the secret");
    }

    [Fact]
    public async Task With_keys_any_page_may_call_but_manage_nothing()
    {
        await using var rig = await GatewayFixture.StartAsync(Keys);
        (string, string)[] page = [("Origin", "https://app.example"), ("Access-Control-Request-Method", "POST"), ("Access-Control-Request-Headers", "x-api-key,content-type")];
        using var preflight = await rig.SendAsync(HttpMethod.Options, "/v1/messages", null, page);
        ((int)preflight.StatusCode).ShouldBe(204);
        preflight.Header("access-control-allow-origin").ShouldBe("*");
        preflight.Header("access-control-allow-headers").ShouldBe("x-api-key,content-type");
        preflight.Header("access-control-allow-methods")!.ShouldContain("POST");
        using var answer = await rig.PostAsync("/v1/messages", Talk.Messages("claude-1"), ("Origin", "https://app.example"), ("x-api-key", "the-key"));
        ((int)answer.StatusCode).ShouldBe(200);
        answer.Header("access-control-allow-origin").ShouldBe("*");
        answer.Header("access-control-expose-headers")!.ShouldContain("x-dragoman-flow");
        using var refused = await rig.PostAsync("/v1/messages", "{}", ("Origin", "https://app.example"));
        refused.Header("access-control-allow-origin").ShouldBe("*", "a page must be able to read why it was refused");

        using var manage = await rig.GetAsync("/api/v1/explain?model=claude-1", ("Origin", "https://app.example"), ("x-api-key", "the-key"));
        ((int)manage.StatusCode).ShouldBe(403);
        manage.Header("access-control-allow-origin").ShouldBeNull();
        using var managePreflight = await rig.SendAsync(HttpMethod.Options, "/api/v1/explain", null, page);
        managePreflight.Header("access-control-allow-origin").ShouldBeNull();
    }

    [Theory]
    [InlineData("0.0.0.0")]
    [InlineData("")]
    [InlineData("192.0.2.1")]
    public async Task Without_keys_a_wider_address_is_refused_by_file_and_by_option(string host)
    {
        var byOption = await Should.ThrowAsync<StartException>(() => GatewayHost.StartAsync(new StartOptions { ConfigText = "port: 0\n", Host = host, Port = 0, LogLevel = LogLevel.None }));
        byOption.Message.ShouldContain("api-keys");
        var byFile = await Should.ThrowAsync<StartException>(() => GatewayHost.StartAsync(new StartOptions { ConfigText = $"host: \"{host}\"\nport: 0\n", LogLevel = LogLevel.None }));
        string.Join('\n', byFile.Problems.Select(problem => problem.ToString())).ShouldContain("api-keys");
    }

    [Fact]
    public async Task With_keys_every_interface_may_be_bound()
    {
        await using var gateway = await GatewayHost.StartAsync(new StartOptions { ConfigText = Keys, Host = "0.0.0.0", Port = 0, LogLevel = LogLevel.None });
        using var http = new HttpClient();
        (await http.GetStringAsync(new Uri(gateway.Address, "/health"))).ShouldContain("ok");
    }

    [Fact]
    public async Task A_taken_port_is_told_with_a_remedy()
    {
        await using var first = await GatewayHost.StartAsync(new StartOptions { ConfigText = "", Port = 0, LogLevel = LogLevel.None });
        var fault = await Should.ThrowAsync<StartException>(() => GatewayHost.StartAsync(new StartOptions { ConfigText = "", Port = first.Address.Port, LogLevel = LogLevel.None }));
        fault.Message.ShouldContain("--port");
    }
}
