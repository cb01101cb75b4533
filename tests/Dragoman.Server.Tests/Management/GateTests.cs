using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Dragoman.Management;
using Dragoman.Management.Access;
using Dragoman.Server.Surfaces.Access;
using Dragoman.Server.Surfaces.Dragoman;
using Dragoman.Server.Tests.Flows;
using Dragoman.Server.Tests.Support;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Dragoman.Server.Tests.Management;

/// <summary>Who passes the door of the management routes, and what strangers are told.</summary>
public sealed class GateTests
{
    private const string Remote = "remote-management: { allow-remote: true, secret-key: s3cret-of-the-house, hosts: [ gateway.example ] }\n";

    [Fact]
    public async Task This_machine_passes_without_the_secret_unless_it_is_asked_of_it_too()
    {
        await using (var rig = await GatewayFixture.StartAsync(Remote))
        {
            (await StatusAsync(rig, "version")).ShouldBe((200, null));
        }

        await using var strict = await GatewayFixture.StartAsync("remote-management: { secret-key: s3cret-of-the-house, require-secret-on-loopback: true }\n");
        (await StatusAsync(strict, "version")).ShouldBe((401, "missing_management_key"));
        (await StatusAsync(strict, "openapi.json")).ShouldBe((401, "missing_management_key"), "the document too");
        (await StatusAsync(strict, "no-such-thing")).ShouldBe((401, "missing_management_key"), "what is not there too");
        (await StatusAsync(strict, "version", ("Authorization", "Bearer s3cret-of-the-house"))).ShouldBe((200, null));
        (await StatusAsync(strict, "version", ("Authorization", "bearer s3cret-of-the-house"))).ShouldBe((200, null));
        (await StatusAsync(strict, "version", ("x-management-key", "s3cret-of-the-house"))).ShouldBe((200, null));
        (await StatusAsync(strict, "no-such-thing", ("x-management-key", "s3cret-of-the-house"))).ShouldBe((404, "not_found"));
        (await StatusAsync(strict, "version", ("x-management-key", "s3cret"))).ShouldBe((401, "invalid_management_key"));
        (await StatusAsync(strict, "version?key=s3cret-of-the-house")).ShouldBe((401, "missing_management_key"), "never in an address: those are logged");
    }

    [Fact]
    public async Task What_a_proxy_passes_on_is_not_this_machine()
    {
        await using var rig = await GatewayFixture.StartAsync();
        foreach (var header in (string[])["X-Forwarded-For", "Forwarded", "Via", "X-Real-IP"])
            (await StatusAsync(rig, "version", (header, "203.0.113.9"))).ShouldBe((403, "management_is_local"));
        await using var open = await GatewayFixture.StartAsync(Remote);
        (await StatusAsync(open, "version", ("Via", "1.1 proxy"))).ShouldBe((401, "missing_management_key"));
        (await StatusAsync(open, "version", ("Via", "1.1 proxy"), ("x-management-key", "s3cret-of-the-house"))).ShouldBe((200, null));
        (await StatusAsync(open, "version", ("Host", "gateway.example"), ("x-management-key", "s3cret-of-the-house"))).ShouldBe((200, null));
        (await StatusAsync(open, "version", ("Host", "rebound.example"), ("x-management-key", "s3cret-of-the-house"))).ShouldBe((403, "host_not_allowed"));
        (await StatusAsync(open, "version", ("Host", "gateway.example"), ("Origin", "https://gateway.example"), ("x-management-key", "s3cret-of-the-house"))).ShouldBe((200, null));
        (await StatusAsync(open, "version", ("Host", "gateway.example"), ("Origin", "https://app.example"), ("x-management-key", "s3cret-of-the-house"))).ShouldBe((403, "origin_not_allowed"));
    }

