using System.Text;
using System.Text.Json.Nodes;
using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Providers;
using Dragoman.Gateway.Providers.Logins;
using Dragoman.Gateway.Providers.Vendor;
using Dragoman.Providers.Kimi;
using Dragoman.Providers.Tests.Support;

namespace Dragoman.Providers.Tests.Kimi;

/// <summary>Signing in with a Kimi plan and renewing the login, as the emulated Kimi answers.</summary>
public sealed class KimiLoginTests
{
    private static readonly ProviderModule Module = KimiModule.Create();

    private static IDeviceLogin Flow => (IDeviceLogin)Module.Logins.Single(flow => flow.Id == "device");

    private static IImportLogin Import => (IImportLogin)Module.Logins.Single(flow => flow.Id == "import");

    [Fact]
    public async Task A_code_that_was_entered_becomes_tokens_and_the_device_is_kept()
    {
        await using var vendor = await EmulatedVendor.StartAsync();
        var login = await SignInAsync(vendor);
        var credential = login.Credential.ShouldBeOfType<OAuthCredential>();
        (login.AccountId, login.Label, login.Settings["base-url"], credential.Expires).ShouldBe(("user-kimi", "Kimi Code", $"{vendor.Address}/kimi/coding/v1", vendor.Time.GetUtcNow().AddMinutes(15)));
        login.Warnings.ShouldBeEmpty();
        var device = credential.Extra["device-id"];
        device.ShouldMatch("^[0-9a-f]{32}$");
        var asked = vendor.Host.Requests.Where(seen => seen.Target.StartsWith("/kimi/api/", StringComparison.Ordinal)).ToList();
        asked.Count.ShouldBe(3);
        asked.ShouldAllBe(seen => seen.Headers["x-msh-device-id"] == device && seen.Headers["x-msh-platform"] == "kimi_cli" && seen.Headers["user-agent"].StartsWith("dragoman/"));
        ((OAuthCredential)(await SignInAsync(vendor)).Credential).Extra["device-id"].ShouldNotBe(device, "each login is a device of its own");
    }

    [Fact]
    public async Task The_programs_own_file_is_taken_with_the_id_of_its_device_and_renewed()
    {
        await using var vendor = await EmulatedVendor.StartAsync();
        var context = Context(vendor);
        using var http = new HttpClient();
        const string device = "00112233445566778899aabbccddeeff";
        var tokens = JsonNode.Parse(await http.GetStringAsync(new Uri($"{vendor.Address}/kimi/_login?device={device}")))!.AsObject();
        tokens["expires_at"] = 1_767_226_500.25;
        var alone = Encoding.UTF8.GetBytes(tokens.ToJsonString());
        (Import.CompanionOf(alone), Import.CompanionFolder).ShouldBe(("device_id", ".."));
        var both = Encoding.UTF8.GetBytes($"[{tokens.ToJsonString()},\"{device}\"]");
        Import.Inspect(both).ShouldNotBeNull().AccountId.ShouldBe("user-kimi");
        var login = await Import.ReadAsync(both, context, default);
        var credential = login.Credential.ShouldBeOfType<OAuthCredential>();
        (login.AccountId, credential.Expires, credential.Extra["device-id"]).ShouldBe(("user-kimi", DateTimeOffset.FromUnixTimeSeconds(1_767_226_500), device));
        login.Warnings.ShouldHaveSingleItem().ShouldContain("Another program has this login too");
        (await RefreshAsync(credential, context)).Outcome.ShouldBe(TokenRefreshOutcome.Renewed);
        ((OAuthCredential)(await Import.ReadAsync(alone, context, default)).Credential).Extra["device-id"].ShouldMatch("^[0-9a-f]{32}$");
        Import.Inspect("""{"access_token":"a","refresh_token":"r","scope":"openid"}"""u8.ToArray()).ShouldBeNull("a file of somebody else's");
        Import.CompanionOf("""{"type":"kimi","access_token":"a"}"""u8.ToArray()).ShouldBeNull();
    }

    [Fact]
    public async Task A_platform_that_is_not_served_is_told_of()
    {
        await using var vendor = await EmulatedVendor.StartAsync();
        var context = vendor.ContextFor(Module, Settings(vendor) + ", platform: another");
        await Should.ThrowAsync<LoginException>(() => Flow.BeginAsync(context, default));
    }

