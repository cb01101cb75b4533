using System.Security.Cryptography;
using System.Text;
using System.Web;
using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Providers;
using Dragoman.Gateway.Providers.Logins;
using Dragoman.Gateway.Providers.Vendor;
using Dragoman.Providers.CodeAssist;
using Dragoman.Providers.Tests.Support;

namespace Dragoman.Providers.Tests.CodeAssist;

/// <summary>Signing in with a Code Assist licence, renewing and ending the login, as the emulated Google answers.</summary>
public sealed class CodeAssistLoginTests
{
    private static readonly ProviderModule Module = CodeAssistModule.Create();

    private static IBrowserLogin Browser => (IBrowserLogin)Module.Logins.Single(flow => flow.Id == "browser");

    private static IImportLogin Import => (IImportLogin)Module.Logins.Single(flow => flow.Id == "import");

    [Fact]
    public async Task A_licence_becomes_tokens_with_project_and_tier()
    {
        await using var vendor = await EmulatedVendor.StartAsync();
        var login = await SignInAsync(vendor);
        var credential = login.Credential.ShouldBeOfType<OAuthCredential>();
        (login.Label, login.Plan, login.OrganizationId, login.Settings["base-url"]).ShouldBe(("business@example.com", "standard-tier", "project-of-business", $"{vendor.Address}/google"));
        (credential.Extra["project"], credential.RefreshToken, credential.Expires).ShouldBe(("project-of-business", "1//of-business", vendor.Time.GetUtcNow().AddHours(1)));
        login.AccountId.ShouldNotBeNull().ShouldNotContain("@");
    }

    [Fact]
    public async Task An_account_that_was_never_set_up_is_set_up_and_asked_about()
    {
        await using var vendor = await EmulatedVendor.StartAsync();
        var signing = SignInAsync(vendor, "new");
        await vendor.Time.UntilAsync(() => signing.IsCompleted);
        (await signing).OrganizationId.ShouldBe("project-of-new");
        vendor.Host.Requests.Select(seen => seen.Target).Where(target => target.Contains("v1internal", StringComparison.Ordinal)).ShouldBe(["/google/v1internal:loadCodeAssist", "/google/v1internal:onboardUser", "/google/v1internal/operations/new"]);
    }

    [Fact]
    public async Task A_personal_account_is_told_that_it_has_ended()
    {
        await using var vendor = await EmulatedVendor.StartAsync();
        var ended = await Should.ThrowAsync<LoginException>(() => SignInAsync(vendor, "personal"));
        ended.Message.ShouldBe("Google has ended Gemini Code Assist for personal accounts on 18 June 2026; it goes on with a Standard or Enterprise licence (This client is no longer supported for Gemini Code Assist for individuals).");
        ended.Fix.ShouldBe("Use an API key of the Gemini API instead.");
    }

    [Fact]
    public async Task No_secret_is_shipped_and_the_owner_is_told_where_it_is()
    {
        await using var vendor = await EmulatedVendor.StartAsync();
        var bare = vendor.ContextFor(Module, Settings(vendor).Replace(", client-secret: emulated-secret", "", StringComparison.Ordinal));
        (await Should.ThrowAsync<LoginException>(() => Browser.RedeemAsync("code", Request(), bare, default))).Fix.ShouldNotBeNull().ShouldContain("client-secret");
        var failed = await Module.Refresher!.RefreshAsync(CodeAssistRequestTests.AccountOf(Login), Login, bare, default);
        (failed.Outcome, failed.MayHaveSpent).ShouldBe((TokenRefreshOutcome.Failed, false));
        Module.Settings!.Fields.Single(field => field.Name == "client-secret").Default.ShouldBeNull();
    }

    [Fact]
    public async Task Where_the_browser_is_elsewhere_the_vendors_page_shows_the_code()
    {
        await using var vendor = await EmulatedVendor.StartAsync();
        var context = Context(vendor);
        var rule = Browser.Redirect(context);
        (rule.Ports.Single(), rule.Host, rule.Path).ShouldBe((8085, "127.0.0.1", "/oauth2callback"));
        var request = Request(rule.CodePage);
        var (status, sentTo) = await EmulatedVendor.OpenAsync(Browser.AddressOf(request, context));
        (status, sentTo!.GetLeftPart(UriPartial.Path)).ShouldBe((302, $"{vendor.Address}/google/authcode"));
        var code = HttpUtility.ParseQueryString(sentTo.Query)["code"]!;
        await Should.ThrowAsync<LoginException>(() => Browser.RedeemAsync(code, request with { Verifier = "another" }, context, default));
    }

