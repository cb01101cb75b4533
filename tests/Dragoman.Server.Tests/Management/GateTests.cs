using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Dragoman.Server.Management;
using Dragoman.Server.Management.Access;
using Dragoman.Server.Tests.Serving;
using Microsoft.AspNetCore.Http;

namespace Dragoman.Server.Tests.Management;

/// <summary>Who passes the door of the management routes, and what strangers are told.</summary>
public sealed class GateTests
{
    private const string Remote = "remote-management: { allow-remote: true, secret-key: s3cret-of-the-house, hosts: [ gateway.example ] }\n";

    [Fact]
    public async Task This_machine_passes_without_the_secret_unless_it_is_asked_of_it_too()
    {
        await using (var rig = await Rig.StartAsync(Remote))
        {
            (await StatusAsync(rig, "version")).ShouldBe((200, null));
        }

        await using var strict = await Rig.StartAsync("remote-management: { secret-key: s3cret-of-the-house, require-secret-on-loopback: true }\n");
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
        await using var rig = await Rig.StartAsync();
        foreach (var header in (string[])["X-Forwarded-For", "Forwarded", "Via", "X-Real-IP"])
            (await StatusAsync(rig, "version", (header, "203.0.113.9"))).ShouldBe((403, "management_is_local"));
        await using var open = await Rig.StartAsync(Remote);
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
        await using (var closed = await Rig.StartAsync("remote-management: { secret-key: s3cret-of-the-house }\n"))
        {
            (await FromAsync(closed, "192.0.2.7", "s3cret-of-the-house")).ShouldBe(403);
        }

        await using (var bare = await Rig.StartAsync("remote-management: { allow-remote: true }\n"))
        {
            (await FromAsync(bare, "192.0.2.7", null)).ShouldBe(403);
        }

        await using var open = await Rig.StartAsync(Remote);
        (await FromAsync(open, "192.0.2.7", "s3cret-of-the-house")).ShouldBe(200);
        (await FromAsync(open, "192.0.2.7", "wrong")).ShouldBe(401);
        (await FromAsync(open, "192.0.2.7", null)).ShouldBe(401);
    }

    [Fact]
    public async Task Five_wrong_secrets_lock_the_address_out_even_with_the_right_one_and_it_is_noted()
    {
        await using var rig = await Rig.StartAsync(Remote);
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
    public async Task A_bcrypt_hash_in_the_file_and_a_hashed_secret_in_the_store_both_count()
    {
        await using var rig = await Rig.StartAsync("remote-management: { allow-remote: true, secret-key: $2y$06$N9qo8uLOickgx2ZMRZoMyeVcFf60bmDTmqsvTc7d1vZ8jUjaSsNAG }\n");
        (await FromAsync(rig, "192.0.2.7", "s3cret-of-the-house")).ShouldBe(200);
        (await FromAsync(rig, "192.0.2.7", "s3cret-of-the-house")).ShouldBe(200);
        var services = rig.Gateway.Services;
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
        await using var rig = await Rig.StartAsync();
        for (var i = 0; i < 7; i++) await rig.Gateway.Services.Audit.RecordAsync("gateway", "", i % 2 == 0 ? "key.add" : "account.add", $"t{i}", "done", "multi\nline");
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

    private static async Task<(int Status, string? Code)> StatusAsync(Rig rig, string path, params (string, string)[] headers)
    {
        using var answer = await rig.GetAsync($"/api/v1/{path}", headers);
        var code = answer.IsSuccessStatusCode ? null : JsonNode.Parse(await answer.TextAsync())!["error"]!["code"]?.GetValue<string>();
        return ((int)answer.StatusCode, code);
    }

    /// <summary>What the door says to a caller at an address that this machine does not have.</summary>
    private static async Task<int> FromAsync(Rig rig, string address, string? secret)
    {
        var context = new DefaultHttpContext();
        context.Connection.RemoteIpAddress = IPAddress.Parse(address);
        context.Request.Host = new HostString("198.51.100.1", 8317);
        context.Response.Body = new MemoryStream();
        if (secret is not null) context.Request.Headers.Authorization = $"Bearer {secret}";
        if (await new ManagementGate(rig.Gateway.Services).CheckAsync(context) is not { } refusal) return 200;
        await refusal.ExecuteAsync(context);
        return context.Response.StatusCode;
    }
}
