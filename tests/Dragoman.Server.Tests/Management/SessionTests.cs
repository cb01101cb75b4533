using Dragoman.Gateway.Requests;
using Dragoman.Server.Listeners;
using Dragoman.Server.Surfaces.Abstractions;
using Dragoman.Server.Tests.ClientKeys;
using Dragoman.Server.Tests.Support;
using Microsoft.AspNetCore.Routing;

namespace Dragoman.Server.Tests.Management;

/// <summary>Signing in to the panel, what a session may do, and how it ends.</summary>
public sealed class SessionTests
{
    private static readonly HttpMethod[] Writes = [HttpMethod.Post, HttpMethod.Put, HttpMethod.Patch, HttpMethod.Delete];

    [Fact]
    public async Task A_person_signs_in_works_and_signs_out()
    {
        await using var rig = await GatewayFixture.StartAsync(PanelClient.Strict);
        using var panel = new PanelClient(rig.Gateway.Address);
        var before = await panel.JsonAsync(HttpMethod.Get, "/api/v1/session");
        before.ToJsonString().ShouldBe("""{"authenticated":false,"method":"none","secret_required":true,"secret_set":true,"can_be_remote":false,"can_sign_in":true}""", "on the gateway's own machine the secret is asked for, whether or not others may come");
        (await panel.JsonAsync(HttpMethod.Get, "/api/v1/session", null, ("Via", "1.1 proxy")))["can_sign_in"]!.GetValue<bool>().ShouldBeFalse("from another machine nobody may");

        var cookie = await panel.SignInAsync();
        cookie.ShouldStartWith($"dragoman_session_{rig.Gateway.Address.Port}=");
        cookie.Split("; ").Skip(1).ShouldBe(["max-age=1209600", "path=/", "samesite=strict", "httponly"]);
        var during = await panel.JsonAsync(HttpMethod.Get, "/api/v1/session");
        (during["authenticated"]!.GetValue<bool>(), during["method"]!.GetValue<string>()).ShouldBe((true, "session"));
        during["version"].ShouldNotBeNull();
        var (ends, idle) = (during["expires_at"]!.GetValue<DateTimeOffset>(), during["idle_expires_at"]!.GetValue<DateTimeOffset>());
        (ends - idle).ShouldBeInRange(TimeSpan.FromHours(13.9 * 24 - 12), TimeSpan.FromHours(14.1 * 24 - 12));
        (await panel.StatusAsync(HttpMethod.Get, "/api/v1/version")).ShouldBe((200, null));
        (await panel.StatusAsync(HttpMethod.Get, "/api/v1/openapi.json")).ShouldBe((200, null));
        (await panel.StatusAsync(HttpMethod.Post, "/api/v1/keys", """{"name":"made-in-the-panel"}""")).ShouldBe((201, null));
        (await panel.StatusAsync(HttpMethod.Post, "/api/v1/keys", """{"name":"another"}""", ("Sec-Fetch-Site", "same-origin"))).ShouldBe((201, null));

        using (var gone = await panel.SendAsync(HttpMethod.Delete, "/api/v1/session"))
        {
            ((int)gone.StatusCode).ShouldBe(204);
            gone.Headers.GetValues("Set-Cookie").ShouldAllBe(one => one.Contains("max-age=0", StringComparison.Ordinal));
        }

        (await panel.StatusAsync(HttpMethod.Get, "/api/v1/version")).ShouldBe((401, "session_ended"), "the cookie that a thief kept");
        (await panel.JsonAsync(HttpMethod.Get, "/api/v1/session"))["authenticated"]!.GetValue<bool>().ShouldBeFalse();
        (await panel.StatusAsync(HttpMethod.Delete, "/api/v1/session")).ShouldBe((204, null), "to sign out twice is no fault");

        var audit = await panel.JsonAsync(HttpMethod.Get, "/api/v1/audit", null, ("x-management-key", PanelClient.Secret));
        audit["entries"]!.AsArray().Select(entry => $"{entry!["actor"]} {entry["action"]}").ShouldBe(["panel session.end", "panel key.add", "panel key.add", "panel session.begin"]);
        audit.ToJsonString().ShouldNotContain(cookie.Split(';')[0].Split('=')[1], Case.Sensitive);
    }

