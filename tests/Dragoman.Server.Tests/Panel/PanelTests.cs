using System.Net;
using System.Text.Json.Nodes;
using Dragoman.Gateway.Configuration;
using Dragoman.Server.Tests.Support;
using Dragoman.Server.Tests.Surfaces;

namespace Dragoman.Server.Tests.Panel;

/// <summary>The panel's files as browsers get them, and what programs get at the same addresses.</summary>
[Trait("speed", "fast")]
public sealed class PanelTests
{
    private const string Browser = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8";
    private static readonly (string, string) Navigates = ("Accept", Browser);

    private static readonly Dictionary<string, string> Files = new()
    {
        ["index.html"] = "<!doctype html><title>panel</title>",
        ["index.html.br"] = "index-in-br",
        ["index.html.gz"] = "index-in-gzip",
        ["assets/index-abc123.js"] = "export {}",
        ["assets/index-abc123.js.br"] = "js-in-br",
        ["assets/index-abc123.js.gz"] = "js-in-gzip",
        ["assets/zh-CN-d4.js"] = "export const zh = 1",
        ["assets/index-abc123.css"] = "body{}",
        ["assets/inter-1.woff2"] = "font",
        ["assets/orphan.js.gz"] = "only compressed",
        ["favicon.svg"] = "<svg/>",
    };

    [Fact]
    public async Task A_browser_gets_the_page_at_the_root_and_at_every_address_of_the_panel()
    {
        await using var host = await PanelHost.StartAsync(Files);
        foreach (var path in (string[])["/", "/panel", "/panel/", "/panel/index.html", "/panel/accounts", "/panel/requests/r_1?status=5xx&q=a.b", "/panel/models/gpt-4.1", "/panel/a/b/c/d"])
        {
            using var page = await host.AskAsync(path, null, Navigates);
            ((int)page.StatusCode).ShouldBe(200, path);
            (await page.TextAsync()).ShouldBe(Files["index.html"], path);
            page.Content.Headers.ContentType!.ToString().ShouldBe("text/html; charset=utf-8");
            page.Header("cache-control").ShouldBe("no-cache");
        }

        using var script = await host.AskAsync("/panel/keys");
        ((int)script.StatusCode).ShouldBe(200, "what asks for anything is shown a page as well");
        using var file = await host.AskAsync("/panel/keys.json", null, ("Accept", "application/json"));
        ((int)file.StatusCode).ShouldBe(404);
    }

    [Fact]
    public async Task Programs_get_what_they_always_got_at_the_root()
    {
        await using var host = await PanelHost.StartAsync(Files);
        foreach (var accept in (string?[])[null, "*/*", "application/json", "application/json, text/plain, */*", "text/html;q=0.5, application/json", "text/html;q=0", "nonsense"])
        {
            using var answer = await host.AskAsync("/", null, accept is null ? [] : [("Accept", accept)]);
            JsonNode.Parse(await answer.TextAsync())!["name"]!.GetValue<string>().ShouldBe("dragoman", accept);
            answer.Header("vary").ShouldBe("Accept");
        }

        using var head = await host.AskAsync("/", HttpMethod.Head, Navigates);
        head.Content.Headers.ContentType!.MediaType.ShouldBe("text/html");
        head.Content.Headers.ContentLength.ShouldBe(Files["index.html"].Length);
        using var post = await host.AskAsync("/panel", HttpMethod.Post);
        ((int)post.StatusCode).ShouldBe(405);
    }

    [Fact]
    public async Task The_page_may_do_nothing_but_what_it_needs()
    {
        await using var host = await PanelHost.StartAsync(Files);
        using var page = await host.AskAsync("/panel/", null, Navigates);
        var policy = page.Header("content-security-policy").ShouldNotBeNull().Split("; ");
        foreach (var part in (string[])["default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self' data:", "font-src 'self'", "connect-src 'self'", "worker-src 'self'", "base-uri 'none'", "form-action 'self'",
            "frame-ancestors 'none'", "require-trusted-types-for 'script'", "trusted-types dragoman-worker"]) policy.ShouldContain(part);
        page.Header("content-security-policy")!.ShouldNotContain("unsafe");
        page.Header("cross-origin-opener-policy").ShouldBe("same-origin");
        page.Header("cross-origin-resource-policy").ShouldBe("same-origin");
        page.Header("referrer-policy").ShouldBe("same-origin");
        page.Header("x-content-type-options").ShouldBe("nosniff");
        page.Header("permissions-policy")!.ShouldContain("camera=()");
        page.Headers.Contains("Set-Cookie").ShouldBeFalse();
    }

