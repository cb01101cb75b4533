using System.Security.Cryptography;
using System.Text;
using System.Web;
using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Providers;
using Dragoman.Gateway.Providers.Logins;
using Dragoman.Gateway.Providers.Vendor;
using Dragoman.Providers.Tests.Support;
using Dragoman.Providers.Xai;

namespace Dragoman.Providers.Tests.Xai;

/// <summary>Signing in with a Grok plan and renewing the login, as the emulated xAI answers.</summary>
public sealed class XaiLoginTests
{
    private static readonly ProviderModule Module = XaiModule.Create();

    private static IDeviceLogin Device => (IDeviceLogin)Module.Logins.Single(flow => flow.Id == "device");

    private static IBrowserLogin Browser => (IBrowserLogin)Module.Logins.Single(flow => flow.Id == "browser");

    private static IImportLogin Import => (IImportLogin)Module.Logins.Single(flow => flow.Id == "import");

    [Fact]
    public async Task A_code_that_was_entered_becomes_tokens_with_owner_and_plan()
    {
        await using var vendor = await EmulatedVendor.StartAsync();
        var context = Context(vendor);
        var code = await Device.BeginAsync(context, default);
        (code.ExpiresIn, code.Interval, code.CompleteAddress).ShouldBe((TimeSpan.FromMinutes(30), TimeSpan.FromSeconds(5), new Uri($"{code.Address}?user_code={code.UserCode}")));
        (await Device.PollAsync(code, context, default)).ShouldBe(new DevicePoll(null, SlowDown: true));
        vendor.Time.Advance(TimeSpan.FromSeconds(10));
        (await Device.PollAsync(code, context, default)).ShouldBe(DevicePoll.Pending);
        await EnterAsync(code);
        vendor.Time.Advance(TimeSpan.FromSeconds(10));
        var login = (await Device.PollAsync(code, context, default)).Result.ShouldNotBeNull();
        var credential = login.Credential.ShouldBeOfType<OAuthCredential>();
        (login.Label, login.Plan, login.AccountId, login.Settings["base-url"], credential.Expires).ShouldBe(("grok@example.com", "SUPERGROK", "user-grok", $"{vendor.Address}/xai/v1", vendor.Time.GetUtcNow().AddHours(6)));
        login.Warnings.ShouldBeEmpty();
        credential.RefreshToken.ShouldNotBeNull();
    }

    [Fact]
    public async Task A_login_without_a_plan_is_taken_with_a_warning()
    {
        await using var vendor = await EmulatedVendor.StartAsync();
        var login = await SignInAsync(vendor, "free");
        (login.Plan, login.AccountId).ShouldBe((null, "user-free"));
        login.Warnings.Single().ShouldBe("xAI did not say which plan it is (xAI answered 403: Access to Grok requires a SuperGrok or X Premium+ subscription). Logins are served with SuperGrok or X Premium+; requests of others are refused.");
    }

    [Fact]
    public async Task A_refusal_is_said()
    {
        await using var vendor = await EmulatedVendor.StartAsync();
        var context = Context(vendor);
        var code = await Device.BeginAsync(context, default);
        await EnterAsync(code, "&deny=1");
        vendor.Time.Advance(TimeSpan.FromSeconds(5));
        (await Should.ThrowAsync<LoginException>(() => Device.PollAsync(code, context, default))).Message.ShouldBe("The login was refused at xAI.");
    }

    [Fact]
    public async Task The_code_flow_comes_back_to_the_registered_port()
    {
        await using var vendor = await EmulatedVendor.StartAsync();
        var (context, rule) = (Context(vendor), Browser.Redirect(Context(vendor)));
        (rule.Ports.Single(), rule.Host, rule.Path).ShouldBe((56_121, "127.0.0.1", "/callback"));
        const string verifier = "a-verifier-of-sufficient-length-0123456789-abcdefgh";
        var challenge = Convert.ToBase64String(SHA256.HashData(Encoding.ASCII.GetBytes(verifier))).TrimEnd('=').Replace('+', '-').Replace('/', '_');
        var request = new AuthorizationRequest("a-state", verifier, challenge, new Uri("http://127.0.0.1:56121/callback"));
        var (status, sentTo) = await EmulatedVendor.OpenAsync(Browser.AddressOf(request, context));
        var query = HttpUtility.ParseQueryString(sentTo!.Query);
        (status, query["state"]).ShouldBe((302, "a-state"));
        await Should.ThrowAsync<LoginException>(() => Browser.RedeemAsync("another", request, context, default));
        (await Browser.RedeemAsync(query["code"]!, request, context, default)).Label.ShouldBe("grok@example.com");
        await Should.ThrowAsync<LoginException>(() => Browser.RedeemAsync(query["code"]!, request, context, default), "a code is good once");
        (await EmulatedVendor.OpenAsync(Browser.AddressOf(request with { RedirectUri = new Uri("http://127.0.0.1:1/callback") }, context))).Status.ShouldBe(400);
    }

