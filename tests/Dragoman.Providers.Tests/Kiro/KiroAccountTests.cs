using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Dragoman.Gateway.Accounts;
using Dragoman.Providers.Kiro;
using Dragoman.Providers.Tests.Support;
using Dragoman.Server.Hosting;
using Microsoft.Extensions.Logging;

namespace Dragoman.Providers.Tests.Kiro;

/// <summary>Accounts that have signed in to Kiro over the gateway's API, from the login to the end of their tokens.</summary>
public sealed class KiroAccountTests
{
    [Fact]
    public async Task R27_ten_requests_at_once_with_a_token_that_has_ended_renew_it_once()
    {
        await using var vendor = await EmulatedVendor.StartAsync();
        await using var gateway = await StartAsync(vendor);
        using var http = new HttpClient { BaseAddress = gateway.Address };
        await SignInAsync(http, "ada");
        (await AskAsync(http)).ShouldBe((HttpStatusCode.OK, ""));
        await http.GetAsync(new Uri(vendor.Address + "/kiro/expire"));
        var answers = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => AskAsync(http)));
        answers.ShouldAllBe(answer => answer.Status == HttpStatusCode.OK);
        Renewals(vendor).ShouldBe(1);
        await http.GetAsync(new Uri(vendor.Address + "/kiro/expire"));
        (await AskAsync(http)).Status.ShouldBe(HttpStatusCode.OK, "the successor of the refresh token was kept");
        Renewals(vendor).ShouldBe(2);
    }

    [Fact]
    public async Task R21_a_suspended_account_is_followed_by_another_and_waits_for_its_owner()
    {
        await using var vendor = await EmulatedVendor.StartAsync();
        await using var gateway = await StartAsync(vendor);
        using var http = new HttpClient { BaseAddress = gateway.Address };
        await SignInAsync(http, "suspended-bob");
        (await AskAsync(http)).Status.ShouldNotBe(HttpStatusCode.OK);
        Renewals(vendor).ShouldBe(0, "no question to the vendor");
        var account = JsonNode.Parse(await http.GetStringAsync(new Uri("/api/v1/accounts", UriKind.Relative)))!["accounts"]!.AsArray().Single()!;
        account["problem"]!.GetValue<string>().ShouldContain("support_form");
        var asked = vendor.Host.Requests.Count;
        (await AskAsync(http)).Status.ShouldNotBe(HttpStatusCode.OK);
        vendor.Host.Requests.Count.ShouldBe(asked, "the account is not asked again");
        await SignInAsync(http, "eve");
        (await AskAsync(http)).Status.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task An_imported_login_with_the_profile_of_another_finds_its_own_with_the_first_request()
    {
        await using var vendor = await EmulatedVendor.StartAsync();
        var module = KiroModule.Create(TimeProvider.System);
        var login = await KiroTesting.SignInAsync(vendor, module, KiroTesting.ContextOf(vendor, module, ", start-url: 'https://d-0000000000.awsapps.com/start'"), "identity-center");
        var credential = (OAuthCredential)login.Credential;
        await using var gateway = await StartAsync(vendor);
        using var http = new HttpClient { BaseAddress = gateway.Address };
        var content = JsonSerializer.Serialize(new object[]
        {
            new { accessToken = credential.AccessToken, refreshToken = credential.RefreshToken, authMethod = "IdC", provider = "Enterprise", profileArn = "arn:aws:codewhisperer:us-east-1:999999999999:profile/OTHER" },
            new { clientId = credential.Extra["client-id"], clientSecret = credential.SecretExtra["client-secret"] },
        });
        using var imported = await http.PostAsJsonAsync("/api/v1/logins", new { provider = "kiro", flow = "import", save = true, acknowledged = true, content });
        var saved = await imported.Content.ReadAsStringAsync();
        JsonNode.Parse(saved)!["status"]!.GetValue<string>().ShouldBe("saved", saved);
        (await AskAsync(http)).ShouldBe((HttpStatusCode.OK, ""));
        vendor.Host.Requests.Where(request => request.Target == "/kiro/service/generateAssistantResponse").Select(request => request.Status).ShouldBe([400, 200]);
        vendor.Host.Requests.Count(request => request.Text.Contains("refresh_token\"", StringComparison.Ordinal) && request.Target == "/kiro/oidc/us-east-1/token").ShouldBe(1);
    }

    [Fact]
    public async Task Signing_in_again_renews_the_account()
    {
        await using var vendor = await EmulatedVendor.StartAsync();
        await using var gateway = await StartAsync(vendor);
        using var http = new HttpClient { BaseAddress = gateway.Address };
        await SignInAsync(http, "ada");
        await SignInAsync(http, "ada");
        await SignInAsync(http, "bob");
        JsonNode.Parse(await http.GetStringAsync(new Uri("/api/v1/accounts", UriKind.Relative)))!["accounts"]!.AsArray().Select(account => account!["label"]!.GetValue<string>()).ShouldBe(["ada@example.com", "bob@example.com"]);
    }

    private static int Renewals(EmulatedVendor vendor) => vendor.Host.Requests.Count(request => request.Target == "/kiro/auth/refreshToken");

    private static Task<GatewayHost> StartAsync(EmulatedVendor vendor) => GatewayHost.StartAsync(
        new StartOptions { ConfigText = $"providers: {{ kiro: {{ {KiroTesting.SettingsOf(vendor)} }} }}\n", Port = 0, Providers = TestProviders.CreateRegistry, LogLevel = LogLevel.None }, TestContext.Current.CancellationToken);

    /// <summary>Signs in with a browser that is elsewhere: the address of its last page is pasted.</summary>
    private static async Task SignInAsync(HttpClient http, string person)
    {
        using var begun = await http.PostAsJsonAsync("/api/v1/logins", new { provider = "kiro", flow = "google-browser", headless = true, save = true, acknowledged = true });
        var login = JsonNode.Parse(await begun.Content.ReadAsStringAsync())!;
        begun.StatusCode.ShouldBe(HttpStatusCode.Created, login.ToJsonString());
        var (_, sentTo) = await EmulatedVendor.OpenAsync(new Uri($"{login["address"]!.GetValue<string>()}&emulated_user={person}"));
        using var completed = await http.PostAsJsonAsync($"/api/v1/logins/{login["id"]!.GetValue<string>()}/complete", new { text = sentTo!.AbsoluteUri });
        var saved = await completed.Content.ReadAsStringAsync();
        JsonNode.Parse(saved)!["status"]!.GetValue<string>().ShouldBe("saved", saved);
        saved.ShouldNotContain("aoaAAAA");
    }

    private static async Task<(HttpStatusCode Status, string Problem)> AskAsync(HttpClient http)
    {
        using var answer = await http.PostAsync("/v1/chat/completions", new StringContent("""{"model":"claude-sonnet-4.5","messages":[{"role":"user","content":"say:hello"}]}""", Encoding.UTF8, "application/json"));
        return (answer.StatusCode, answer.IsSuccessStatusCode ? "" : await answer.Content.ReadAsStringAsync());
    }
}