    [Fact]
    public async Task From_elsewhere_it_takes_leave_and_the_secret()
    {
        await using (var closed = await GatewayFixture.StartAsync("remote-management: { secret-key: s3cret-of-the-house }\n"))
        {
            (await FromAsync(closed, "192.0.2.7", "s3cret-of-the-house")).ShouldBe(403);
        }

        await using (var bare = await GatewayFixture.StartAsync("remote-management: { allow-remote: true }\n"))
        {
            (await FromAsync(bare, "192.0.2.7", null)).ShouldBe(403);
        }

        await using var open = await GatewayFixture.StartAsync(Remote);
        (await FromAsync(open, "192.0.2.7", "s3cret-of-the-house")).ShouldBe(200);
        (await FromAsync(open, "192.0.2.7", "wrong")).ShouldBe(401);
        (await FromAsync(open, "192.0.2.7", null)).ShouldBe(401);
    }

    [Fact]
    public async Task Five_wrong_secrets_lock_the_address_out_even_with_the_right_one_and_it_is_noted()
    {
        await using var rig = await GatewayFixture.StartAsync(Remote);
        for (var i = 0; i < 4; i++) (await FromAsync(rig, "192.0.2.7", "wrong")).ShouldBe(401);
        (await FromAsync(rig, "192.0.2.7", "wrong")).ShouldBe(429);
        (await FromAsync(rig, "192.0.2.7", "s3cret-of-the-house")).ShouldBe(429);
        (await FromAsync(rig, "192.0.2.8", "s3cret-of-the-house")).ShouldBe(200);
        (await StatusAsync(rig, "version")).ShouldBe((200, null), "the owner at the machine is never locked out");

        using var answer = await rig.GetAsync("/api/v1/audit?action=login.");
        var entries = (await answer.JsonAsync())["entries"]!.AsArray();
        entries.Select(entry => entry!["action"]!.GetValue<string>()).ShouldBe(["login.locked", "login.failed", "login.failed", "login.failed", "login.failed"]);
        entries[0]!["source"]!.GetValue<string>().ShouldBe("192.0.2.7");
        entries.ToJsonString().ShouldNotContain("s3cret");
    }

    [Fact]
    public async Task Every_common_header_of_a_proxy_takes_locality_away()
    {
        await using var rig = await GatewayFixture.StartAsync();
        foreach (var header in (string[])["Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Forwarded-Port", "X-Real-IP", "CF-Connecting-IP", "True-Client-IP", "Via", "Fly-Client-IP", "X-Client-IP",
            "X-Cluster-Client-IP", "Fastly-Client-IP", "X-Original-Forwarded-For", "X-Azure-ClientIP", "X-Envoy-External-Address", "WL-Proxy-Client-IP", "CDN-Loop"])
        {
            (await StatusAsync(rig, "version", (header, "127.0.0.1"))).ShouldBe((403, "management_is_local"), header);
            using var client = await rig.PostAsync("/v1/messages", Talk.Messages("claude-1"), (header, "127.0.0.1"));
            ((int)client.StatusCode).ShouldBe(403, header);
        }

        rig.Upstream.Requests.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("Sec-Fetch-Site", "cross-site")]
    [InlineData("Sec-Fetch-Site", "Cross-Site")]
    [InlineData("Origin", "//localhost")]
    [InlineData("Origin", "http://")]
    [InlineData("Origin", "http:localhost")]
    [InlineData("Origin", "http://localhost/")]
    [InlineData("Origin", "http://localhost:0")]
    [InlineData("Origin", "http://localhost:99999")]
    [InlineData("Origin", "http://a@localhost")]
    [InlineData("Origin", "http://localhost, http://evil.example")]
    [InlineData("Origin", "file://localhost/etc")]
    [InlineData("Origin", "/localhost")]
    [InlineData("Origin", "null")]
    [InlineData("Origin", "http://localhost.evil.example")]
    [InlineData("Origin", "http://[::1")]
    public async Task A_page_of_another_site_and_an_origin_that_is_none_are_refused_reads_included(string header, string value)
    {
        await using var rig = await GatewayFixture.StartAsync();
        (await StatusAsync(rig, "version", (header, value))).Status.ShouldBe(403);
        using var write = await rig.PostAsync("/api/v1/keys", """{"name":"x"}""", (header, value));
        ((int)write.StatusCode).ShouldBe(403);
        if (header == "Origin")
        {
            using var client = await rig.PostAsync("/v1/messages", Talk.Messages("claude-1"), (header, value));
            ((int)client.StatusCode).ShouldBe(403);
        }

        // What a browser says of a page of this machine, and of what its user typed.
        (await StatusAsync(rig, "version", ("Sec-Fetch-Site", "same-origin"))).ShouldBe((200, null));
        (await StatusAsync(rig, "version", ("Sec-Fetch-Site", "none"))).ShouldBe((200, null));
        var own = rig.Gateway.Address.GetLeftPart(UriPartial.Authority);
        (await StatusAsync(rig, "version", ("Sec-Fetch-Site", "cross-site"), ("Origin", own.Replace("127.0.0.1", "localhost", StringComparison.Ordinal)))).ShouldBe((200, null));
    }

