using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace Dragoman.Server.Tests.Surfaces.CliProxy;

/// <summary>What is around CLIProxyAPI's management: the root, probes, the page, calls of vendors (wire notes cliproxyapi 1.2, 1.12 and 9, checks 1, 8 and 69).</summary>
public sealed class SurroundingTests
{
    [Fact]
    [Trait("check", "cliproxy 1")]
    [Trait("check", "cliproxy 8")]
    public async Task The_root_says_what_it_is_and_probes_answer()
    {
        await using var rig = await CliProxyFixture.StartAsync();
        (await rig.AskAsync("GET", "/", null, ("Authorization", "Bearer whatever"))).ShouldBe(200, """{"message":"CLI Proxy API Server","endpoints":["POST /v1/chat/completions","POST /v1/completions","GET /v1/models"]}""");
        (await rig.AskAsync("GET", "/healthz", null)).Json["status"]!.GetValue<string>().ShouldBe("ok");
        (await rig.AskAsync("HEAD", "/healthz", null)).ShouldBe(200, "");
        (await rig.SendAsync("GET", "/plugins")).Status.ShouldBe(404);
        (await rig.SendAsync("GET", "/latest-version")).Json["latest-version"]!.GetValue<string>().ShouldMatch("^v[0-9]+\\.[0-9]+");
    }

    [Fact]
    public async Task Keep_alive_asks_for_the_key()
    {
        await using var rig = await CliProxyFixture.StartAsync();
        (await rig.AskAsync("GET", "/keep-alive", null, ("X-Local-Password", CliProxyFixture.Secret))).ShouldBe(200, """{"status":"ok"}""");
        (await rig.AskAsync("GET", "/keep-alive", null, ("Authorization", $"Bearer {CliProxyFixture.Secret}"))).ShouldBe(200, """{"status":"ok"}""");
        (await rig.AskAsync("GET", "/keep-alive", null, ("X-Local-Password", "wrong"))).ShouldBe(401, """{"error":"invalid password"}""");
        await using var open = await CliProxyFixture.StartAsync(secret: null);
        (await open.AskAsync("GET", "/keep-alive", null)).ShouldBe(404, "");
    }

    [Fact]
    public async Task The_page_is_the_owners_file_with_its_scripts_and_styles_pinned()
    {
        await using var rig = await CliProxyFixture.StartAsync();
        // Whom it cannot lead to the gateway's own panel it tells what else there is.
        var plain = await rig.AskAsync("GET", "/management.html", null, ("Via", "1.1 proxy"));
        plain.Status.ShouldBe(200);
        plain.Body.ShouldContain("static");
        plain.Headers["Content-Security-Policy"].ShouldContain("default-src 'none'");
        var folder = Directory.CreateDirectory(Path.Combine(Path.GetDirectoryName(rig.File)!, "static")).FullName;
        const string Script = "console.log('hi');\n";
        await File.WriteAllTextAsync(Path.Combine(folder, "management.html"), $"<!doctype html><style>b{{}}</style><script type=\"module\">{Script}</script><p onclick=\"bad()\">x</p>", TestContext.Current.CancellationToken);
        var page = await rig.AskAsync("GET", "/management.html", null);
        page.Body.ShouldContain("<p onclick");
        page.Headers["Content-Type"].ShouldBe("text/html; charset=utf-8");
        var policy = page.Headers["Content-Security-Policy"];
        policy.ShouldContain($"script-src 'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(Script)))}'");
        policy.ShouldContain($"style-src 'sha256-{Convert.ToBase64String(SHA256.HashData("b{}"u8))}'");
        policy.ShouldNotContain("unsafe");
        await File.AppendAllTextAsync(rig.File, "", TestContext.Current.CancellationToken);
        var text = await rig.FileAsync();
        await File.WriteAllTextAsync(rig.File, text.Replace("  secret-key:", "  disable-control-panel: true\n  secret-key:", StringComparison.Ordinal), TestContext.Current.CancellationToken);
        rig.Reload();
        (await rig.AskAsync("GET", "/management.html", null)).ShouldBe(404, "");
    }

    [Fact]
    [Trait("check", "cliproxy 69")]
    public async Task A_vendor_is_asked_with_the_token_and_nobody_else_is()
    {
        await using var rig = await AuthFileTests.StartAsync();
        await AuthFileTests.UploadAsync(rig, ("a.json", """{"type":"codex","email":"a@x.example","access_token":"the-token","refresh_token":"rt","expired":"2030-01-01T00:00:00Z","account_id":"ws"}"""));
        var index = (await rig.SendAsync("GET", "/auth-files")).Json["files"]![0]!["auth_index"]!.GetValue<string>();
        var address = rig.Upstream.Address.ToString().TrimEnd('/');
        async Task<CliProxyAnswer> CallAsync(string url, string more = "") => await rig.SendAsync("POST", "/api-call",
            $$$"""{"authIndex":"{{{index}}}","method":"GET","url":"{{{url}}}","header":{"Authorization":"Bearer $TOKEN$","User-Agent":"codex_cli_rs/1.0","X-Tag":"a"}{{{more}}}}""");

        var answer = await CallAsync($"{address}/chatgpt/backend-api/wham/usage");
        answer.Status.ShouldBe(200, answer.Body);
        answer.Json["status_code"]!.GetValue<int>().ShouldBeGreaterThan(0);
        answer.Json["header"]!["Content-Type"]!.AsArray().Count.ShouldBe(1);
        answer.Json["body"]!.GetValueKind().ShouldBe(System.Text.Json.JsonValueKind.String);
        var seen = rig.Upstream.Requests.Last(request => request.Target.Contains("wham/usage", StringComparison.Ordinal));
        seen.Headers["authorization"].ShouldBe("Bearer the-token");
        seen.Headers["x-tag"].ShouldBe("a");
        seen.Headers["user-agent"].ShouldStartWith("dragoman/", Case.Sensitive, "the gateway says who it is");
        foreach (var elsewhere in (string[])["http://169.254.169.254/latest/meta-data", "https://example.com/", "http://localhost:1/", $"{address.Replace("http:", "https:", StringComparison.Ordinal)}/x"])
            (await CallAsync(elsewhere)).Status.ShouldBe(403, elsewhere);
        (await CallAsync("ftp://x/")).ShouldBe(400, """{"error":"invalid url"}""");
        (await CallAsync($"{address}/x", ",\"proxy_url\":\"http://evil.example:1\"")).ShouldBe(400, """{"error":"invalid proxy_url"}""");
        (await rig.SendAsync("POST", "/api-call", """{"url":"https://x.example"}""")).ShouldBe(400, """{"error":"missing method"}""");
        (await rig.SendAsync("POST", "/api-call", """{"method":"GET"}""")).ShouldBe(400, """{"error":"missing url"}""");
        (await rig.SendAsync("POST", "/api-call", """{"auth_index":"0000000000000000","method":"GET","url":"https://x.example"}""")).ShouldBe(400, """{"error":"auth token not found"}""");
        (await rig.SendAsync("POST", "/api-call", "no json")).ShouldBe(400, """{"error":"invalid body"}""");
    }
}
