using System.Net;
using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Providers;
using Dragoman.Gateway.Providers.Logins;
using Dragoman.Gateway.Providers.Vendor;
using Dragoman.Providers.Copilot;

namespace Dragoman.Providers.Tests.Copilot;

/// <summary>Logins at an enterprise's own host of GitHub's cloud.</summary>
public sealed class CopilotHostTests
{
    private static readonly ProviderModule Module = CopilotModule.Create();

    [Fact]
    public async Task The_host_of_a_login_is_where_it_signs_in_and_is_asked_for_ever_after()
    {
        using var vendor = new Vendor();
        var flow = Module.Logins.OfType<IDeviceLogin>().Single();
        flow.Inputs.ShouldHaveSingleItem().Name.ShouldBe("host");
        var context = new VendorContext(new HttpMessageInvoker(vendor), TimeProvider.System, CopilotSettings.Defaults);
        var login = context with { Wishes = new Dictionary<string, string> { ["host"] = "OctoCorp.ghe.com" } };
        var code = await flow.BeginAsync(login, default);
        var credential = (await flow.PollAsync(code, login, default)).Result.ShouldNotBeNull().Credential.ShouldBeOfType<OAuthCredential>();
        (credential.Extra["host"], credential.OrganizationId).ShouldBe(("octocorp.ghe.com", "octocorp.ghe.com"));
        // Another process, and nobody wishes for anything.
        var account = new Account { Id = "a", Label = "a", Provider = Module.Id, Protocol = Module.Descriptor.Protocols[0], BaseUrl = "https://copilot.invalid", Credential = credential };
        await Module.QuotaReader!.ReadAsync(account, context, default);
        await CopilotTokens.ExchangeAsync(credential with { AccessToken = "ghu_x", RefreshToken = "ghu_x" }, context, default);
        vendor.Asked.Take(5).ShouldBe(
        [
            "https://octocorp.ghe.com/login/device/code", "https://octocorp.ghe.com/login/oauth/access_token", "https://api.octocorp.ghe.com/user", "https://api.octocorp.ghe.com/copilot_internal/user",
            "https://api.octocorp.ghe.com/copilot_internal/user",
        ]);
        vendor.Asked.ShouldContain("https://api.octocorp.ghe.com/copilot_internal/v2/token");
        vendor.Asked.ShouldAllBe(address => !address.Contains("github.com", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("evil.example")]
    [InlineData("octocorp.ghe.com.evil.example")]
    [InlineData("ghe.com")]
    [InlineData(".ghe.com")]
    [InlineData("a.b.ghe.com")]
    [InlineData("-x.ghe.com")]
    [InlineData("octo corp.ghe.com")]
    [InlineData("https://octocorp.ghe.com")]
    [InlineData("evil.example/.ghe.com")]
    [InlineData("evil.example#.ghe.com")]
    public async Task Nothing_is_sent_to_a_host_that_is_none_of_GitHubs(string host)
    {
        using var vendor = new Vendor();
        var context = new VendorContext(new HttpMessageInvoker(vendor), TimeProvider.System, CopilotSettings.Defaults) { Wishes = new Dictionary<string, string> { ["host"] = host } };
        var fault = await Should.ThrowAsync<LoginException>(() => Module.Logins.OfType<IDeviceLogin>().Single().BeginAsync(context, default));
        fault.Fix!.ShouldContain("octocorp.ghe.com");
        vendor.Asked.ShouldBeEmpty();
    }

    [Fact]
    public async Task Without_a_host_it_is_GitHub()
    {
        using var vendor = new Vendor();
        var flow = Module.Logins.OfType<IDeviceLogin>().Single();
        var context = new VendorContext(new HttpMessageInvoker(vendor), TimeProvider.System, CopilotSettings.Defaults);
        var result = (await flow.PollAsync(await flow.BeginAsync(context, default), context, default)).Result.ShouldNotBeNull();
        ((OAuthCredential)result.Credential).Extra.ShouldNotContainKey("host");
        vendor.Asked.ShouldBe(["https://github.com/login/device/code", "https://github.com/login/oauth/access_token", "https://api.github.com/user", "https://api.github.com/copilot_internal/user"]);
    }

    /// <summary>GitHub, wherever it is asked.</summary>
    private sealed class Vendor : HttpMessageHandler
    {
        public List<string> Asked { get; } = [];

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Asked.Add(request.RequestUri!.GetLeftPart(UriPartial.Path));
            var body = request.RequestUri.AbsolutePath switch
            {
                "/login/device/code" => """{"device_code":"d","user_code":"ABCD-1234","verification_uri":"https://octocorp.ghe.com/login/device","expires_in":900,"interval":5}""",
                "/login/oauth/access_token" => """{"access_token":"gho_token","token_type":"bearer","scope":"read:user"}""",
                "/user" => """{"id":42,"login":"octocat"}""",
                "/copilot_internal/user" => """{"copilot_plan":"enterprise","quota_snapshots":{}}""",
                "/copilot_internal/v2/token" => """{"token":"t","expires_at":2000000000}""",
                _ => "{}",
            };
            return Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK) { Content = new StringContent(body, System.Text.Encoding.UTF8, "application/json"), RequestMessage = request });
        }
    }
}
