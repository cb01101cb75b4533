using System.Security.Cryptography;
using System.Text;
using System.Web;
using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Configuration;
using Dragoman.Gateway.Providers;
using Dragoman.Gateway.Providers.Logins;
using Dragoman.Gateway.Providers.Vendor;
using Dragoman.Providers.ClaudeSubscription;
using Dragoman.Providers.Tests.Support;

namespace Dragoman.Providers.Tests.ClaudeSubscription;

/// <summary>What the tests of Claude's plans share: the module, its settings at an emulated vendor, and people who sign in.</summary>
internal static class ClaudeRig
{
    public static readonly ProviderModule Module = ClaudeSubscriptionModule.Create();

    public static IBrowserLogin Browser => (IBrowserLogin)Module.Logins.Single(flow => flow.Id == "browser");

    public static IImportLogin Import(string id = "import") => (IImportLogin)Module.Logins.Single(flow => flow.Id == id);

    public static string Settings(EmulatedVendor vendor) => $"authorize-url: '{vendor.Address}/claude/cai/oauth/authorize', token-url: '{vendor.Address}/claude/v1/oauth/token', "
        + $"code-page: '{vendor.Address}/claude/oauth/code/callback', api-url: '{vendor.Address}/claude'";

    public static VendorContext Context(EmulatedVendor vendor) => vendor.ContextFor(Module, Settings(vendor));

    public static AuthorizationRequest Request(Uri? redirect = null)
    {
        const string verifier = "a-verifier-of-sufficient-length-0123456789-abcdefgh";
        var challenge = Convert.ToBase64String(SHA256.HashData(Encoding.ASCII.GetBytes(verifier))).TrimEnd('=').Replace('+', '-').Replace('/', '_');
        return new AuthorizationRequest("a-state", verifier, challenge, redirect ?? new Uri("http://localhost:54545/callback"));
    }

    public static async Task<string> ConsentAsync(AuthorizationRequest request, VendorContext context, string person)
    {
        var (status, sentTo) = await EmulatedVendor.OpenAsync(new Uri(Browser.AddressOf(request, context).AbsoluteUri + $"&emulated_user={person}"));
        (status, sentTo!.GetLeftPart(UriPartial.Path)).ShouldBe((302, request.RedirectUri.AbsoluteUri));
        var query = HttpUtility.ParseQueryString(sentTo.Query);
        query["state"].ShouldBe(request.State);
        return query["code"]!;
    }

    public static async Task<LoginResult> SignInAsync(EmulatedVendor vendor, string person = "max")
    {
        var (context, request) = (Context(vendor), Request());
        return await Browser.RedeemAsync(await ConsentAsync(request, context, person), request, context, default);
    }

    /// <summary>An account as the configuration file would have it.</summary>
    public static Account AccountOf(OAuthCredential credential, string more = "")
    {
        var loaded = new ConfigLoader(TestProviders.CreateRegistry(TimeProvider.System), static _ => null).Load($"claude-subscription: [ {{ name: plan, access-token: {credential.AccessToken}{more} }} ]\n", "config.yaml");
        loaded.Problems.ShouldBeEmpty();
        var account = loaded.Config!.Accounts.Single();
        account.Cell.TrySwap(1, credential).ShouldBeTrue();
        return account;
    }
}
