using System.Text;
using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Configuration;
using Dragoman.Gateway.Providers;
using Dragoman.Gateway.Providers.Logins;
using Dragoman.Gateway.Providers.Vendor;
using Dragoman.Protocols.Conversation;
using Dragoman.Providers.Tests.Support;

namespace Dragoman.Providers.Tests.Kiro;

/// <summary>What the tests of Kiro have in common.</summary>
internal static class KiroTesting
{
    public const string Arn = "arn:aws:codewhisperer:eu-central-1:111122223333:profile/EXAMPLE";

    /// <summary>An account of a file, as YAML on one line.</summary>
    public static Account CreateAccount(string settings, bool stored = false)
    {
        var loaded = new ConfigLoader(TestProviders.CreateRegistry(TimeProvider.System), static _ => null).Load($"kiro: [ {{ name: mine, {settings} }} ]\n", "config.yaml");
        loaded.Problems.ShouldBeEmpty();
        var account = loaded.Config!.Accounts.Single();
        return stored ? account with { Origin = AccountOrigin.Store } : account;
    }

    public static async Task<HttpRequestMessage> BuildAsync(ProviderModule module, Account account, UpstreamOperation operation = UpstreamOperation.Generate, string body = "{\"conversationState\":{}}")
        => (await module.CreateRequestAsync(new UpstreamCall(account, new UpstreamModel("claude-sonnet-4.5"), operation) { Body = Encoding.UTF8.GetBytes(body) }, default)).ShouldNotBeNull();

    /// <summary>Settings that lead to the emulated vendor.</summary>
    public static string SettingsOf(EmulatedVendor vendor)
        => $"auth-url: '{vendor.Address}/kiro/auth', portal-url: '{vendor.Address}/kiro/portal', oidc-url: '{vendor.Address}/kiro/oidc/{{region}}', service-url: '{vendor.Address}/kiro/service', management-url: '{vendor.Address}/kiro/service'";

    public static VendorContext ContextOf(EmulatedVendor vendor, ProviderModule module, string more = "") => vendor.ContextFor(module, SettingsOf(vendor) + more);

    public static T Flow<T>(ProviderModule module, string id)
        where T : ILoginFlow
        => (T)module.Logins.Single(flow => flow.Id == id);

    /// <summary>Signs in with a code, as the person of a name.</summary>
    public static async Task<LoginResult> SignInAsync(EmulatedVendor vendor, ProviderModule module, VendorContext context, string flow = "builder-id", string person = "ada")
    {
        var device = Flow<IDeviceLogin>(module, flow);
        var code = await device.BeginAsync(context, default);
        await EnterAsync(code, $"&emulated_user={person}");
        vendor.Time.Advance(code.Interval);
        return (await device.PollAsync(code, context, default)).Result.ShouldNotBeNull();
    }

    public static async Task EnterAsync(DeviceAuthorization code, string more = "")
        => (await EmulatedVendor.OpenAsync(new Uri($"{code.Address}?user_code={code.UserCode}{more}"))).Status.ShouldBe(200);

    /// <summary>The account that a login becomes.</summary>
    public static Account AccountOf(LoginResult login, string id = "k1") => new()
    {
        Id = id, Label = login.Label, Provider = "kiro", Protocol = Dragoman.Protocols.Protocol.CodeWhisperer, BaseUrl = login.Settings["base-url"], Region = "us-east-1", Credential = login.Credential, Origin = AccountOrigin.Store,
    };
}
