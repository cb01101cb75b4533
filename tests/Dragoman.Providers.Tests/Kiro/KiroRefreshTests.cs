using System.Text;
using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Providers;
using Dragoman.Gateway.Providers.Vendor;
using Dragoman.Protocols.CodeWhisperer.Upstream;
using Dragoman.Providers.Kiro;
using Dragoman.Providers.Tests.Support;
using static Dragoman.Providers.Tests.Kiro.KiroTesting;

namespace Dragoman.Providers.Tests.Kiro;

/// <summary>Renewing logins, each where it was made, and what the refusals mean (wire note, B.12).</summary>
public sealed class KiroRefreshTests
{
    private readonly ProviderModule _module = KiroModule.Create(TimeProvider.System);

    private ITokenRefresher Refresher => _module.Refresher!;

    [Theory]
    [InlineData("builder-id", "/kiro/oidc/us-east-1/token")]
    [InlineData("google", "/kiro/auth/refreshToken")]
    public async Task A_refresh_token_is_spent_and_its_successor_kept(string flow, string path)
    {
        await using var vendor = await EmulatedVendor.StartAsync();
        var context = ContextOf(vendor, _module);
        var login = await SignInAsync(vendor, _module, context, flow);
        var (account, first) = (AccountOf(login), (OAuthCredential)login.Credential);
        vendor.Time.Advance(TimeSpan.FromHours(2));
        var next = (await Refresher.RefreshAsync(account, first, context, default)).Credential.ShouldNotBeNull();
        vendor.Host.Requests[^1].Target.ShouldBe(path);
        next.AccessToken.ShouldNotBe(first.AccessToken);
        next.RefreshToken.ShouldNotBe(first.RefreshToken);
        (next.Expires, next.AccountId).ShouldBe((vendor.Time.GetUtcNow().AddHours(1), first.AccountId));
        next.Extra.ShouldBe(first.Extra, ignoreOrder: true);
        next.SecretExtra.ShouldBe(first.SecretExtra);
        var spent = await Refresher.RefreshAsync(account, first, context, default);
        (spent.Outcome, spent.Reason!.Contains("Invalid refresh token", StringComparison.Ordinal)).ShouldBe((TokenRefreshOutcome.Refused, true));
        (await Refresher.RefreshAsync(account, next, context, default)).Outcome.ShouldBe(TokenRefreshOutcome.Renewed);
        Refresher.OnlyOnUse.ShouldBeTrue("regular renewal draws attention");
    }

    [Fact]
    public async Task A_registration_lives_ninety_days_and_then_a_new_login_is_needed()
    {
        await using var vendor = await EmulatedVendor.StartAsync();
        var context = ContextOf(vendor, _module);
        var login = await SignInAsync(vendor, _module, context);
        vendor.Time.Advance(TimeSpan.FromDays(91));
        var refused = await Refresher.RefreshAsync(AccountOf(login), (OAuthCredential)login.Credential, context, default);
        refused.Outcome.ShouldBe(TokenRefreshOutcome.Refused);
        refused.Reason!.ShouldContain("the registration at AWS has expired");
    }

    [Fact]
    [Trait("check", "kiro U24")]
    public async Task U24_a_login_is_renewed_in_its_own_region_and_in_the_one_that_the_service_names()
    {
        await using var vendor = await EmulatedVendor.StartAsync();
        var context = ContextOf(vendor, _module, ", start-url: 'https://d-0000000000.awsapps.com/start', oidc-region: eu-west-1");
        var login = await SignInAsync(vendor, _module, context, "identity-center");
        var (account, first) = (AccountOf(login), (OAuthCredential)login.Credential);
        var next = (await Refresher.RefreshAsync(account, first, context, default)).Credential.ShouldNotBeNull();
        vendor.Host.Requests[^1].Target.ShouldBe("/kiro/oidc/eu-west-1/token");
        next.Extra["profile-arn"].ShouldBe(first.Extra["profile-arn"], "AWS's OIDC never says a profile: the old one stays");
        var misplaced = KiroIdentity.With(next, "oidc-region", "us-west-2");
        var mended = (await Refresher.RefreshAsync(account, misplaced, context, default)).Credential.ShouldNotBeNull();
        mended.Extra["oidc-region"].ShouldBe("eu-west-1");
    }

