using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Providers;
using Dragoman.Gateway.Providers.Logins;
using Dragoman.Providers.Kiro;
using Dragoman.Providers.Tests.Support;
using static Dragoman.Providers.Tests.Kiro.KiroTesting;

namespace Dragoman.Providers.Tests.Kiro;

/// <summary>Signing in to Kiro, as its emulated identity providers answer.</summary>
public sealed class KiroLoginTests
{
    private const string Profile = "arn:aws:codewhisperer:us-east-1:111122223333:profile/ADA";

    private readonly ProviderModule _module = KiroModule.Create(TimeProvider.System);

    [Fact]
    public async Task A_builder_id_becomes_tokens_with_the_registration_they_are_renewed_with()
    {
        await using var vendor = await EmulatedVendor.StartAsync();
        var context = ContextOf(vendor, _module);
        var flow = Flow<IDeviceLogin>(_module, "builder-id");
        var code = await flow.BeginAsync(context, default);
        (code.ExpiresIn, code.Interval).ShouldBe((TimeSpan.FromMinutes(10), TimeSpan.FromSeconds(1)));
        code.CompleteAddress!.Query.ShouldBe($"?user_code={code.UserCode}");
        vendor.Time.Advance(code.Interval);
        (await flow.PollAsync(code, context, default)).ShouldBe(DevicePoll.Pending);
        (await flow.PollAsync(code, context, default)).ShouldBe(new DevicePoll(null, SlowDown: true));
        await EnterAsync(code);
        vendor.Time.Advance(TimeSpan.FromSeconds(6));
        var login = (await flow.PollAsync(code, context, default)).Result.ShouldNotBeNull();
        (login.Label, login.AccountId, login.Plan, login.Settings["base-url"]).ShouldBe(("ada@example.com", "d-0000000000.ada", "KIRO PRO", vendor.Address + "/kiro/service"));
        login.Warnings.ShouldBe(["1075 of 1100 credits are left until 2027-01-01."]);
        var credential = login.Credential.ShouldBeOfType<OAuthCredential>();
        (credential.Expires, credential.Extra["auth-method"], credential.Extra["identity-provider"], credential.Extra["oidc-region"], credential.Extra.ContainsKey("profile-arn")).ShouldBe((vendor.Time.GetUtcNow().AddHours(1), "idc", "BuilderId", "us-east-1", false));
        credential.Extra["machine-id"].ShouldMatch("^[0-9a-f]{64}$");
        credential.Secrets.ShouldContain(credential.SecretExtra["client-secret"]);
        credential.SecretExtra["client-secret"].ShouldBe("secret-" + credential.Extra["client-id"]);
        vendor.Time.Advance(code.Interval);
        await Should.ThrowAsync<LoginException>(() => flow.PollAsync(code, context, default), "a device code is good once");
    }

    [Fact]
    public async Task An_identity_center_is_asked_in_its_own_region_and_gives_a_profile()
    {
        await using var vendor = await EmulatedVendor.StartAsync();
        var unknown = await Should.ThrowAsync<LoginException>(() => Flow<IDeviceLogin>(_module, "identity-center").BeginAsync(ContextOf(vendor, _module), default));
        unknown.Fix!.ShouldContain("providers.kiro.start-url");
        var login = await SignInAsync(vendor, _module, ContextOf(vendor, _module, ", start-url: 'https://d-0000000000.awsapps.com/start', oidc-region: eu-west-1"), "identity-center");
        vendor.Host.Requests.Select(request => request.Target).ShouldContain("/kiro/oidc/eu-west-1/client/register");
        var extra = ((OAuthCredential)login.Credential).Extra;
        (extra["identity-provider"], extra["oidc-region"], extra["profile-arn"], login.Organization).ShouldBe(("Enterprise", "eu-west-1", Profile, "https://d-0000000000.awsapps.com/start"));
    }

    [Fact]
    public async Task The_start_page_and_region_that_are_wished_for_one_login_come_before_the_settings()
    {
        await using var vendor = await EmulatedVendor.StartAsync();
        var login = await SignInAsync(vendor, _module, Wish("https://d-1111111111.awsapps.com/start", "eu-central-1"), "identity-center");
        vendor.Host.Requests.Select(request => request.Target).ShouldContain("/kiro/oidc/eu-central-1/client/register");
        var extra = ((OAuthCredential)login.Credential).Extra;
        (extra["start-url"], extra["oidc-region"]).ShouldBe(("https://d-1111111111.awsapps.com/start", "eu-central-1"));
        foreach (var (start, region) in ((string, string)[])[("http://d-1.awsapps.com/start", "eu-central-1"), ("no address", "eu-central-1"), ("https://d-1.awsapps.com/start", "evil.example.com/")])
            await Should.ThrowAsync<LoginException>(() => Flow<IDeviceLogin>(_module, "identity-center").BeginAsync(Wish(start, region), default));

        Dragoman.Gateway.Providers.Vendor.VendorContext Wish(string start, string region)
            => ContextOf(vendor, _module) with { Wishes = new Dictionary<string, string> { ["start-url"] = start, ["region"] = region } };
    }