    [Theory]
    [InlineData("Origin", "http://localhost:5173", "same-site")]
    [InlineData("Origin", "http://127.0.0.1:1", "same-site")]
    [InlineData("Origin", "vscode-webview://abc", "cross-site")]
    [InlineData("Origin", "http://localhost:5173", null)]
    [InlineData("Sec-Fetch-Site", "same-site", null)]
    [InlineData("Sec-Fetch-Site", "cross-site", null)]
    public async Task A_page_of_this_machine_at_another_address_changes_nothing_without_the_secret(string header, string value, string? site)
    {
        await using var rig = await GatewayFixture.StartAsync("remote-management: { secret-key: s3cret-of-the-house }\n");
        var key = await MakeKeyAsync(rig);
        (string, string)[] page = site is null ? [(header, value)] : [(header, value), ("Sec-Fetch-Site", site)];
        // What a form or an image can send: no body, no header of its own.
        foreach (var (method, path) in ((HttpMethod, string)[])[(HttpMethod.Post, $"keys/{key}/revoke"), (HttpMethod.Delete, $"keys/{key}"), (HttpMethod.Post, "no-such-thing")])
        {
            using var answer = await rig.SendAsync(method, "/api/v1/" + path, null, page);
            (await answer.JsonAsync())["error"].Text("code").ShouldBe("origin_not_allowed", path);
            ((int)answer.StatusCode).ShouldBe(403, path);
        }

        // A made-up secret is looked at, and not taken for a program of this machine.
        if (header == "Origin") (await StatusAsync(rig, "keys", [.. page, ("x-management-key", "made-up")])).ShouldBe((401, "invalid_management_key"));
        using (var other = await rig.SendAsync(HttpMethod.Post, "/v0/management/usage-statistics-enabled", null, page)) ((int)other.StatusCode).ShouldNotBe(200);
        using (var read = await rig.GetAsync($"/api/v1/keys/{key}")) (await read.JsonAsync()).Text("status").ShouldBe("active");

        if (value != "cross-site")
        {
            using var right = await rig.SendAsync(HttpMethod.Post, $"/api/v1/keys/{key}/revoke", null, [.. page.Where(one => site != "cross-site" || one.Item1 == "Origin"), ("x-management-key", "s3cret-of-the-house")]);
            ((int)right.StatusCode).ShouldBe(200, await right.TextAsync());
        }
    }

    [Fact]
    public async Task Programs_and_named_pages_and_the_gateways_own_go_on()
    {
        await using var rig = await GatewayFixture.StartAsync("remote-management: { origins: [ 'http://localhost:5173' ] }\n");
        var own = rig.Gateway.Address.GetLeftPart(UriPartial.Authority);
        foreach (var headers in ((string, string)[][])[[], [("Origin", own), ("Sec-Fetch-Site", "same-origin")], [("Origin", "http://localhost:5173"), ("Sec-Fetch-Site", "same-site")]])
        {
            using var answer = await rig.SendAsync(HttpMethod.Post, $"/api/v1/keys/{await MakeKeyAsync(rig)}/revoke", null, headers);
            ((int)answer.StatusCode).ShouldBe(200, await answer.TextAsync());
        }
    }