    [Theory]
    [InlineData("social", 400, "{\"message\":\"Invalid refresh token provided\"}", TokenRefreshOutcome.Refused, false)]
    [InlineData("social", 401, "{}", TokenRefreshOutcome.Refused, false)]
    [InlineData("social", 403, "<html>blocked", TokenRefreshOutcome.Failed, false)]
    [InlineData("social", 429, "{}", TokenRefreshOutcome.Failed, false)]
    [InlineData("social", 503, "", TokenRefreshOutcome.Failed, true)]
    [InlineData("social", 200, "{}", TokenRefreshOutcome.Failed, true)]
    [InlineData("idc", 400, "{\"error\":\"invalid_grant\",\"error_description\":\"Invalid refresh token provided\"}", TokenRefreshOutcome.Refused, false)]
    [InlineData("idc", 401, "{\"error\":\"invalid_client\"}", TokenRefreshOutcome.Refused, false)]
    [InlineData("idc", 400, "{\"error\":\"slow_down\"}", TokenRefreshOutcome.Failed, false)]
    [InlineData("idc", 400, "{\"error\":\"invalid_request\",\"region\":\"evil.example/\"}", TokenRefreshOutcome.Failed, false)]
    [InlineData("idc", 500, "{}", TokenRefreshOutcome.Failed, true)]
    public async Task A_refusal_means_what_the_vendor_means_by_it(string method, int status, string body, TokenRefreshOutcome outcome, bool mayHaveSpent)
    {
        await using var upstream = await RawUpstream.StartAsync((http, _) => http.SayAsync(status, body));
        await using var vendor = await EmulatedVendor.StartAsync();
        var context = vendor.ContextFor(_module, $"auth-url: '{upstream.Address}', oidc-url: '{upstream.Address}'");
        var answer = await Refresher.RefreshAsync(CreateAccount("access-token: t"), Login(method), context, default);
        (answer.Outcome, answer.MayHaveSpent).ShouldBe((outcome, mayHaveSpent));
        answer.Reason!.ShouldNotContain("refresh-1");
    }

    [Fact]
    public async Task A_company_renews_at_an_address_of_the_list_and_at_no_other()
    {
        await using var vendor = await EmulatedVendor.StartAsync();
        using var http = new HttpClient();
        using var tokens = System.Text.Json.JsonDocument.Parse(await http.GetStringAsync(new Uri(vendor.Address + "/kiro/idp/begin")));
        var login = new OAuthCredential
        {
            AccessToken = tokens.RootElement.GetProperty("access_token").GetString()!, RefreshToken = tokens.RootElement.GetProperty("refresh_token").GetString(),
            Extra = new Dictionary<string, string> { ["auth-method"] = "external-idp", ["token-endpoint"] = vendor.Address + "/kiro/idp/token", ["client-id"] = "company-app", ["scope"] = "api offline_access" },
        };
        var account = CreateAccount("access-token: t");
        var before = vendor.Host.Requests.Count;
        var refused = await Refresher.RefreshAsync(account, login, ContextOf(vendor, _module), default);
        (refused.Outcome, refused.MayHaveSpent, vendor.Host.Requests.Count).ShouldBe((TokenRefreshOutcome.Failed, false, before), "nothing was asked");
        var context = ContextOf(vendor, _module, ", token-hosts: [ '127.0.0.1' ]");
        var next = (await Refresher.RefreshAsync(account, login, context, default)).Credential.ShouldNotBeNull();
        next.RefreshToken.ShouldNotBe(login.RefreshToken);
        (await Refresher.RefreshAsync(account, login, context, default)).Outcome.ShouldBe(TokenRefreshOutcome.Refused);
    }

    [Theory]
    [InlineData("https://login.microsoftonline.com/tenant/oauth2/v2.0/token", true)]
    [InlineData("https://sub.login.microsoftonline.com/token", true)]
    [InlineData("http://login.microsoftonline.com/token", false)]
    [InlineData("https://login.microsoftonline.com.evil.example/token", false)]
    [InlineData("https://evillogin.microsoftonline.com/token", false)]
    [InlineData("https://login.microsoftonline.com@evil.example/token", false)]
    [InlineData("http://169.254.169.254/latest/meta-data", false)]
    [InlineData("file:///etc/passwd", false)]
    [InlineData(null, false)]
    public void Only_hosts_of_the_list_are_asked(string? address, bool allowed) => (KiroTokenEndpoint.Check(address, KiroSettings.Defaults) is not null).ShouldBe(allowed);

