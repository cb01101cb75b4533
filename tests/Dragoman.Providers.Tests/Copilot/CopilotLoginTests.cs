using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Providers;
using Dragoman.Gateway.Providers.Logins;
using Dragoman.Gateway.Providers.Vendor;
using Dragoman.Providers.Copilot;
using Dragoman.Providers.Tests.Support;

namespace Dragoman.Providers.Tests.Copilot;

/// <summary>Signing in to GitHub Copilot, as its emulated self answers.</summary>
public sealed class CopilotLoginTests
{
    private static readonly ProviderModule Module = CopilotModule.Create();

    private static IDeviceLogin Flow => Module.Logins.OfType<IDeviceLogin>().Single();

    [Fact]
    public async Task A_code_that_was_entered_becomes_a_token_with_plan_quota_and_address()
    {
        await using var vendor = await EmulatedVendor.StartAsync();
        var context = Context(vendor);
        var code = await Flow.BeginAsync(context, default);
        (code.ExpiresIn, code.Interval).ShouldBe((TimeSpan.FromSeconds(899), TimeSpan.FromSeconds(5)));
        vendor.Time.Advance(code.Interval);
        (await Flow.PollAsync(code, context, default)).ShouldBe(DevicePoll.Pending);
        await EnterAsync(code);
        vendor.Time.Advance(code.Interval);
        var login = (await Flow.PollAsync(code, context, default)).Result.ShouldNotBeNull();
        var credential = login.Credential.ShouldBeOfType<OAuthCredential>();
        credential.AccessToken.ShouldStartWith("gho_");
        (login.Label, login.Plan, login.AccountId, login.OrganizationId, login.Settings["base-url"]).ShouldBe(("octocat", "individual", credential.AccountId, "127.0.0.1", $"{vendor.Address}/copilot/plan"));
        login.Warnings.ShouldBe(["300 of 300 premium requests are left until 2026-12-01."]);
        (credential.RefreshToken, credential.ExpiresAt).ShouldBe((null, null));
        vendor.Time.Advance(code.Interval);
        await Should.ThrowAsync<LoginException>(() => Flow.PollAsync(code, context, default), "a device code is good once");
    }

    [Fact]
    public async Task Who_asks_too_soon_is_slowed_down()
    {
        await using var vendor = await EmulatedVendor.StartAsync();
        var context = Context(vendor);
        var code = await Flow.BeginAsync(context, default);
        (await Flow.PollAsync(code, context, default)).ShouldBe(new DevicePoll(null, SlowDown: true, TimeSpan.FromSeconds(10)));
        vendor.Time.Advance(TimeSpan.FromSeconds(10));
        (await Flow.PollAsync(code, context, default)).ShouldBe(DevicePoll.Pending);
    }

    [Fact]
    public async Task A_refusal_and_an_end_are_said()
    {
        await using var vendor = await EmulatedVendor.StartAsync();
        var context = Context(vendor);
        var (refused, old) = (await Flow.BeginAsync(context, default), await Flow.BeginAsync(context, default));
        await EnterAsync(refused, "&deny=1");
        vendor.Time.Advance(TimeSpan.FromSeconds(5));
        (await Should.ThrowAsync<LoginException>(() => Flow.PollAsync(refused, context, default))).Message.ShouldBe("The login was refused at GitHub.");
        vendor.Time.Advance(TimeSpan.FromMinutes(15));
        var expired = await Should.ThrowAsync<LoginException>(() => Flow.PollAsync(old, context, default));
        (expired.Message, expired.Fix).ShouldBe(("The code has expired before it was entered at GitHub.", "Begin another login."));
        var other = vendor.ContextFor(Module, Settings(vendor) + ", client-id: another");
        var fresh = await Flow.BeginAsync(context, default);
        (await Should.ThrowAsync<LoginException>(() => Flow.PollAsync(fresh, other, default))).Message.ShouldContain("incorrect_client_credentials");
    }

    [Theory]
    [InlineData(200, "<html>", false)]
    [InlineData(200, "{}", false)]
    [InlineData(404, "{\"message\":\"Not Found\"}", false)]
    [InlineData(503, "", true)]
    public async Task Odd_answers_are_failures_and_a_vendor_that_is_away_is_asked_again(int status, string body, bool again)
    {
        await using var upstream = await RawUpstream.StartAsync((http, _) => http.SayAsync(status, body));
        await using var vendor = await EmulatedVendor.StartAsync();
        var context = vendor.ContextFor(Module, $"login-url: '{upstream.Address}'");
        if (again) await Should.ThrowAsync<HttpRequestException>(() => Flow.BeginAsync(context, default));
        else await Should.ThrowAsync<LoginException>(() => Flow.BeginAsync(context, default));
    }

    [Fact]
    public async Task A_vendor_that_cannot_be_reached_is_asked_again()
    {
        await using var vendor = await EmulatedVendor.StartAsync();
        await Should.ThrowAsync<HttpRequestException>(() => Flow.BeginAsync(vendor.ContextFor(Module, "login-url: 'http://127.0.0.1:1'"), default));
    }

    /// <summary>The token of a person who has signed in.</summary>
    internal static async Task<string> TokenAsync(EmulatedVendor vendor)
    {
        var code = await Flow.BeginAsync(Context(vendor), default);
        await EnterAsync(code);
        vendor.Time.Advance(code.Interval);
        return ((OAuthCredential)(await Flow.PollAsync(code, Context(vendor), default)).Result!.Credential).AccessToken;
    }

    internal static VendorContext Context(EmulatedVendor vendor) => vendor.ContextFor(Module, Settings(vendor));

    private static string Settings(EmulatedVendor vendor) => $"login-url: '{vendor.Address}/copilot/github', api-url: '{vendor.Address}/copilot/api'";

    private static async Task EnterAsync(DeviceAuthorization code, string more = "")
        => (await EmulatedVendor.OpenAsync(new Uri($"{code.Address}?user_code={code.UserCode}{more}"))).Status.ShouldBe(200);
}
