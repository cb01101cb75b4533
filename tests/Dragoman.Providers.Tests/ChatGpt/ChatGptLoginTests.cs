using System.Text;
using System.Web;
using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Providers.Logins;
using Dragoman.Providers.Tests.Support;
using static Dragoman.Providers.Tests.ChatGpt.ChatGptVendor;

namespace Dragoman.Providers.Tests.ChatGpt;

/// <summary>Signing in with ChatGPT, as its emulated identity provider answers.</summary>
public sealed class ChatGptLoginTests
{
    [Fact]
    public async Task A_code_becomes_the_tokens_of_a_person_in_a_workspace()
    {
        await using var vendor = await EmulatedVendor.StartAsync();
        var login = await SignInAsync(vendor, "ada", "&emulated_workspace=lab");
        var credential = login.Credential.ShouldBeOfType<OAuthCredential>();
        (login.Label, login.AccountId, login.OrganizationId, login.Organization, login.Plan).ShouldBe(("ada@example.com", "user-ada", "acct-lab", "lab", "team"));
        (credential.AccountId, credential.OrganizationId, credential.Extra["plan"], credential.ExpiresAt).ShouldBe(("user-ada", "acct-lab", "team", vendor.Time.GetUtcNow().AddDays(10)));
        credential.RefreshToken.ShouldNotBeNull().ShouldStartWith("rt_");
        login.Settings["base-url"].ShouldBe($"{vendor.Address}/chatgpt/backend-api/codex");
        login.Warnings.ShouldBeEmpty();
        foreach (var secret in credential.Secrets) login.ToString().ShouldNotContain(secret);
        var own = await SignInAsync(vendor, "ada");
        (own.AccountId, own.OrganizationId).ShouldBe(("user-ada", "acct-ada"), "the same person's own account is another one");
    }

    [Fact]
    [Trait("check", "codex 4")]
    public async Task The_address_has_what_the_vendor_asks_for_and_the_gateways_own_name()
    {
        await using var vendor = await EmulatedVendor.StartAsync();
        var rule = Browser.Redirect(Context(vendor));
        (rule.Host, rule.Path).ShouldBe(("localhost", "/auth/callback"));
        rule.Ports.ShouldBe([1455, 1457]);
        var address = Browser.AddressOf(Request(), Context(vendor));
        address.Query.ShouldContain("scope=openid%20profile%20email%20offline_access");
        var query = HttpUtility.ParseQueryString(address.Query);
        (query["originator"], query["state"], query["redirect_uri"], query["id_token_add_organizations"]).ShouldBe(("dragoman", "a-state-of-the-gateway", "http://localhost:1455/auth/callback", "true"));
    }

    [Fact]
    [Trait("check", "codex 7")]
    public async Task A_wrong_verifier_a_spent_code_and_an_old_one_are_refused()
    {
        await using var vendor = await EmulatedVendor.StartAsync();
        var (context, request) = (Context(vendor), Request());
        var code = await ConsentAsync(request, context);
        (await Should.ThrowAsync<LoginException>(() => Browser.RedeemAsync(code, request with { Verifier = "another" }, context, default))).Message.ShouldBe("OpenAI answered 400: Invalid code_verifier.");
        await Should.ThrowAsync<LoginException>(() => Browser.RedeemAsync(code, request, context, default), "a code is good once, whoever tried it");
        var old = await ConsentAsync(request, context);
        vendor.Time.Advance(TimeSpan.FromMinutes(10));
        await Should.ThrowAsync<LoginException>(() => Browser.RedeemAsync(old, request, context, default));
        var other = await ConsentAsync(request, context);
        await Should.ThrowAsync<LoginException>(() => Browser.RedeemAsync(other, request with { RedirectUri = new Uri("http://localhost:1457/auth/callback") }, context, default));
        var elsewhere = Browser.AddressOf(request with { RedirectUri = new Uri("http://127.0.0.1:1455/auth/callback") }, context);
        (await EmulatedVendor.OpenAsync(elsewhere)).Status.ShouldBe(400, "only localhost is registered");
    }

    [Fact]
    public async Task A_code_that_is_entered_at_the_vendor_signs_in_as_well()
    {
        await using var vendor = await EmulatedVendor.StartAsync();
        var context = Context(vendor);
        var code = await Device.BeginAsync(context, default);
        (code.ExpiresIn, code.Interval, code.Address.AbsoluteUri).ShouldBe((TimeSpan.FromMinutes(15), TimeSpan.FromSeconds(5), $"{vendor.Address}/chatgpt/auth/codex/device"));
        (await Device.PollAsync(code, context, default)).ShouldBe(DevicePoll.Pending);
        (await Device.PollAsync(code, context, default)).SlowDown.ShouldBeTrue("asked too soon");
        (await EmulatedVendor.OpenAsync(new Uri($"{code.Address}?user_code={code.UserCode}&emulated_user=eve"))).Status.ShouldBe(200);
        vendor.Time.Advance(code.Interval);
        var login = (await Device.PollAsync(code, context, default)).Result.ShouldNotBeNull();
        (login.Label, login.AccountId, login.OrganizationId, login.Plan).ShouldBe(("eve@example.com", "user-eve", "acct-eve", "plus"));
        vendor.Time.Advance(code.Interval);
        (await Device.PollAsync(code, context, default)).ShouldBe(DevicePoll.Pending, "the vendor does not tell a code that is spent from one that nobody has entered");
    }