    [Fact]
    [Trait("check", "kiro R21")]
    public async Task R21_a_suspended_account_is_not_renewed_and_a_new_login_is()
    {
        await using var vendor = await EmulatedVendor.StartAsync();
        var context = ContextOf(vendor, _module);
        var login = await SignInAsync(vendor, _module, context, "google");
        var account = AccountOf(login);
        Refuse(account, 403, """{"message":"Your User ID temporarily is suspended. We've locked your account.","reason":"TEMPORARILY_SUSPENDED"}""");
        var before = vendor.Host.Requests.Count;
        var refused = await Refresher.RefreshAsync(account, (OAuthCredential)login.Credential, context, default);
        (refused.Outcome, vendor.Host.Requests.Count).ShouldBe((TokenRefreshOutcome.Refused, before), "no question to the vendor");
        refused.Reason!.ShouldContain("support_form");
        var again = await SignInAsync(vendor, _module, context, "google");
        (await Refresher.RefreshAsync(account, (OAuthCredential)again.Credential, context, default)).Outcome.ShouldBe(TokenRefreshOutcome.Renewed);
    }

    [Theory]
    [InlineData("profileArn is required for this request.", null)]
    [InlineData("Invalid profileArn.", "arn:aws:codewhisperer:us-east-1:999999999999:profile/OTHER")]
    public async Task A_profile_that_is_missing_or_wrong_is_looked_up_with_the_renewal(string words, string? wrong)
    {
        await using var vendor = await EmulatedVendor.StartAsync();
        var context = ContextOf(vendor, _module, ", start-url: 'https://d-0000000000.awsapps.com/start'");
        var login = await SignInAsync(vendor, _module, context, "identity-center");
        var credential = (OAuthCredential)login.Credential;
        credential = credential with { Extra = credential.Extra.Where(pair => pair.Key != "profile-arn").ToDictionary() };
        if (wrong is not null) credential = KiroIdentity.With(credential, "profile-arn", wrong);
        var account = AccountOf(login with { Credential = credential });
        Refuse(account, 400, $$"""{"message":"{{words}}"}""");
        var next = (await Refresher.RefreshAsync(account, credential, context, default)).Credential.ShouldNotBeNull();
        next.Extra["profile-arn"].ShouldBe("arn:aws:codewhisperer:us-east-1:111122223333:profile/ADA");
    }

    [Fact]
    public async Task A_sign_out_ends_a_social_login_and_says_where_others_end()
    {
        await using var vendor = await EmulatedVendor.StartAsync();
        var context = ContextOf(vendor, _module);
        var login = await SignInAsync(vendor, _module, context, "github");
        (await _module.SignOut!.RevokeAsync(AccountOf(login), (OAuthCredential)login.Credential, context, default)).ShouldBeNull();
        (await Refresher.RefreshAsync(AccountOf(login), (OAuthCredential)login.Credential, context, default)).Outcome.ShouldBe(TokenRefreshOutcome.Refused);
        var builder = await SignInAsync(vendor, _module, context);
        (await _module.SignOut.RevokeAsync(AccountOf(builder), (OAuthCredential)builder.Credential, context, default))!.ShouldContain("start page");
    }

    private void Refuse(Account account, int status, string body)
    {
        using var answer = new HttpResponseMessage();
        _module.Failures.Classify(new UpstreamFailure(CodeWhispererUpstream.Instance.ReadError(status, Encoding.UTF8.GetBytes(body)), answer.Headers, DateTimeOffset.UnixEpoch) { Account = account });
    }

    private static OAuthCredential Login(string method) => new()
    {
        AccessToken = "access-1", RefreshToken = "refresh-1", Extra = new Dictionary<string, string> { ["auth-method"] = method, ["client-id"] = "c" }, SecretExtra = new Dictionary<string, string> { ["client-secret"] = "s" },
    };
}