    [Theory]
    [InlineData(null, "", "export {}")]
    [InlineData("br", "br", "js-in-br")]
    [InlineData("gzip, deflate, br, zstd", "br", "js-in-br")]
    [InlineData("gzip", "gzip", "js-in-gzip")]
    [InlineData("GZIP;q=1.0, br;q=0.5", "gzip", "js-in-gzip")]
    [InlineData("br;q=0, *", "gzip", "js-in-gzip")]
    [InlineData("*", "br", "js-in-br")]
    [InlineData("identity, br;q=0.2", "", "export {}")]
    [InlineData("br;q=0, gzip;q=0, identity;q=0", "", "export {}")]
    [InlineData("zstd", "", "export {}")]
    [InlineData("nonsense here", "", "export {}")]
    public async Task A_file_is_sent_in_the_form_that_the_caller_likes_best(string? accepted, string coding, string body)
    {
        await using var host = await PanelHost.StartAsync(Files);
        using var answer = await host.AskAsync("/panel/assets/index-abc123.js", null, accepted is null ? [] : [("Accept-Encoding", accepted)]);
        ((int)answer.StatusCode).ShouldBe(200);
        string.Join(',', answer.Content.Headers.ContentEncoding).ShouldBe(coding);
        (await answer.TextAsync()).ShouldBe(body);
        answer.Content.Headers.ContentType!.ToString().ShouldBe("text/javascript; charset=utf-8");
        answer.Content.Headers.ContentLength.ShouldBe(body.Length);
        answer.Header("cache-control").ShouldBe("public, max-age=31536000, immutable");
        answer.Header("vary").ShouldBe("Accept-Encoding");
        answer.Header("x-content-type-options").ShouldBe("nosniff");
        using var head = await host.AskAsync("/panel/assets/index-abc123.js", HttpMethod.Head, accepted is null ? [] : [("Accept-Encoding", accepted)]);
        (head.Content.Headers.ContentLength, head.Header("etag")).ShouldBe((body.Length, answer.Header("etag")));
        using var again = await host.AskAsync("/panel/assets/index-abc123.js", null, [("If-None-Match", $"\"other\", W/{answer.Header("etag")}"), .. accepted is null ? [] : new[] { ("Accept-Encoding", accepted) }]);
        ((int)again.StatusCode).ShouldBe(304);
        again.Content.Headers.ContentLength.GetValueOrDefault().ShouldBe(0);
    }

    [Fact]
    public async Task Files_have_their_types_and_what_is_not_there_is_not_there()
    {
        await using var host = await PanelHost.StartAsync(Files);
        foreach (var (path, type) in ((string, string)[])[("assets/index-abc123.css", "text/css; charset=utf-8"), ("assets/inter-1.woff2", "font/woff2"), ("favicon.svg", "image/svg+xml"), ("assets/zh-CN-d4.js", "text/javascript; charset=utf-8"), ("assets/orphan.js.gz", "application/octet-stream")])
        {
            using var answer = await host.AskAsync($"/panel/{path}");
            ((int)answer.StatusCode).ShouldBe(200, path);
            answer.Content.Headers.ContentType!.ToString().ShouldBe(type);
        }

        using (var icon = await host.AskAsync("/panel/favicon.svg")) icon.Header("cache-control").ShouldBe("no-cache");
        foreach (var path in (string[])["assets/none.js", "assets/none", "assets/", "assets/index-abc123.js.br", "assets/../index-abc123.js", "assets/%2e%2e/%2e%2e/config.yaml", "assets/..%5c..%5cx", "none.js"])
        {
            using var answer = await host.AskAsync($"/panel/{path}");
            ((int)answer.StatusCode).ShouldBe(404, path);
        }

        using var old = await host.AskAsync("/panel/assets/index-old.js", null, Navigates);
        ((int)old.StatusCode).ShouldBe(404, "a page in place of a script would break what loads it");
    }