    [Fact]
    public async Task This_machine_needs_no_session_where_no_secret_is_asked_of_it()
    {
        await using var rig = await GatewayFixture.StartAsync();
        using var panel = new PanelClient(rig.Gateway.Address);
        var status = await panel.JsonAsync(HttpMethod.Get, "/api/v1/session");
        (status["authenticated"]!.GetValue<bool>(), status["method"]!.GetValue<string>(), status["secret_required"]!.GetValue<bool>(), status["secret_set"]!.GetValue<bool>()).ShouldBe((true, "local", false, false));
        status["version"].ShouldNotBeNull();
        (await panel.StatusAsync(HttpMethod.Post, "/api/v1/session", """{"secret":"anything"}""")).ShouldBe((403, "management_secret_not_set"));
        var elsewhere = await panel.JsonAsync(HttpMethod.Get, "/api/v1/session", null, ("Via", "1.1 proxy"));
        elsewhere.ToJsonString().ShouldBe("""{"authenticated":false,"method":"none","secret_required":true,"secret_set":false,"can_be_remote":false,"can_sign_in":false}""");
        (await panel.JsonAsync(HttpMethod.Get, "/api/v1/session", null, ("Origin", "https://evil.example")))["authenticated"]!.GetValue<bool>().ShouldBeFalse();
    }

    [Fact]
    public async Task Only_the_right_secret_from_the_gateways_own_page_signs_in()
    {
        await using var rig = await GatewayFixture.StartAsync(PanelClient.Strict);
        using var panel = new PanelClient(rig.Gateway.Address);
        var right = $$"""{"secret":"{{PanelClient.Secret}}"}""";
        foreach (var empty in (string[])["""{"secret":""}""", """{"secret":null}""", "{}"]) (await panel.StatusAsync(HttpMethod.Post, "/api/v1/session", empty)).ShouldBe((401, "missing_management_key"), empty);
        foreach (var bad in (string?[])["[]", "{", """{"secret":1}""", """{"secret":"x","more":1}""", null]) (await panel.StatusAsync(HttpMethod.Post, "/api/v1/session", bad)).Status.ShouldBe(400, bad);
        (await panel.StatusAsync(HttpMethod.Post, "/api/v1/session", $$"""{"secret":"{{new string('x', 20_000)}}"}""")).Status.ShouldBe(413);
        foreach (var origin in (string[])["http://localhost:1", "https://evil.example", "null", "http://127.0.0.1", $"http://localhost.evil.example:{rig.Gateway.Address.Port}"])
            (await panel.StatusAsync(HttpMethod.Post, "/api/v1/session", right, ("Origin", origin))).ShouldBe((403, "origin_not_allowed"), origin);
        (await panel.StatusAsync(HttpMethod.Post, "/api/v1/session", right, ("Sec-Fetch-Site", "same-site"))).ShouldBe((403, "origin_not_allowed"));
        panel.Origin = null;
        (await panel.StatusAsync(HttpMethod.Post, "/api/v1/session", right)).ShouldBe((403, "origin_not_allowed"));
        (panel.Origin, panel.IsMarked) = (rig.Gateway.Address.GetLeftPart(UriPartial.Authority), false);
        (await panel.StatusAsync(HttpMethod.Post, "/api/v1/session", right)).ShouldBe((403, "panel_header_missing"));
        panel.IsMarked = true;
        (await panel.StatusAsync(HttpMethod.Post, "/api/v1/session", right, ("Via", "1.1 proxy"))).ShouldBe((403, "management_is_local"));

        for (var i = 0; i < 4; i++) (await panel.StatusAsync(HttpMethod.Post, "/api/v1/session", """{"secret":"wrong"}""")).ShouldBe((401, "invalid_management_key"));
        using (var locked = await panel.SendAsync(HttpMethod.Post, "/api/v1/session", """{"secret":"wrong"}"""))
        {
            ((int)locked.StatusCode).ShouldBe(429);
            locked.Header("retry-after").ShouldBe("1800");
        }

        (await panel.StatusAsync(HttpMethod.Post, "/api/v1/session", right)).ShouldBe((429, "locked_out"));
    }

