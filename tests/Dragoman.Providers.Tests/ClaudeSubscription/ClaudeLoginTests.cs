using System.Text;
using System.Text.Json.Nodes;
using System.Web;
using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Providers;
using Dragoman.Gateway.Providers.Logins;
using Dragoman.Providers.Tests.Support;

namespace Dragoman.Providers.Tests.ClaudeSubscription;

/// <summary>Signing in with a Claude plan, as its emulated self answers.</summary>
public sealed class ClaudeLoginTests
{
    [Fact]
    public async Task A_code_becomes_tokens_with_account_organization_and_plan()
    {
        await using var vendor = await EmulatedVendor.StartAsync();
        var login = await ClaudeRig.SignInAsync(vendor);
        var credential = login.Credential.ShouldBeOfType<OAuthCredential>();
        credential.AccessToken.ShouldStartWith("sk-ant-oat01-");
        credential.RefreshToken.ShouldNotBeNull().ShouldStartWith("sk-ant-ort01-");
        (login.Label, login.Plan, login.Organization, credential.Expires).ShouldBe(("max@example.com", "max", "max's organization", vendor.Time.GetUtcNow().AddHours(8)));
        (login.AccountId, login.OrganizationId).ShouldBe((credential.AccountId, credential.OrganizationId));
        login.AccountId.ShouldNotBeNull().ShouldNotContain("@");
        (login.Settings["base-url"], credential.Extra["tier"], credential.Extra["authorized-at"]).ShouldBe(($"{vendor.Address}/claude", "default_claude_max_20x", "2026-01-01T00:00:00Z"));
        login.Warnings.ShouldBeEmpty();
        var exchange = vendor.Host.Requests.Single(seen => seen.Target == "/claude/v1/oauth/token");
        exchange.Json!.AsObject().Select(member => member.Key).ShouldBe(["grant_type", "code", "redirect_uri", "client_id", "code_verifier", "state"]);
        exchange.Headers["user-agent"].ShouldStartWith("dragoman/");
    }

    [Fact]
    public async Task The_address_is_the_new_one_with_everything_the_vendor_wants()
    {
        await using var vendor = await EmulatedVendor.StartAsync();
        var address = ClaudeRig.Browser.AddressOf(ClaudeRig.Request(), vendor.ContextFor(ClaudeRig.Module, ""));
        address.GetLeftPart(UriPartial.Path).ShouldBe("https://claude.com/cai/oauth/authorize");
        var query = HttpUtility.ParseQueryString(address.Query);
        query.AllKeys.ShouldBe(["code", "client_id", "response_type", "redirect_uri", "scope", "code_challenge", "code_challenge_method", "state"]);
        (query["code"], query["redirect_uri"], query["state"]).ShouldBe(("true", "http://localhost:54545/callback", "a-state"));
        var rule = ClaudeRig.Browser.Redirect(vendor.ContextFor(ClaudeRig.Module, "port: 1234"));
        (rule.Ports.Single(), rule.Host, rule.Path, rule.CodePage!.AbsoluteUri).ShouldBe((1234, "localhost", "/callback", "https://platform.claude.com/oauth/code/callback"));
    }

    [Fact]
    public async Task Without_a_browser_here_the_vendors_page_shows_the_code()
    {
        await using var vendor = await EmulatedVendor.StartAsync();
        var context = ClaudeRig.Context(vendor);
        var request = ClaudeRig.Request(ClaudeRig.Browser.Redirect(context).CodePage);
        var code = await ClaudeRig.ConsentAsync(request, context, "max");
        using var browser = new HttpClient();
        (await browser.GetStringAsync(new Uri($"{vendor.Address}/claude/oauth/code/callback?code={code}&state=a-state"))).ShouldContain($"{code}#a-state");
        (await ClaudeRig.Browser.RedeemAsync(code, request, context, default)).Plan.ShouldBe("max");
    }