    [Fact]
    public async Task A_login_is_renewed_from_its_own_device_alone()
    {
        await using var vendor = await EmulatedVendor.StartAsync();
        var (first, context) = ((OAuthCredential)(await SignInAsync(vendor)).Credential, Context(vendor));
        var elsewhere = await RefreshAsync(first with { Extra = new Dictionary<string, string> { ["device-id"] = new string('a', 32) } }, context);
        (elsewhere.Outcome, elsewhere.Reason).ShouldBe((TokenRefreshOutcome.Refused, "Kimi answered 400: The refresh token is not valid"));
        var second = (await RefreshAsync(first, context)).Credential.ShouldNotBeNull();
        (second.Extra["device-id"], second.AccountId, second.AccessToken == first.AccessToken).ShouldBe((first.Extra["device-id"], "user-kimi", false));
        (await RefreshAsync(first, context)).Outcome.ShouldBe(TokenRefreshOutcome.Refused);
    }

    [Fact]
    public async Task A_403_of_the_platform_is_no_refusal_of_the_token()
    {
        await using var vendor = await EmulatedVendor.StartAsync();
        var login = (OAuthCredential)(await SignInAsync(vendor)).Credential;
        var refused = await RefreshAsync(login, vendor.ContextFor(Module, Settings(vendor) + ", platform: another"));
        (refused.Outcome, refused.MayHaveSpent).ShouldBe((TokenRefreshOutcome.Failed, false));
        (await RefreshAsync(login, Context(vendor))).Outcome.ShouldBe(TokenRefreshOutcome.Renewed);
    }

    [Fact]
    public async Task CLIProxyAPIs_file_is_taken_with_its_device()
    {
        await using var vendor = await EmulatedVendor.StartAsync();
        async Task<OAuthCredential> ReadAsync(string more) => (OAuthCredential)(await Import.ReadAsync(Encoding.UTF8.GetBytes($$"""{"type":"kimi","access_token":"e30.eyJzdWIiOiJzdWItMSJ9.x","refresh_token":"r"{{more}}}"""), Context(vendor), default)).Credential;
        var own = await ReadAsync(",\"device_id\":\"0123456789abcdef0123456789abcdef\"");
        (own.Extra["device-id"], own.AccountId, own.RefreshToken).ShouldBe(("0123456789abcdef0123456789abcdef", "sub-1", "r"));
        var (one, again) = (await ReadAsync(""), await ReadAsync(""));
        one.Extra["device-id"].ShouldMatch("^[0-9a-f]{32}$");
        again.Extra["device-id"].ShouldBe(one.Extra["device-id"], "the same login is the same device");
    }

    [Theory]
    [InlineData("plain")]
    [InlineData("a.b.c")]
    [InlineData("e30.e30.x")]
    [InlineData("e30.W10.x")]
    [InlineData("e30.@@@.x")]
    public async Task A_token_that_says_nothing_is_taken_with_a_warning(string token)
    {
        await using var vendor = await EmulatedVendor.StartAsync();
        var login = await Import.ReadAsync(Encoding.UTF8.GetBytes($$"""{"type":"kimi","access_token":"{{token}}"}"""), Context(vendor), default);
        (login.AccountId, login.Warnings.Count).ShouldBe((null, 2));
    }

    internal static VendorContext Context(EmulatedVendor vendor) => vendor.ContextFor(Module, Settings(vendor));

    internal static async Task<LoginResult> SignInAsync(EmulatedVendor vendor, string person = "kimi")
    {
        var context = Context(vendor);
        var code = await Flow.BeginAsync(context, default);
        (code.ExpiresIn, code.Interval).ShouldBe((TimeSpan.FromMinutes(15), TimeSpan.FromSeconds(5)));
        vendor.Time.Advance(code.Interval);
        (await Flow.PollAsync(code, context, default)).ShouldBe(DevicePoll.Pending);
        (await EmulatedVendor.OpenAsync(new Uri($"{code.Address}?user_code={code.UserCode}&emulated_user={person}"))).Status.ShouldBe(200);
        vendor.Time.Advance(code.Interval);
        return (await Flow.PollAsync(code, context, default)).Result.ShouldNotBeNull();
    }

    private static string Settings(EmulatedVendor vendor) => $"auth-url: '{vendor.Address}/kimi', base-url: '{vendor.Address}/kimi/coding/v1'";

    private static Task<TokenRefresh> RefreshAsync(OAuthCredential credential, VendorContext context) => Module.Refresher!.RefreshAsync(KimiRequestTests.AccountOf(credential), credential, context, default);
}