    [Fact]
    public async Task Guesses_with_the_question_of_the_session_count_as_well_and_who_is_signed_in_stays_so()
    {
        await using var rig = await GatewayFixture.StartAsync(PanelClient.Strict);
        using var panel = new PanelClient(rig.Gateway.Address);
        await panel.SignInAsync();
        using var thief = new PanelClient(rig.Gateway.Address);
        for (var i = 0; i < 5; i++) (await thief.JsonAsync(HttpMethod.Get, "/api/v1/session", null, ("x-management-key", "wrong")))["authenticated"]!.GetValue<bool>().ShouldBeFalse();
        (await thief.JsonAsync(HttpMethod.Get, "/api/v1/session", null, ("x-management-key", PanelClient.Secret)))["authenticated"]!.GetValue<bool>().ShouldBeFalse("it is locked out");
        (await panel.StatusAsync(HttpMethod.Get, "/api/v1/version")).ShouldBe((200, null));
        (await panel.StatusAsync(HttpMethod.Get, "/api/v1/version", null, ("x-management-key", PanelClient.Secret))).ShouldBe((429, "locked_out"), "a secret that is shown is what counts");
    }

    [Fact]
    public async Task A_session_is_for_the_gateways_own_page_only()
    {
        await using var rig = await GatewayFixture.StartAsync(PanelClient.Strict);
        using var panel = new PanelClient(rig.Gateway.Address);
        await panel.SignInAsync();
        foreach (var method in Writes)
        {
            foreach (var path in (string[])["/api/v1/keys", "/api/v1/settings", "/api/v1/sessions", "/api/v1/no-such-thing"])
            {
                panel.IsMarked = false;
                (await panel.StatusAsync(method, path, "{}")).ShouldBe((403, "panel_header_missing"), $"{method} {path}");
                panel.IsMarked = true;
                foreach (var origin in (string[])["http://localhost:1", "https://evil.example", "null", "vscode-webview://x"])
                    (await panel.StatusAsync(method, path, "{}", ("Origin", origin))).Status.ShouldBe(403, $"{method} {path} {origin}");
                foreach (var site in (string[])["same-site", "cross-site", "none", "same-origin, cross-site"])
                    (await panel.StatusAsync(method, path, "{}", ("Sec-Fetch-Site", site))).ShouldBe((403, "origin_not_allowed"), $"{method} {path} {site}");
                panel.Origin = null;
                (await panel.StatusAsync(method, path, "{}")).ShouldBe((403, "origin_not_allowed"), $"{method} {path} without an origin");
                panel.Origin = rig.Gateway.Address.GetLeftPart(UriPartial.Authority);
            }
        }

        (await panel.StatusAsync(HttpMethod.Get, "/api/v1/keys", null, ("Sec-Fetch-Site", "same-site"))).ShouldBe((403, "origin_not_allowed"), "reads too");
        (await panel.StatusAsync(HttpMethod.Get, "/api/v1/keys", null, ("Origin", "http://localhost:1"))).ShouldBe((403, "origin_not_allowed"));
        (await panel.StatusAsync(HttpMethod.Get, "/api/v1/keys", null, ("Sec-Fetch-Site", "none"))).ShouldBe((200, null), "what the person opens");
        (await panel.JsonAsync(HttpMethod.Get, "/api/v1/keys"))["keys"]!.AsArray().ShouldBeEmpty();
        // A page elsewhere is not told that it may send it.
        using var preflight = await panel.SendAsync(HttpMethod.Options, "/api/v1/keys", null, ("Origin", "http://localhost:1"), ("Access-Control-Request-Method", "POST"), ("Access-Control-Request-Headers", "x-dragoman-panel"));
        preflight.Headers.Contains("Access-Control-Allow-Origin").ShouldBeFalse();
        preflight.Headers.Contains("Access-Control-Allow-Credentials").ShouldBeFalse();
    }