    [Theory]
    [InlineData(404, "{}", "OpenAI offers no sign-in with a code here.")]
    [InlineData(200, "{}", "OpenAI answered without a code.")]
    [InlineData(200, "<html>", "OpenAI answered something that is no JSON.")]
    [InlineData(403, "<html>", "OpenAI answered 403.")]
    public async Task Odd_answers_are_failures_with_a_reason(int status, string body, string message)
    {
        await using var upstream = await RawUpstream.StartAsync((http, _) => http.SayAsync(status, body));
        await using var vendor = await EmulatedVendor.StartAsync();
        var context = vendor.ContextFor(Module, $"auth-url: '{upstream.Address}'");
        (await Should.ThrowAsync<LoginException>(() => Device.BeginAsync(context, default))).Message.ShouldBe(message);
    }

    [Fact]
    public async Task A_vendor_that_is_away_is_asked_again_but_not_for_a_code_that_it_has_taken()
    {
        await using var upstream = await RawUpstream.StartAsync((http, _) => http.SayAsync(503, ""));
        await using var vendor = await EmulatedVendor.StartAsync();
        var context = vendor.ContextFor(Module, $"auth-url: '{upstream.Address}'");
        await Should.ThrowAsync<HttpRequestException>(() => Device.BeginAsync(context, default));
        await Should.ThrowAsync<HttpRequestException>(() => Device.PollAsync(new DeviceAuthorization("d", "U", new Uri(upstream.Address), TimeSpan.FromMinutes(15), TimeSpan.FromSeconds(5)), context, default));
    }

    [Fact]
    public async Task Tokens_that_name_no_account_are_taken_and_none_is_made_up()
    {
        await using var vendor = await EmulatedVendor.StartAsync();
        var login = await SignInAsync(vendor, "bare-bob");
        (login.AccountId, login.OrganizationId).ShouldBe(("user-bare-bob", null));
        login.Warnings.ShouldBe(["The tokens name no account; requests go without ChatGPT-Account-Id."]);
    }

    [Fact]
    public async Task A_file_of_Codex_is_imported_and_one_of_CLIProxyAPI()
    {
        await using var vendor = await EmulatedVendor.StartAsync();
        var tokens = (OAuthCredential)(await SignInAsync(vendor)).Credential;
        var codex = $$$"""{"auth_mode":"chatgpt","OPENAI_API_KEY":null,"tokens":{"id_token":"{{{tokens.IdToken}}}","access_token":"{{{tokens.AccessToken}}}","refresh_token":"{{{tokens.RefreshToken}}}","account_id":"acct-ada"},"last_refresh":"2026-01-01T00:00:00Z"}""";
        var proxy = $$$"""{"id_token":"{{{tokens.IdToken}}}","access_token":"{{{tokens.AccessToken}}}","refresh_token":"{{{tokens.RefreshToken}}}","account_id":"acct-ada","email":"ada@example.com","type":"codex","expired":"2026-01-01T00:00:00Z"}""";
        foreach (var file in (string[])[codex, proxy])
        {
            var login = await ReadAsync(vendor, file);
            (login.Label, login.AccountId, login.OrganizationId, ((OAuthCredential)login.Credential).RefreshToken).ShouldBe(("ada@example.com", "user-ada", "acct-ada", tokens.RefreshToken));
            ((OAuthCredential)login.Credential).ExpiresAt.ShouldBe(vendor.Time.GetUtcNow().AddDays(10), "the token itself says when it ends");
            login.Warnings.ShouldHaveSingleItem().ShouldContain("good once");
        }

        (await ReadAsync(vendor, proxy)).Settings.ShouldNotContainKey("transport");
        (await ReadAsync(vendor, proxy.Replace("\"type\":\"codex\"", "\"type\":\"codex\",\"websockets\":true", StringComparison.Ordinal))).Settings["transport"].ShouldBe("websocket");
        var opaque = await ReadAsync(vendor, """{"tokens":{"access_token":"opaque","account_id":"acct-of-the-file"}}""");
        (opaque.AccountId, opaque.OrganizationId, opaque.Label).ShouldBe(("acct-of-the-file", null, "ChatGPT"));
        opaque.Warnings.ShouldBe(["There is no refresh token; sign in again when the access token has expired."]);
    }

    [Theory]
    [InlineData("""{"auth_mode":"apikey","OPENAI_API_KEY":"sk-secret","tokens":null}""", "The file holds an API key and no ChatGPT login.")]
    [InlineData("""{"tokens":{"access_token":"two words"}}""", "The file holds no valid tokens.")]
    [InlineData("[]", "The file is no auth.json.")]
    [InlineData("sk-secret", "The file is no JSON.")]
    public async Task A_file_without_a_login_is_refused_with_a_reason(string content, string message)
    {
        await using var vendor = await EmulatedVendor.StartAsync();
        (await Should.ThrowAsync<LoginException>(() => ReadAsync(vendor, content))).Message.ShouldBe(message);
    }

    private static Task<LoginResult> ReadAsync(EmulatedVendor vendor, string content) => Import.ReadAsync(Encoding.UTF8.GetBytes(content), Context(vendor), default);
}
