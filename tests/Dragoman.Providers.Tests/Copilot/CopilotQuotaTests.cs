using System.Text;
using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Persistence;
using Dragoman.Gateway.Providers;
using Dragoman.Gateway.Providers.Logins;
using Dragoman.Gateway.Providers.Vendor;
using Dragoman.Protocols;
using Dragoman.Providers.Copilot;
using Dragoman.Providers.Tests.Support;

namespace Dragoman.Providers.Tests.Copilot;

/// <summary>What GitHub says of a plan's quotas, as its emulated self counts them.</summary>
public sealed class CopilotQuotaTests
{
    private static readonly ProviderModule Module = CopilotModule.Create();

    [Fact]
    public async Task Premium_requests_are_counted_by_the_month()
    {
        await using var vendor = await EmulatedVendor.StartAsync();
        var context = Context(vendor);
        var account = await SignInAsync(vendor, context);
        using (var http = new HttpClient())
        {
            foreach (var initiator in (string[])["user", "agent", "user"])
            {
                using var request = new HttpRequestMessage(HttpMethod.Post, $"{vendor.Address}/copilot/plan/chat/completions") { Content = new StringContent("""{"model":"gpt-5.2","messages":[{"role":"user","content":"hi"}]}""", Encoding.UTF8, "application/json") };
                foreach (var (name, value) in (ReadOnlySpan<(string, string)>)[("Authorization", $"Bearer {((OAuthCredential)account.Credential).AccessToken}"), ("Copilot-Integration-Id", "x"), ("Editor-Version", "x/1"), ("X-Initiator", initiator)])
                    request.Headers.TryAddWithoutValidation(name, value);
                using var answer = await http.SendAsync(request);
                ((int)answer.StatusCode).ShouldBe(200, await answer.Content.ReadAsStringAsync());
            }
        }

        var report = await Module.QuotaReader!.ReadAsync(account, context, default);

        report.Problem.ShouldBeNull();
        report.Plan.ShouldBe("individual");
        var window = report.Account.ShouldHaveSingleItem();
        (window.Name, window.Limit, window.Remaining, window.ResetsAt).ShouldBe(("premium", 300L, 298L, new DateTimeOffset(2026, 12, 1, 0, 0, 0, TimeSpan.Zero)));
        window.UsedFraction.ShouldNotBeNull().ShouldBe(2 / 300.0, 1e-9);
        report.Facts["premium beyond"].ShouldBe("is refused");
    }

    [Fact]
    public async Task A_token_that_GitHub_does_not_know_is_told()
    {
        await using var vendor = await EmulatedVendor.StartAsync();
        var account = new Account { Id = "a", Label = "a", Provider = Module.Id, Protocol = Protocol.OpenAiChat, BaseUrl = vendor.Address, Credential = new OAuthCredential { AccessToken = "gho_unknown" } };

        var report = await Module.QuotaReader!.ReadAsync(account, Context(vendor), default);

        report.IsRejected.ShouldBeTrue();
        report.Problem.ShouldNotBeNull().ShouldStartWith("GitHub answered 401");
    }

    private static VendorContext Context(EmulatedVendor vendor) => vendor.ContextFor(Module, $"login-url: '{vendor.Address}/copilot/github', api-url: '{vendor.Address}/copilot/api'");

    private static async Task<Account> SignInAsync(EmulatedVendor vendor, VendorContext context)
    {
        var flow = Module.Logins.OfType<IDeviceLogin>().Single();
        var code = await flow.BeginAsync(context, default);
        await EmulatedVendor.OpenAsync(new Uri($"{code.Address}?user_code={code.UserCode}"));
        vendor.Time.Advance(code.Interval);
        var login = (await flow.PollAsync(code, context, default)).Result.ShouldNotBeNull();
        return new Account { Id = "a", Label = login.Label, Provider = Module.Id, Protocol = Protocol.OpenAiChat, BaseUrl = login.Settings["base-url"], Credential = login.Credential };
    }
}
