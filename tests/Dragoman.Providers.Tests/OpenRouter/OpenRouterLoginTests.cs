using System.Security.Cryptography;
using System.Text;
using System.Web;
using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Providers;
using Dragoman.Gateway.Providers.Logins;
using Dragoman.Gateway.Providers.Vendor;
using Dragoman.Providers.OpenRouter;
using Dragoman.Providers.Tests.Support;

namespace Dragoman.Providers.Tests.OpenRouter;

/// <summary>Signing in to OpenRouter, as its emulated self answers.</summary>
public sealed class OpenRouterLoginTests
{
    private static readonly ProviderModule Module = OpenRouterModule.Create();

    private static IBrowserLogin Flow => (IBrowserLogin)Module.Logins.Single();

    [Fact]
    public async Task A_code_becomes_a_durable_key_of_the_user()
    {
        await using var vendor = await EmulatedVendor.StartAsync();
        var context = Context(vendor);
        var request = Request("a-state");
        var code = await ConsentAsync(request, context);
        var login = await Flow.RedeemAsync(code, request, context, default);
        var key = login.Credential.ShouldBeOfType<ApiKeyCredential>().Key;
        key.ShouldStartWith("sk-or-v1-");
        (login.AccountId, login.Plan, login.Settings["base-url"], login.Credential.ExpiresAt).ShouldBe(("user_emulated", "free tier", $"{vendor.Address}/openrouter/api/v1", null));
        login.ToString().ShouldNotContain(key);
        var exchange = vendor.Host.Requests.Single(seen => seen.Target == "/openrouter/api/v1/auth/keys");
        exchange.Json!.AsObject().Select(member => member.Key).ShouldBe(["code", "code_verifier", "code_challenge_method"]);
        (await Should.ThrowAsync<LoginException>(() => Flow.RedeemAsync(code, request, context, default))).Message.ShouldBe("OpenRouter answered 403: Invalid code or code_verifier.");
    }

    [Fact]
    public async Task The_address_has_the_state_in_its_callback_and_no_client_id()
    {
        await using var vendor = await EmulatedVendor.StartAsync();
        Flow.Redirect(Context(vendor)).StateInPath.ShouldBeTrue();
        var query = HttpUtility.ParseQueryString(Flow.AddressOf(Request("a-state"), Context(vendor)).Query);
        query.AllKeys.ShouldBe(["callback_url", "code_challenge", "code_challenge_method"]);
        (query["callback_url"], query["code_challenge_method"]).ShouldBe(("http://127.0.0.1:8317/login/callback/a-state", "S256"));
    }

    [Fact]
    public async Task A_wrong_verifier_and_an_old_code_are_refused()
    {
        await using var vendor = await EmulatedVendor.StartAsync();
        var context = Context(vendor);
        var request = Request("one");
        var code = await ConsentAsync(request, context);
        await Should.ThrowAsync<LoginException>(() => Flow.RedeemAsync(code, request with { Verifier = "another" }, context, default));
        await Should.ThrowAsync<LoginException>(() => Flow.RedeemAsync(code, request, context, default), "a code is good once, whoever tried it");
        var old = await ConsentAsync(request, context);
        vendor.Time.Advance(TimeSpan.FromMinutes(10));
        await Should.ThrowAsync<LoginException>(() => Flow.RedeemAsync(old, request, context, default));
    }

    [Theory]
    [InlineData("https://gateway.example/login/callback/x", 302)]
    [InlineData("http://localhost:8317/login/callback/x", 302)]
    [InlineData("http://192.0.2.1:8317/login/callback/x", 400)]
    public async Task The_vendor_takes_https_and_loopback_only(string callback, int status)
    {
        await using var vendor = await EmulatedVendor.StartAsync();
        var address = Flow.AddressOf(Request("x") with { RedirectUri = new Uri(callback) }, Context(vendor));
        (await EmulatedVendor.OpenAsync(address)).Status.ShouldBe(status);
    }

    [Theory]
    [InlineData(200, """{"user_id":"u"}""", "OpenRouter answered without a key.")]
    [InlineData(200, """{"key":"two words","user_id":"u"}""", "OpenRouter answered without a key.")]
    [InlineData(200, "<html>", "OpenRouter answered something that is no JSON.")]
    [InlineData(500, "<html>", "OpenRouter answered 500.")]
    [InlineData(302, "", "OpenRouter answered 302.")]
    public async Task Odd_answers_are_failures_with_a_reason(int status, string body, string message)
    {
        await using var upstream = await RawUpstream.StartAsync((http, _) => http.SayAsync(status, body, "application/json", ("Location", "http://127.0.0.1:1/elsewhere")));
        await using var vendor = await EmulatedVendor.StartAsync();
        var context = vendor.ContextFor(Module, $"base-url: '{upstream.Address}'");
        (await Should.ThrowAsync<LoginException>(() => Flow.RedeemAsync("code", Request("x"), context, default))).Message.ShouldBe(message);
    }

    [Fact]
    public async Task An_endless_answer_is_cut_off()
    {
        await using var upstream = await RawUpstream.StartAsync(async (http, _) =>
        {
            var chunk = new string('x', 64 * 1024);
            for (var sent = 0; sent < 64; sent++) await http.SendAsync(chunk);
        });
        await using var vendor = await EmulatedVendor.StartAsync();
        var context = vendor.ContextFor(Module, $"base-url: '{upstream.Address}'");
        await Should.ThrowAsync<HttpRequestException>(() => Flow.RedeemAsync("code", Request("x"), context, default));
    }

    private static VendorContext Context(EmulatedVendor vendor) => vendor.ContextFor(Module, $"authorize-url: '{vendor.Address}/openrouter/auth', base-url: '{vendor.Address}/openrouter/api/v1'");

    private static AuthorizationRequest Request(string state)
    {
        const string verifier = "a-verifier-of-sufficient-length-0123456789-abcdefgh";
        var challenge = Convert.ToBase64String(SHA256.HashData(Encoding.ASCII.GetBytes(verifier))).TrimEnd('=').Replace('+', '-').Replace('/', '_');
        return new AuthorizationRequest(state, verifier, challenge, new Uri($"http://127.0.0.1:8317/login/callback/{state}"));
    }

    private static async Task<string> ConsentAsync(AuthorizationRequest request, VendorContext context)
    {
        var (status, sentTo) = await EmulatedVendor.OpenAsync(Flow.AddressOf(request, context));
        (status, sentTo!.GetLeftPart(UriPartial.Path)).ShouldBe((302, request.RedirectUri.AbsoluteUri));
        return HttpUtility.ParseQueryString(sentTo.Query)["code"]!;
    }
}