    [Fact]
    public async Task The_page_changes_with_its_tag()
    {
        await using var host = await PanelHost.StartAsync(Files);
        using var first = await host.AskAsync("/panel/", null, Navigates);
        using var same = await host.AskAsync("/", null, Navigates, ("If-None-Match", first.Header("etag")!));
        same.StatusCode.ShouldBe(HttpStatusCode.NotModified);
        same.Header("content-security-policy").ShouldNotBeNull("the browser takes the headers of the newest answer");
        await using var newer = await PanelHost.StartAsync(new Dictionary<string, string>(Files) { ["index.html"] = "<!doctype html><title>new</title>" });
        using var changed = await newer.AskAsync("/panel/", null, Navigates, ("If-None-Match", first.Header("etag")!));
        (await changed.TextAsync()).ShouldContain("new");
    }

    [Fact]
    public async Task Where_it_was_not_built_a_page_without_scripts_says_how_to()
    {
        await using var host = await PanelHost.StartAsync(new Dictionary<string, string>());
        foreach (var path in (string[])["/", "/panel/accounts"])
        {
            using var page = await host.AskAsync(path, null, Navigates);
            ((int)page.StatusCode).ShouldBe(200);
            var text = await page.TextAsync();
            text.ShouldContain("npm");
            text.ShouldNotContain("<script");
            page.Header("content-security-policy").ShouldStartWith("default-src 'none'; style-src 'unsafe-inline';");
            page.Header("cache-control").ShouldBe("no-store");
        }
    }

    [Fact]
    public async Task Its_owner_can_turn_it_off()
    {
        await using var host = await PanelHost.StartAsync(Files, () => new GatewayConfig { Management = new ManagementOptions { DisableControlPanel = true } });
        using var root = await host.AskAsync("/", null, Navigates);
        (await root.TextAsync()).ShouldContain("dragoman");
        foreach (var path in (string[])["/panel/", "/panel/assets/index-abc123.js"])
        {
            using var answer = await host.AskAsync(path, null, Navigates);
            ((int)answer.StatusCode).ShouldBe(404);
        }
    }

    [Fact]
    public async Task A_gateway_serves_it_on_its_own_listeners_and_leads_there_from_others()
    {
        await using var rig = await SurfaceFixture.StartAsync("kiro");
        using var page = await rig.Rig.GetAsync("/", Navigates);
        page.Content.Headers.ContentType!.MediaType.ShouldBe("text/html");
        using var json = await rig.Rig.GetAsync("/");
        (await json.JsonAsync())["name"]!.GetValue<string>().ShouldBe("dragoman");
        using var strange = await rig.Rig.GetAsync("/panel/assets/none.js");
        ((int)strange.StatusCode).ShouldBe(404);
        (await strange.JsonAsync())["error"]!["code"]!.GetValue<string>().ShouldBe("not_found");

        var led = await rig.SendAsync("GET", "/", null, Navigates);
        (led.Status, led.Headers["location"]).ShouldBe((302, $"{rig.Rig.Gateway.Address.GetLeftPart(UriPartial.Authority)}/panel/"));
        (await rig.SendAsync("GET", "/")).Status.ShouldBe(200, "programs see what they always saw");
        (await rig.SendAsync("GET", "/", null, Navigates, ("X-Forwarded-For", "203.0.113.9"))).Status.ShouldBe(200, "whoever comes by a proxy does not reach that port");
        (await rig.SendAsync("GET", "/panel/", null, Navigates)).Status.ShouldBe(404);
        (await rig.SendAsync("GET", "/api/v1/session", null, Navigates)).Status.ShouldBe(404);
    }

    [Fact]
    public async Task The_old_address_of_a_panel_leads_to_this_one()
    {
        await using var rig = await SurfaceFixture.StartAsync("cliproxy");
        var led = await rig.SendAsync("GET", "/management.html", null, Navigates);
        (led.Status, led.Headers["location"]).ShouldBe((302, $"{rig.Rig.Gateway.Address.GetLeftPart(UriPartial.Authority)}/panel/"));
        using var http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false });
        using var own = await http.GetAsync(new Uri(rig.Rig.Gateway.Address, "/management.html"), TestContext.Current.CancellationToken);
        ((int)own.StatusCode, own.Header("location")).ShouldBe((302, "/panel/"));
    }
}