    [Fact]
    public async Task What_does_not_belong_together_is_refused_and_a_code_is_good_once()
    {
        await using var vendor = await EmulatedVendor.StartAsync();
        var (context, request) = (ClaudeRig.Context(vendor), ClaudeRig.Request());
        foreach (var wrong in (AuthorizationRequest[])[request with { Verifier = "another" }, request with { State = "another" }, request with { RedirectUri = new Uri("http://localhost:1/callback") }])
        {
            var code = await ClaudeRig.ConsentAsync(request, context, "max");
            (await Should.ThrowAsync<LoginException>(() => ClaudeRig.Browser.RedeemAsync(code, wrong, context, default))).Message.ShouldBe("Anthropic answered 400: Invalid 'code' in request.");
            await Should.ThrowAsync<LoginException>(() => ClaudeRig.Browser.RedeemAsync(code, request, context, default));
        }

        var old = await ClaudeRig.ConsentAsync(request, context, "max");
        vendor.Time.Advance(TimeSpan.FromMinutes(10));
        await Should.ThrowAsync<LoginException>(() => ClaudeRig.Browser.RedeemAsync(old, request, context, default));
        (await EmulatedVendor.OpenAsync(ClaudeRig.Browser.AddressOf(request with { RedirectUri = new Uri("http://localhost:1/other") }, context))).Status.ShouldBe(400);
    }

    [Fact]
    public async Task An_account_without_a_plan_is_told_of()
    {
        await using var vendor = await EmulatedVendor.StartAsync();
        var login = await ClaudeRig.SignInAsync(vendor, "free");
        (login.Plan, login.Warnings.Single()).ShouldBe(("free", "The account has no paid plan; requests will be refused."));
    }

    [Fact]
    public async Task A_setup_token_is_taken_though_its_profile_may_not_be_asked()
    {
        await using var vendor = await EmulatedVendor.StartAsync();
        foreach (var flow in (string[])["setup-token", "import"])
        {
            var login = await ClaudeRig.Import(flow).ReadAsync(Encoding.UTF8.GetBytes("sk-ant-oat01-setup-\n  max \n"), ClaudeRig.Context(vendor), default);
            var credential = login.Credential.ShouldBeOfType<OAuthCredential>();
            (credential.AccessToken, credential.RefreshToken, credential.Expires, login.Label).ShouldBe(("sk-ant-oat01-setup-max", null, null, "max@example.com"));
            (login.AccountId, login.OrganizationId).ShouldBe(((await ClaudeRig.SignInAsync(vendor)).AccountId, credential.OrganizationId));
            login.Plan.ShouldBeNull();
        }

        (await Should.ThrowAsync<LoginException>(() => ClaudeRig.Import("setup-token").ReadAsync("sk-ant-api03-key"u8.ToArray(), ClaudeRig.Context(vendor), default))).Fix.ShouldNotBeNull();
    }

    [Fact]
    public async Task Claude_Codes_own_file_is_taken_and_its_refresh_token_is_not_spent()
    {
        await using var vendor = await EmulatedVendor.StartAsync();
        var tokens = (OAuthCredential)(await ClaudeRig.SignInAsync(vendor)).Credential;
        var before = vendor.Host.Requests.Count(seen => seen.Target.EndsWith("/token", StringComparison.Ordinal));
        var file = new JsonObject
        {
            ["claudeAiOauth"] = new JsonObject
            {
                ["accessToken"] = tokens.AccessToken, ["refreshToken"] = tokens.RefreshToken, ["expiresAt"] = tokens.Expires!.Value.ToUnixTimeMilliseconds(), ["scopes"] = new JsonArray("user:inference"),
                ["subscriptionType"] = "pro",
            },
        };
        var login = await ClaudeRig.Import().ReadAsync(Encoding.UTF8.GetBytes(file.ToJsonString()), ClaudeRig.Context(vendor), default);
        var credential = login.Credential.ShouldBeOfType<OAuthCredential>();
        (credential.AccessToken, credential.RefreshToken, credential.Expires, credential.AccountId, login.Plan).ShouldBe((tokens.AccessToken, tokens.RefreshToken, tokens.Expires, tokens.AccountId, "max"));
        login.Warnings.Count.ShouldBe(2);
        vendor.Host.Requests.Count(seen => seen.Target.EndsWith("/token", StringComparison.Ordinal)).ShouldBe(before);
        // An access token that has ended says nothing of its owner; the file is taken all the same.
        vendor.Time.Advance(TimeSpan.FromHours(9));
        var late = await ClaudeRig.Import().ReadAsync(Encoding.UTF8.GetBytes(file.ToJsonString()), ClaudeRig.Context(vendor), default);
        (late.AccountId, late.Plan, late.Label).ShouldBe((null, "pro", "Claude"));
        late.Warnings[0].ShouldContain("OAuth token has expired");
    }