    [Fact]
    public async Task The_address_of_a_caller_behind_a_named_proxy_is_the_callers()
    {
        await using var rig = await GatewayFixture.StartAsync(Remote + "trusted-proxies: [ 127.0.0.1, '::1', 10.0.0.0/8 ]\n");
        for (var i = 0; i < 4; i++) (await StatusAsync(rig, "version", ("X-Forwarded-For", "1.2.3.4, 203.0.113.9, 10.1.1.1"), ("x-management-key", "wrong"))).ShouldBe((401, "invalid_management_key"));
        (await StatusAsync(rig, "version", ("X-Forwarded-For", "9.9.9.9, 203.0.113.9"), ("x-management-key", "wrong"))).ShouldBe((429, "locked_out"));
        // Another caller behind the same proxy, and one who claims to be this machine.
        (await StatusAsync(rig, "version", ("X-Forwarded-For", "203.0.113.10"), ("X-Forwarded-Proto", "https"), ("x-management-key", "s3cret-of-the-house"))).ShouldBe((200, null));
        (await StatusAsync(rig, "version", ("X-Forwarded-For", "127.0.0.1"))).ShouldBe((401, "missing_management_key"));
        using var audit = await rig.GetAsync("/api/v1/audit?action=login.");
        (await audit.JsonAsync())["entries"]![0]!["source"]!.GetValue<string>().ShouldBe("203.0.113.9");
    }

    [Fact]
    public async Task What_an_unnamed_proxy_claims_is_not_believed()
    {
        await using var rig = await GatewayFixture.StartAsync(Remote + "trusted-proxies: [ 10.0.0.0/8 ]\n");
        (await StatusAsync(rig, "version", ("X-Forwarded-For", "203.0.113.9"), ("x-management-key", "wrong"))).ShouldBe((401, "invalid_management_key"));
        using var audit = await rig.GetAsync("/api/v1/audit?action=login.");
        (await audit.JsonAsync())["entries"]![0]!["source"]!.GetValue<string>().ShouldBe("127.0.0.1");
    }

    [Theory]
    [InlineData("//localhost")]
    [InlineData("localhost:99999")]
    [InlineData("localhost:x")]
    [InlineData("a@localhost")]
    [InlineData("[::1")]
    public async Task A_host_that_is_none_is_refused(string host)
    {
        await using var rig = await GatewayFixture.StartAsync();
        foreach (var path in (string[])["/api/v1/version", "/v1/models", "/health"])
        {
            using var client = new System.Net.Sockets.TcpClient();
            await client.ConnectAsync(IPAddress.Loopback, rig.Gateway.Address.Port);
            await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"));
            using var reader = new StreamReader(client.GetStream());
            (await reader.ReadToEndAsync()).ShouldStartWith("HTTP/1.1 400 ");
        }
    }

    [Fact]
    public async Task A_page_that_the_owner_names_may_manage_with_the_secret()
    {
        await using var rig = await GatewayFixture.StartAsync(Remote.Replace("hosts:", "origins: [ 'https://panel.example' ], hosts:", StringComparison.Ordinal));
        (string, string)[] page = [("Origin", "https://panel.example"), ("Sec-Fetch-Site", "cross-site")];
        (await StatusAsync(rig, "version", page)).ShouldBe((401, "missing_management_key"));
        using var answer = await rig.GetAsync("/api/v1/version", [.. page, ("x-management-key", "s3cret-of-the-house")]);
        ((int)answer.StatusCode).ShouldBe(200);
        answer.Header("access-control-allow-origin").ShouldBe("https://panel.example");
        using var preflight = await rig.SendAsync(HttpMethod.Options, "/api/v1/keys", null, [.. page, ("Access-Control-Request-Method", "POST"), ("Access-Control-Request-Headers", "x-management-key")]);
        ((int)preflight.StatusCode).ShouldBe(204);
        (await StatusAsync(rig, "version", ("Origin", "https://other.example"), ("x-management-key", "s3cret-of-the-house"))).ShouldBe((403, "origin_not_allowed"));
    }

    [Fact]
    public async Task What_shows_no_secret_locks_nobody_out()
    {
        await using var rig = await GatewayFixture.StartAsync("remote-management: { secret-key: s3cret-of-the-house, require-secret-on-loopback: true }\n");
        for (var i = 0; i < 12; i++) (await StatusAsync(rig, "version")).ShouldBe((401, "missing_management_key"));
        (await StatusAsync(rig, "version", ("x-management-key", "s3cret-of-the-house"))).ShouldBe((200, null));
    }

