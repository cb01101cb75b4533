using System.Security.Cryptography;
using System.Text;
using System.Web;
using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Configuration;
using Dragoman.Gateway.Providers;
using Dragoman.Gateway.Providers.Logins;
using Dragoman.Gateway.Providers.Vendor;
using Dragoman.Providers.ChatGpt;
using Dragoman.Providers.Tests.Support;

namespace Dragoman.Providers.Tests.ChatGpt;

/// <summary>What the tests of ChatGPT have in common: the module, its emulated vendor, and signing in there.</summary>
internal static class ChatGptVendor
{
    public static ProviderModule Module { get; } = ChatGptModule.Create();

    public static IBrowserLogin Browser => Module.Logins.OfType<IBrowserLogin>().Single();

    public static IDeviceLogin Device => Module.Logins.OfType<IDeviceLogin>().Single();

    public static IImportLogin Import => Module.Logins.OfType<IImportLogin>().Single();

    public static VendorContext Context(EmulatedVendor vendor) => vendor.ContextFor(Module, $"auth-url: '{vendor.Address}/chatgpt/auth', base-url: '{vendor.Address}/chatgpt/backend-api/codex'");

    public static AuthorizationRequest Request(string state = "a-state-of-the-gateway")
    {
        const string verifier = "a-verifier-of-sufficient-length-0123456789-abcdefgh";
        var challenge = Convert.ToBase64String(SHA256.HashData(Encoding.ASCII.GetBytes(verifier))).TrimEnd('=').Replace('+', '-').Replace('/', '_');
        return new AuthorizationRequest(state, verifier, challenge, new Uri("http://localhost:1455/auth/callback"));
    }

    /// <summary>Somebody consents; gives the code that comes back.</summary>
    public static async Task<string> ConsentAsync(AuthorizationRequest request, VendorContext context, string person = "ada", string more = "")
    {
        var (status, sentTo) = await EmulatedVendor.OpenAsync(new Uri($"{Browser.AddressOf(request, context)}&emulated_user={person}{more}"));
        (status, sentTo!.GetLeftPart(UriPartial.Path)).ShouldBe((302, request.RedirectUri.AbsoluteUri));
        var query = HttpUtility.ParseQueryString(sentTo.Query);
        query["state"].ShouldBe(request.State);
        return query["code"].ShouldNotBeNull();
    }

    public static async Task<LoginResult> SignInAsync(EmulatedVendor vendor, string person = "ada", string more = "")
    {
        var (context, request) = (Context(vendor), Request());
        return await Browser.RedeemAsync(await ConsentAsync(request, context, person, more), request, context, default);
    }

    /// <summary>The entry of <c>config.yaml</c> that a login would be saved as.</summary>
    public static string EntryOf(LoginResult login, string name = "mine")
    {
        var credential = (OAuthCredential)login.Credential;
        var workspace = credential.OrganizationId is { } organization ? $", organization-id: '{organization}'" : "";
        return $"chatgpt: [ {{ name: {name}, access-token: '{credential.AccessToken}', refresh-token: '{credential.RefreshToken}', account-id: '{credential.AccountId}'{workspace}, base-url: '{login.Settings["base-url"]}' }} ]\n";
    }

    public static Account AccountOf(string yaml)
    {
        var loaded = new ConfigLoader(TestProviders.CreateRegistry(TimeProvider.System), static _ => null).Load(yaml, "config.yaml");
        loaded.Problems.ShouldBeEmpty();
        return loaded.Config!.Accounts.Single();
    }

    /// <summary>A token as OpenAI makes them, without a signature.</summary>
    public static string Token(string claims) => $"{Part("{\"alg\":\"none\"}")}.{Part(claims)}.{Part("signature")}";

    private static string Part(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text)).TrimEnd('=').Replace('+', '-').Replace('/', '_');
}