    [Fact]
    public async Task A_token_that_is_none_or_was_changed_lets_nobody_in()
    {
        await using var rig = await GatewayFixture.StartAsync(PanelClient.Strict);
        using var panel = new PanelClient(rig.Gateway.Address);
        await panel.SignInAsync();
        var (name, token) = (panel.Cookie!.Split('=')[0], panel.Cookie.Split('=')[1]);
        string[] bad =
        [
            "x", token[..^1], token + "A", token.ToUpperInvariant(), token[..17] + new string('A', 43), new string('0', 16) + token[16..], token[..16] + "." + token[..16], token.Replace('.', '-'),
            .. Enumerable.Range(0, token.Length).Select(at => token[..at] + (token[at] == 'a' ? 'b' : 'a') + token[(at + 1)..]),
        ];
        foreach (var one in bad)
        {
            panel.Cookie = $"{name}={one}";
            // The last letter of base64 has bits that say nothing; what is compared is the text.
            (await panel.StatusAsync(HttpMethod.Get, "/api/v1/version")).ShouldBe((401, "session_ended"), one);
        }

        foreach (var cookie in (string[])[$"{name}=", $"dragoman_session={token}", $"{name}x={token}", $"session={token}", $"management_secret={PanelClient.Secret}"])
        {
            panel.Cookie = cookie;
            (await panel.StatusAsync(HttpMethod.Get, "/api/v1/version")).ShouldBe((401, "missing_management_key"), cookie);
        }

        panel.Cookie = $"{name}={token}";
        (await panel.StatusAsync(HttpMethod.Get, "/api/v1/version")).ShouldBe((200, null), "nobody was locked out by it");
        (await panel.StatusAsync(HttpMethod.Get, $"/api/v1/version?session={token}")).ShouldBe((200, null));
        panel.Cookie = null;
        (await panel.StatusAsync(HttpMethod.Get, $"/api/v1/version?{name}={token}")).ShouldBe((401, "missing_management_key"));
        (await panel.StatusAsync(HttpMethod.Get, "/api/v1/version", null, ("Authorization", $"Bearer {token}"))).ShouldBe((401, "invalid_management_key"));
    }

    [Fact]
    public async Task A_session_is_worth_nothing_to_clients_and_on_other_surfaces()
    {
        await using var rig = await GatewayFixture.StartAsync("api-keys: [ key-of-a-client ]\n" + PanelClient.Strict);
        using var panel = new PanelClient(rig.Gateway.Address);
        await panel.SignInAsync();
        (await panel.StatusAsync(HttpMethod.Post, "/v1/chat/completions", Talk.Chat("chat-1"))).Status.ShouldBe(401);
        (await panel.StatusAsync(HttpMethod.Get, "/v1/models")).Status.ShouldBe(401);
        var others = rig.Gateway.Endpoints.OfType<RouteEndpoint>()
            .Where(route => route.Metadata.GetMetadata<SurfaceRoute>()?.Access == SurfaceAccess.Management && route.Metadata.GetMetadata<RouteSurfaces>()!.Surfaces.Contains(Surface.Dragoman))
            .Where(route => route.RoutePattern.Parameters.Count == 0).Select(route => route.Metadata.GetMetadata<SurfaceRoute>()!).ToList();
        others.Count.ShouldBeGreaterThan(100);
        foreach (var route in others)
        {
            using var answer = await panel.SendAsync(new HttpMethod(route.Method), route.Pattern);
            ((int)answer.StatusCode).ShouldBe(401, $"{route.Method} {route.Pattern}");
        }

        rig.Upstream.Requests.ShouldBeEmpty();
    }