    [Theory]
    [InlineData("google", "Google")]
    [InlineData("github", "Github")]
    public async Task A_social_code_waits_with_an_answer_of_200(string id, string provider)
    {
        await using var vendor = await EmulatedVendor.StartAsync();
        var context = ContextOf(vendor, _module);
        var flow = Flow<IDeviceLogin>(_module, id);
        var code = await flow.BeginAsync(context, default);
        (code.ExpiresIn, code.Interval).ShouldBe((TimeSpan.FromMinutes(10), TimeSpan.FromSeconds(5)));
        vendor.Time.Advance(code.Interval);
        (await flow.PollAsync(code, context, default)).ShouldBe(DevicePoll.Pending);
        await EnterAsync(code);
        vendor.Time.Advance(code.Interval);
        var login = (await flow.PollAsync(code, context, default)).Result.ShouldNotBeNull();
        var extra = ((OAuthCredential)login.Credential).Extra;
        (login.Label, extra["auth-method"], extra["identity-provider"], extra["profile-arn"]).ShouldBe(("ada@example.com", "social", provider, Profile));
    }

    [Theory]
    [InlineData("builder-id", "AWS")]
    [InlineData("google", "Kiro")]
    public async Task A_refusal_and_an_end_are_said(string id, string who)
    {
        await using var vendor = await EmulatedVendor.StartAsync();
        var context = ContextOf(vendor, _module);
        var flow = Flow<IDeviceLogin>(_module, id);
        var (refused, old) = (await flow.BeginAsync(context, default), await flow.BeginAsync(context, default));
        await EnterAsync(refused, "&deny=1");
        vendor.Time.Advance(refused.Interval);
        (await Should.ThrowAsync<LoginException>(() => flow.PollAsync(refused, context, default))).Message.ShouldBe($"The login was refused at {who}.");
        vendor.Time.Advance(TimeSpan.FromMinutes(10));
        var expired = await Should.ThrowAsync<LoginException>(() => flow.PollAsync(old, context, default));
        (expired.Message, expired.Fix).ShouldBe(($"The code has expired before it was entered at {who}.", "Begin another login."));
    }

    [Theory]
    [InlineData("google-browser", "google")]
    [InlineData("github-browser", "github")]
    public async Task The_portal_sends_back_to_one_of_its_ports_and_the_code_is_redeemed_with_the_whole_address(string id, string option)
    {
        await using var vendor = await EmulatedVendor.StartAsync();
        var context = ContextOf(vendor, _module);
        var flow = Flow<IBrowserLogin>(_module, id);
        var rule = flow.Redirect(context);
        (rule.Ports.Count, rule.Ports[0], rule.Host, rule.Path).ShouldBe((10, 3128, "localhost", "/oauth/callback"));
        var request = new AuthorizationRequest("state-1", "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM", new Uri("http://localhost:4649/oauth/callback"));
        var (status, sentTo) = await EmulatedVendor.OpenAsync(flow.AddressOf(request, context));
        status.ShouldBe(302);
        sentTo!.AbsoluteUri.ShouldStartWith($"http://localhost:4649/oauth/callback?login_option={option}&code=");
        sentTo.Query.ShouldEndWith("&state=state-1");
        var code = sentTo.Query.Split("code=")[1].Split('&')[0];
        var login = await flow.RedeemAsync(code, request, context, default);
        ((OAuthCredential)login.Credential).Extra["profile-arn"].ShouldBe(Profile);
        await Should.ThrowAsync<LoginException>(() => flow.RedeemAsync(code, request, context, default), "a code is good once");
        var (_, again) = await EmulatedVendor.OpenAsync(flow.AddressOf(request, context));
        var other = again!.Query.Split("code=")[1].Split('&')[0];
        await Should.ThrowAsync<LoginException>(() => flow.RedeemAsync(other, request with { Verifier = "another-verifier-of-the-right-length-0000000000" }, context, default));
    }

    [Fact]
    public async Task Tokens_are_kept_though_nobody_says_whose_they_are()
    {
        await using var vendor = await EmulatedVendor.StartAsync();
        var context = vendor.ContextFor(_module, SettingsOf(vendor).Replace("/kiro/service", "/nowhere", StringComparison.Ordinal));
        var login = await SignInAsync(vendor, _module, context);
        (login.AccountId, login.Label).ShouldBe((null, "Kiro"));
        login.Warnings.ShouldHaveSingleItem().ShouldContain("another login will be another account");
    }

    [Fact]
    public async Task A_suspended_person_hears_it()
    {
        await using var vendor = await EmulatedVendor.StartAsync();
        var login = await SignInAsync(vendor, _module, ContextOf(vendor, _module), person: "suspended-bob");
        login.Warnings.ShouldHaveSingleItem().ShouldContain("suspended");
    }

    [Theory]
    [InlineData("builder-id", 200, "<html>", false)]
    [InlineData("builder-id", 400, "{\"error\":\"invalid_client_metadata\"}", false)]
    [InlineData("builder-id", 500, "", true)]
    [InlineData("google", 200, "{}", false)]
    [InlineData("google", 429, "", true)]
    public async Task Odd_answers_are_failures_and_a_vendor_that_is_away_is_asked_again(string id, int status, string body, bool again)
    {
        await using var upstream = await RawUpstream.StartAsync((http, _) => http.SayAsync(status, body));
        await using var vendor = await EmulatedVendor.StartAsync();
        var context = vendor.ContextFor(_module, $"auth-url: '{upstream.Address}', oidc-url: '{upstream.Address}'");
        var flow = Flow<IDeviceLogin>(_module, id);
        if (again) await Should.ThrowAsync<HttpRequestException>(() => flow.BeginAsync(context, default));
        else await Should.ThrowAsync<LoginException>(() => flow.BeginAsync(context, default));
    }
}