    [Fact]
    public async Task CLIProxyAPIs_file_is_taken()
    {
        await using var vendor = await EmulatedVendor.StartAsync();
        const string file = """{"type":"claude","access_token":"sk-ant-oat01-old","refresh_token":"sk-ant-ort01-old","email":"a@example.com","expired":"2026-01-01T01:00:00Z","account_uuid":"u","organization_uuid":"o"}""";
        var login = await ClaudeRig.Import().ReadAsync(Encoding.UTF8.GetBytes(file), ClaudeRig.Context(vendor), default);
        (login.AccountId, login.OrganizationId, login.Label, ((OAuthCredential)login.Credential).RefreshToken).ShouldBe(("u", "o", "a@example.com", "sk-ant-ort01-old"));
    }

    [Theory]
    [InlineData("nothing")]
    [InlineData("{}")]
    [InlineData("""{"claudeAiOauth":{}}""")]
    [InlineData("""{"type":"codex","access_token":"x"}""")]
    [InlineData("""{"claudeAiOauth":{"accessToken":"two words"}}""")]
    public async Task Other_files_are_refused(string content)
    {
        await using var vendor = await EmulatedVendor.StartAsync();
        var refused = await Should.ThrowAsync<LoginException>(() => ClaudeRig.Import().ReadAsync(Encoding.UTF8.GetBytes(content), ClaudeRig.Context(vendor), default));
        refused.Message.ShouldNotContain("two words");
    }

    [Theory]
    [InlineData(200, "{}", "Anthropic answered without a token.")]
    [InlineData(200, """{"access_token":"two words"}""", "Anthropic answered without a token.")]
    [InlineData(200, "<html>", "Anthropic answered something that is no JSON.")]
    [InlineData(403, "<html>", "Anthropic answered 403.")]
    public async Task Odd_answers_are_failures_with_a_reason(int status, string body, string message)
    {
        await using var upstream = await RawUpstream.StartAsync((http, _) => http.SayAsync(status, body));
        await using var vendor = await EmulatedVendor.StartAsync();
        var context = vendor.ContextFor(ClaudeRig.Module, $"token-url: '{upstream.Address}'");
        (await Should.ThrowAsync<LoginException>(() => ClaudeRig.Browser.RedeemAsync("code", ClaudeRig.Request(), context, default))).Message.ShouldBe(message);
    }

    [Fact]
    public void The_vendors_position_is_said_and_has_to_be_acknowledged()
    {
        var position = ClaudeRig.Module.Descriptor.ThirdPartyUse;
        (position.Position, position.AsOf).ShouldBe((ThirdPartyPosition.Forbidden, new DateOnly(2026, 11, 29)));
    }

    [Fact]
    public void From_day_25_on_the_owner_is_warned_that_the_login_ends()
    {
        var began = new DateTimeOffset(2026, 11, 1, 8, 0, 0, TimeSpan.Zero);
        var account = ClaudeRig.AccountOf(new OAuthCredential { AccessToken = "sk-ant-oat01-x", Extra = new Dictionary<string, string> { ["authorized-at"] = "2026-11-01T08:00:00Z" } });
        IReadOnlyList<string> At(double days) => [.. ClaudeRig.Module.WarningsOf(account, began.AddDays(days)).Select(static warning => warning.Text)];
        At(24.9).ShouldBeEmpty();
        At(25).ShouldBe(["The login ends at about 1 December 2026, 30 days after it was made: sign in again before."]);
        At(31).ShouldBe(["The login was to end at about 1 December 2026, 30 days after it was made: sign in again."]);
        var token = ClaudeRig.AccountOf(new OAuthCredential { AccessToken = "sk-ant-oat01-y", Extra = new Dictionary<string, string> { ["authorized-at"] = "2026-11-01T08:00:00Z", ["login-kind"] = "setup-token" } });
        ClaudeRig.Module.WarningsOf(token, began.AddDays(200)).ShouldBeEmpty();
        ClaudeRig.Module.WarningsOf(token, began.AddDays(340)).Select(static warning => (warning.Code, warning.Values["day"], warning.Text.Contains("1 November 2027", StringComparison.Ordinal))).ShouldBe([("setup_token_ends", "2027-11-01", true)]);
        ClaudeRig.Module.WarningsOf(ClaudeRig.AccountOf(new OAuthCredential { AccessToken = "x" }), began).ShouldBeEmpty("nobody knows when it was made");
    }
}