    [Theory]
    [InlineData("https://auth.x.ai/oauth2/token", true)]
    [InlineData("https://x.ai/token", true)]
    [InlineData("http://auth.x.ai/oauth2/token", false)]
    [InlineData("https://evilx.ai/token", false)]
    [InlineData("https://x.ai.evil.example/token", false)]
    [InlineData("https://x.ai@evil.example/token", false)]
    [InlineData("/oauth2/token", false)]
    public async Task Tokens_are_sent_to_the_vendor_alone(string endpoint, bool isTaken)
    {
        await using var upstream = await RawUpstream.StartAsync((http, _) => http.SayAsync(200, $$"""{"token_endpoint":"{{endpoint}}"}"""));
        await using var vendor = await EmulatedVendor.StartAsync();
        var context = vendor.ContextFor(Module, Settings(vendor).Replace($"{vendor.Address}/xai/.well-known/openid-configuration", upstream.Address.ToString(), StringComparison.Ordinal));
        if (isTaken) (await Device.BeginAsync(context, default)).Extra["token-endpoint"].ShouldBe(endpoint);
        else await Should.ThrowAsync<LoginException>(() => Device.BeginAsync(context, default));
    }

    [Fact]
    public async Task A_login_is_renewed_once_by_each_refresh_token()
    {
        await using var vendor = await EmulatedVendor.StartAsync();
        var (first, context) = ((OAuthCredential)(await SignInAsync(vendor)).Credential, Context(vendor));
        var second = (await RefreshAsync(first, context)).Credential.ShouldNotBeNull();
        (second.AccountId, second.Extra["plan"], second.AccessToken == first.AccessToken).ShouldBe((first.AccountId, "SUPERGROK", false));
        var refused = await RefreshAsync(first, context);
        (refused.Outcome, refused.Reason).ShouldBe((TokenRefreshOutcome.Refused, "xAI answered 400: The refresh token is not valid"));
    }

    [Fact]
    public async Task Without_the_discovery_document_nothing_is_spent()
    {
        await using var vendor = await EmulatedVendor.StartAsync();
        var login = (OAuthCredential)(await SignInAsync(vendor)).Credential;
        foreach (var settings in (string[])["discovery-url: 'http://127.0.0.1:1'", $"discovery-url: '{vendor.Address}/xai/nowhere'"])
        {
            var failed = await RefreshAsync(login, vendor.ContextFor(Module, settings));
            (failed.Outcome, failed.MayHaveSpent).ShouldBe((TokenRefreshOutcome.Failed, false));
        }

        (await RefreshAsync(login, Context(vendor))).Outcome.ShouldBe(TokenRefreshOutcome.Renewed);
    }

    [Fact]
    public async Task CLIProxyAPIs_file_is_taken()
    {
        await using var vendor = await EmulatedVendor.StartAsync();
        var login = await Import.ReadAsync("""{"type":"xai","access_token":"grok-login-x","refresh_token":"r","expired":"2026-01-01T01:00:00Z","sub":"user-x","email":"x@example.com"}"""u8.ToArray(), Context(vendor), default);
        (login.AccountId, login.Label, login.Plan, ((OAuthCredential)login.Credential).RefreshToken, login.Warnings.Count).ShouldBe(("user-x", "x@example.com", "SUPERGROK", "r", 1));
        foreach (var other in (string[])["{}", "nothing", """{"type":"claude","access_token":"x"}""", """{"type":"xai"}"""])
            await Should.ThrowAsync<LoginException>(() => Import.ReadAsync(Encoding.UTF8.GetBytes(other), Context(vendor), default));
    }

    internal static VendorContext Context(EmulatedVendor vendor) => vendor.ContextFor(Module, Settings(vendor));

    internal static async Task<LoginResult> SignInAsync(EmulatedVendor vendor, string person = "grok")
    {
        var context = Context(vendor);
        var code = await Device.BeginAsync(context, default);
        await EnterAsync(code, $"&emulated_user={person}");
        vendor.Time.Advance(code.Interval);
        return (await Device.PollAsync(code, context, default)).Result.ShouldNotBeNull();
    }

    private static string Settings(EmulatedVendor vendor) => $"discovery-url: '{vendor.Address}/xai/.well-known/openid-configuration', device-url: '{vendor.Address}/xai/oauth2/device/code', "
        + $"authorize-url: '{vendor.Address}/xai/oauth2/authorize', userinfo-url: '{vendor.Address}/xai/oauth2/userinfo', base-url: '{vendor.Address}/xai/v1'";

    private static async Task EnterAsync(DeviceAuthorization code, string more = "") => (await EmulatedVendor.OpenAsync(new Uri($"{code.Address}?user_code={code.UserCode}{more}"))).Status.ShouldBe(200);

    private static Task<TokenRefresh> RefreshAsync(OAuthCredential credential, VendorContext context) => Module.Refresher!.RefreshAsync(XaiRequestTests.AccountOf(credential), credential, context, default);
}