    [Fact]
    public async Task A_bcrypt_hash_in_the_file_and_a_hashed_secret_in_the_store_both_count()
    {
        await using var rig = await GatewayFixture.StartAsync("remote-management: { allow-remote: true, secret-key: $2y$06$N9qo8uLOickgx2ZMRZoMyeVcFf60bmDTmqsvTc7d1vZ8jUjaSsNAG }\n");
        (await FromAsync(rig, "192.0.2.7", "s3cret-of-the-house")).ShouldBe(200);
        (await FromAsync(rig, "192.0.2.7", "s3cret-of-the-house")).ShouldBe(200);
        var services = rig.Gateway;
        await ManagementSecret.StoreAsync(services.Store, services.Secrets, "kept-in-the-store", TestContext.Current.CancellationToken);
        await services.ManagementSecret.LoadAsync(TestContext.Current.CancellationToken);
        (await FromAsync(rig, "192.0.2.7", "kept-in-the-store")).ShouldBe(200);
        (await FromAsync(rig, "192.0.2.7", "s3cret-of-the-house")).ShouldBe(200);
        (await FromAsync(rig, "192.0.2.7", "neither")).ShouldBe(401);
        var setting = (await services.Store.Settings.GetAsync(ManagementSecret.SettingName, TestContext.Current.CancellationToken))!;
        Encoding.UTF8.GetString(setting.Secret.Span).ShouldNotContain("kept-in-the-store");
        setting.Value.ShouldBeEmpty();
    }

    [Fact]
    public async Task The_audit_log_is_paged_and_filtered()
    {
        await using var rig = await GatewayFixture.StartAsync();
        for (var i = 0; i < 7; i++) await rig.Gateway.Audit.RecordAsync(Actor.Gateway, i % 2 == 0 ? "key.add" : "account.add", $"t{i}", "done", "multi\nline");
        var seen = new List<string>();
        string? after = null;
        do
        {
            using var answer = await rig.GetAsync($"/api/v1/audit?limit=3&after={after}");
            var page = await answer.JsonAsync();
            seen.AddRange(page["entries"]!.AsArray().Select(entry => entry!["target"]!.GetValue<string>()));
            after = page["next"]?.GetValue<string>();
        }
        while (after is not null);
        seen.ShouldBe(["t6", "t5", "t4", "t3", "t2", "t1", "t0"]);
        using var keys = await rig.GetAsync("/api/v1/audit?action=key.&target=t4");
        var only = (await keys.JsonAsync())["entries"]!.AsArray().ShouldHaveSingleItem()!;
        only["detail"]!.GetValue<string>().ShouldBe("multi line");
        (await StatusAsync(rig, "audit?limit=0")).ShouldBe((400, "invalid_value"));
        (await StatusAsync(rig, "audit?limit=many")).ShouldBe((400, "invalid_request"));
    }

    private static async Task<string> MakeKeyAsync(GatewayFixture rig)
    {
        using var made = await rig.PostAsync("/api/v1/keys", $$"""{"name":"{{Guid.NewGuid()}}"}""");
        return (await made.JsonAsync()).Text("id");
    }

    private static async Task<(int Status, string? Code)> StatusAsync(GatewayFixture rig, string path, params (string, string)[] headers)
    {
        using var answer = await rig.GetAsync($"/api/v1/{path}", headers);
        var code = answer.IsSuccessStatusCode ? null : JsonNode.Parse(await answer.TextAsync())!["error"]!["code"]?.GetValue<string>();
        return ((int)answer.StatusCode, code);
    }

    /// <summary>What the door says to a caller at an address that this machine does not have.</summary>
    private static async Task<int> FromAsync(GatewayFixture rig, string address, string? secret)
    {
        var context = new DefaultHttpContext { RequestServices = rig.Gateway.Services };
        context.Connection.RemoteIpAddress = IPAddress.Parse(address);
        context.Request.Host = new HostString("198.51.100.1", 8317);
        context.Response.Body = new MemoryStream();
        if (secret is not null) context.Request.Headers.Authorization = $"Bearer {secret}";
        if (await rig.Gateway.Services.GetRequiredService<ManagementAuthorization>().CheckAsync(context, [], query: null) is not { } refusal) return 200;
        await ManagementErrorResult.From(refusal).ExecuteAsync(context);
        return context.Response.StatusCode;
    }
}