    [Fact]
    public async Task A_refresh_token_stays_good_until_it_is_revoked()
    {
        await using var vendor = await EmulatedVendor.StartAsync();
        var (first, context) = ((OAuthCredential)(await SignInAsync(vendor)).Credential, Context(vendor));
        var account = CodeAssistRequestTests.AccountOf(first);
        vendor.Time.Advance(TimeSpan.FromHours(1));
        for (var round = 0; round < 2; round++)
        {
            var renewed = await Module.Refresher!.RefreshAsync(account, first, context, default);
            (renewed.Outcome, renewed.Credential!.RefreshToken, renewed.Credential.Extra["project"]).ShouldBe((TokenRefreshOutcome.Renewed, first.RefreshToken, "project-of-business"));
        }

        (await Module.SignOut!.RevokeAsync(account, first, context, default)).ShouldBeNull();
        var refused = await Module.Refresher!.RefreshAsync(account, first, context, default);
        (refused.Outcome, refused.Reason).ShouldBe((TokenRefreshOutcome.Refused, "Google answered 400: Token has been expired or revoked"));
        (await Module.SignOut.RevokeAsync(account, first with { RefreshToken = null }, context, default)).ShouldBeNull("what is not known any more is ended");
    }

    [Theory]
    [InlineData("""{"access_token":"ya29-login-business","refresh_token":"1//of-business","expiry_date":1798761600000}""")]
    [InlineData("""{"access_token":"ya29.old","refresh_token":"1//of-business","expiry_date":1000}""")]
    [InlineData("""{"type":"gemini","token":{"access_token":"ya29.old","refresh_token":"1//of-business"},"project_id":"p","email":"x"}""")]
    public async Task Files_are_taken_and_renewed_where_they_have_ended(string file)
    {
        await using var vendor = await EmulatedVendor.StartAsync();
        var login = await Import.ReadAsync(Encoding.UTF8.GetBytes(file), Context(vendor), default);
        (login.Label, login.OrganizationId, ((OAuthCredential)login.Credential).RefreshToken).ShouldBe(("business@example.com", "project-of-business", "1//of-business"));
    }

    [Theory]
    [InlineData("nothing")]
    [InlineData("{}")]
    [InlineData("""{"access_token":"ya29.old","refresh_token":"1//unknown"}""")]
    public async Task Other_files_are_refused(string file)
    {
        await using var vendor = await EmulatedVendor.StartAsync();
        await Should.ThrowAsync<LoginException>(() => Import.ReadAsync(Encoding.UTF8.GetBytes(file), Context(vendor), default));
    }

    [Fact]
    public async Task A_perimeter_is_one_of_a_business_account()
    {
        await using var upstream = await RawUpstream.StartAsync((http, _) => http.SayAsync(403, """{"error":{"code":403,"message":"Request is prohibited by organization's policy. SECURITY_POLICY_VIOLATED"}}"""));
        await using var vendor = await EmulatedVendor.StartAsync();
        var settings = Settings(vendor).Replace($"base-url: '{vendor.Address}/google'", $"base-url: '{upstream.Address}'", StringComparison.Ordinal);
        var login = await Import.ReadAsync("""{"access_token":"ya29-login-business"}"""u8.ToArray(), vendor.ContextFor(Module, settings + ", project: mine"), default);
        (login.OrganizationId, login.Plan).ShouldBe(("mine", "standard-tier"));
        await Should.ThrowAsync<LoginException>(() => Import.ReadAsync("""{"access_token":"ya29-login-business"}"""u8.ToArray(), vendor.ContextFor(Module, settings), default), "the project has to be set");
    }

    internal static VendorContext Context(EmulatedVendor vendor) => vendor.ContextFor(Module, Settings(vendor));

    internal static async Task<LoginResult> SignInAsync(EmulatedVendor vendor, string person = "business")
    {
        var (context, request) = (Context(vendor), Request());
        var (_, sentTo) = await EmulatedVendor.OpenAsync(new Uri(Browser.AddressOf(request, context).AbsoluteUri + $"&emulated_user={person}"));
        return await Browser.RedeemAsync(HttpUtility.ParseQueryString(sentTo!.Query)["code"]!, request, context, default);
    }

    private static OAuthCredential Login => new() { AccessToken = "ya29.x", RefreshToken = "1//of-business", AccountId = "1" };

    private static AuthorizationRequest Request(Uri? redirect = null)
    {
        const string verifier = "a-verifier-of-sufficient-length-0123456789-abcdefgh";
        var challenge = Convert.ToBase64String(SHA256.HashData(Encoding.ASCII.GetBytes(verifier))).TrimEnd('=').Replace('+', '-').Replace('/', '_');
        return new AuthorizationRequest("a-state", verifier, challenge, redirect ?? new Uri("http://127.0.0.1:8085/oauth2callback"));
    }

    private static string Settings(EmulatedVendor vendor) => $"authorize-url: '{vendor.Address}/google/o/oauth2/v2/auth', token-url: '{vendor.Address}/google/token', revoke-url: '{vendor.Address}/google/revoke', "
        + $"userinfo-url: '{vendor.Address}/google/oauth2/v1/userinfo', code-page: '{vendor.Address}/google/authcode', base-url: '{vendor.Address}/google', client-secret: emulated-secret";
}