    [Fact]
    public async Task Behind_a_proxy_with_tls_the_cookie_is_for_tls_and_that_host_alone()
    {
        await using var rig = await GatewayFixture.StartAsync("remote-management: { allow-remote: true, secret-key: s3cret-of-the-house, hosts: [ gateway.example ] }\n");
        using var panel = new PanelClient(rig.Gateway.Address);
        (string, string)[] proxy = [("Via", "1.1 proxy"), ("Host", "gateway.example"), ("X-Forwarded-Proto", "https")];
        var cookie = await panel.SignInAsync(PanelClient.Secret, [.. proxy, ("Origin", "https://gateway.example")]);
        cookie.ShouldStartWith("__Host-dragoman_session=");
        cookie.Split("; ").Skip(1).ShouldBe(["max-age=1209600", "path=/", "secure", "samesite=strict", "httponly"]);
        (await panel.StatusAsync(HttpMethod.Get, "/api/v1/version", null, proxy)).ShouldBe((200, null));
        (await panel.StatusAsync(HttpMethod.Post, "/api/v1/keys", """{"name":"x"}""", [.. proxy, ("Origin", "https://gateway.example")])).ShouldBe((201, null));
        (await panel.StatusAsync(HttpMethod.Post, "/api/v1/keys", """{"name":"y"}""", [.. proxy, ("Origin", "https://other.example")])).ShouldBe((403, "origin_not_allowed"));
        (await panel.StatusAsync(HttpMethod.Get, "/api/v1/version", null, ("Via", "1.1 proxy"), ("Host", "rebound.example"))).ShouldBe((403, "host_not_allowed"));
        // What headers of a proxy claim changes nothing.
        using var plain = new PanelClient(rig.Gateway.Address);
        (await plain.SignInAsync(PanelClient.Secret, ("X-Forwarded-Proto", "https"))).ShouldNotContain("secure");
    }

    [Fact]
    public async Task Sessions_are_listed_and_ended_one_by_one_or_all_but_the_own()
    {
        await using var rig = await GatewayFixture.StartAsync(PanelClient.Strict);
        using var one = new PanelClient(rig.Gateway.Address);
        using var two = new PanelClient(rig.Gateway.Address);
        using var three = new PanelClient(rig.Gateway.Address);
        await one.SignInAsync(PanelClient.Secret, ("User-Agent", "One/1 <b>"));
        await two.SignInAsync();
        await three.SignInAsync();
        var list = (await one.JsonAsync(HttpMethod.Get, "/api/v1/sessions"))["sessions"]!.AsArray();
        list.Count.ShouldBe(3);
        var own = list.Single(session => session!["current"]!.GetValue<bool>())!;
        (own["user_agent"]!.GetValue<string>(), own["address"]!.GetValue<string>()).ShouldBe(("One/1 <b>", "127.0.0.1"));
        list.ToJsonString().ShouldNotContain("token");
        var status = await two.JsonAsync(HttpMethod.Get, "/api/v1/session");
        (await one.StatusAsync(HttpMethod.Delete, $"/api/v1/sessions/{status["session_id"]}")).ShouldBe((204, null));
        (await one.StatusAsync(HttpMethod.Delete, $"/api/v1/sessions/{status["session_id"]}")).ShouldBe((404, "not_found"));
        (await two.StatusAsync(HttpMethod.Get, "/api/v1/version")).ShouldBe((401, "session_ended"));
        (await three.StatusAsync(HttpMethod.Get, "/api/v1/version")).ShouldBe((200, null));
        (await one.StatusAsync(HttpMethod.Delete, "/api/v1/sessions")).ShouldBe((204, null));
        (await three.StatusAsync(HttpMethod.Get, "/api/v1/version")).ShouldBe((401, "session_ended"));
        (await one.StatusAsync(HttpMethod.Get, "/api/v1/version")).ShouldBe((200, null));
    }

    [Fact]
    public async Task An_answer_that_goes_on_ends_with_its_session()
    {
        await using var rig = await GatewayFixture.StartAsync(PanelClient.Strict);
        using var panel = new PanelClient(rig.Gateway.Address);
        using var other = new PanelClient(rig.Gateway.Address);
        await panel.SignInAsync();
        await other.SignInAsync();
        using var events = await panel.SendAsync(HttpMethod.Get, "/api/v1/events");
        using var lines = new StreamReader(await events.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken));
        (await lines.ReadLineAsync(TestContext.Current.CancellationToken)).ShouldBe(": listening");
        (await other.StatusAsync(HttpMethod.Delete, "/api/v1/sessions")).ShouldBe((204, null));
        var end = await lines.ReadToEndAsync(TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        end.ShouldNotContain("session");
    }

    [Fact]
    public async Task A_changed_secret_ends_every_session()
    {
        await using var rig = await GatewayFixture.StartAsync(PanelClient.Strict);
        using var panel = new PanelClient(rig.Gateway.Address);
        await panel.SignInAsync();
        (await panel.StatusAsync(HttpMethod.Put, "/api/v1/settings/management-secret", """{"secret":"another-one-that-is-long"}""")).ShouldBe((204, null));
        (await panel.StatusAsync(HttpMethod.Get, "/api/v1/version")).ShouldBe((401, "session_ended"));
        await panel.SignInAsync("another-one-that-is-long");
        (await panel.StatusAsync(HttpMethod.Delete, "/api/v1/settings/management-secret")).ShouldBe((204, null));
        (await panel.StatusAsync(HttpMethod.Get, "/api/v1/version")).ShouldBe((401, "session_ended"));
    }

    [Fact]
    public async Task A_session_outlives_a_restart()
    {
        using var folder = new TempFolder();
        string? cookie;
        int port;
        await using (var rig = await GatewayFixture.StartWithAsync(address => GatewayFixture.Everything(address) + PanelClient.Strict, data: folder.File("data")))
        {
            using var panel = new PanelClient(rig.Gateway.Address);
            await panel.SignInAsync();
            (cookie, port) = (panel.Cookie, rig.Gateway.Address.Port);
        }

        await using var again = await GatewayFixture.StartWithAsync(address => GatewayFixture.Everything(address) + PanelClient.Strict, data: folder.File("data"));
        using var later = new PanelClient(again.Gateway.Address) { Cookie = cookie!.Replace($"_{port}=", $"_{again.Gateway.Address.Port}=", StringComparison.Ordinal) };
        (await later.StatusAsync(HttpMethod.Get, "/api/v1/version")).ShouldBe((200, null));
    }

    [Fact]
    public async Task Every_node_knows_a_session_and_its_end()
    {
        await using var place = new PostgresPlace();
        await place.PrepareAsync();
        using var folder = new TempFolder();
        var more = $"store: {{ postgres: \"{place.Address}\", patience-seconds: 120 }}\n" + PanelClient.Strict;
        await using var one = await KeyFixture.StartAsync(more: more, data: folder.File("data"));
        await using var two = await KeyFixture.StartAsync(more: more, data: folder.File("data"));
        using var panel = new PanelClient(one.Gateway.Address);
        await panel.SignInAsync();
        using var there = new PanelClient(two.Gateway.Address) { Cookie = panel.Cookie!.Replace($"_{one.Gateway.Address.Port}=", $"_{two.Gateway.Address.Port}=", StringComparison.Ordinal) };
        (await there.StatusAsync(HttpMethod.Get, "/api/v1/version")).ShouldBe((200, null));
        (await panel.StatusAsync(HttpMethod.Delete, "/api/v1/session")).ShouldBe((204, null));
        (await there.StatusAsync(HttpMethod.Get, "/api/v1/version")).ShouldBe((401, "session_ended"));
    }
}
