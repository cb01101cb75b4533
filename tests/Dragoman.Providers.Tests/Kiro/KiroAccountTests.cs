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

    [Theory]
    [InlineData("builderid", "", "us-east-1", "https://view.awsapps.com/start")]
    [InlineData("awsidc", "&emulated_page=https%3A%2F%2Fd-1.awsapps.com%2Fstart&emulated_region=eu-west-1", "eu-west-1", "https://d-1.awsapps.com/start")]
    public async Task What_is_chosen_at_the_portal_goes_on_at_AWS_in_the_same_login(string option, string more, string region, string page)
    {
        await using var vendor = await EmulatedVendor.StartAsync();
        await using var gateway = await StartAsync(vendor, vendor.Time);
        using var http = new HttpClient { BaseAddress = gateway.Address };
        var login = await BeginAsync(http, "portal");
        var id = login["id"]!.GetValue<string>();
        var (_, sentTo) = await EmulatedVendor.OpenAsync(new Uri($"{login["address"]!.GetValue<string>()}&emulated_option={option}{more}"));
        sentTo!.Query.ShouldNotContain("code=");
        using var completed = await http.PostAsJsonAsync($"/api/v1/logins/{id}/complete", new { text = sentTo.AbsoluteUri });
        var waits = JsonNode.Parse(await completed.Content.ReadAsStringAsync())!;
        (waits["status"]!.GetValue<string>(), waits["method"]!.GetValue<string>(), waits["takes_paste"]!.GetValue<bool>()).ShouldBe(("waiting", "device-code", false), waits.ToJsonString());
        // What the portal sent is used up.
        using var again = await http.PostAsJsonAsync($"/api/v1/logins/{id}/complete", new { text = sentTo.AbsoluteUri });
        again.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        await EmulatedVendor.OpenAsync(new Uri($"{waits["complete_address"]!.GetValue<string>()}&emulated_user=ada"));
        async Task<string> StatusAsync() => JsonNode.Parse(await http.GetStringAsync(new Uri($"/api/v1/logins/{id}", UriKind.Relative)))!["status"]!.GetValue<string>();
        await Poll.UntilAsync(
            async () =>
            {
                vendor.Time.Advance(TimeSpan.FromSeconds(1));
                return await StatusAsync() == "saved";
            },
            TimeSpan.FromMilliseconds(200));
        vendor.Host.Requests.Single(request => request.Target.EndsWith("/client/register", StringComparison.Ordinal)).Target.ShouldContain(region);
        vendor.Host.Requests.Single(request => request.Target.EndsWith("/device_authorization", StringComparison.Ordinal)).Json!["startUrl"]!.GetValue<string>().ShouldBe(page);
        var registered = vendor.Host.Requests.Single(request => request.Target.EndsWith("/client/register", StringComparison.Ordinal));
        registered.Json!["issuerUrl"]!.GetValue<string>().ShouldBe(page);
        JsonNode.Parse(await http.GetStringAsync(new Uri("/api/v1/accounts", UriKind.Relative)))!["accounts"]!.AsArray().ShouldHaveSingleItem()!["label"]!.GetValue<string>().ShouldBe("ada@example.com");
    }

    [Fact]
    public async Task The_page_that_the_browser_comes_back_to_leads_on_to_AWS_with_the_code()
    {
        await using var vendor = await EmulatedVendor.StartAsync();
        await using var gateway = await StartAsync(vendor);
        using var http = new HttpClient { BaseAddress = gateway.Address };
        var login = await BeginAsync(http, "portal");
        var (_, sentTo) = await EmulatedVendor.OpenAsync(new Uri($"{login["address"]!.GetValue<string>()}&emulated_option=builderid"));
        using var back = await http.GetAsync(new Uri("/login/callback" + sentTo!.Query, UriKind.Relative));
        var page = await back.Content.ReadAsStringAsync();
        back.StatusCode.ShouldBe(HttpStatusCode.OK, page);
        var waits = JsonNode.Parse(await http.GetStringAsync(new Uri($"/api/v1/logins/{login["id"]!.GetValue<string>()}", UriKind.Relative)))!;
        page.ShouldContain($"Go on with the code {waits["user_code"]!.GetValue<string>()}");
        page.ShouldContain($"<a href=\"{waits["complete_address"]!.GetValue<string>()}\" rel=\"noreferrer\">");
        using var again = await http.GetAsync(new Uri("/login/callback" + sentTo.Query, UriKind.Relative));
        (await again.Content.ReadAsStringAsync()).ShouldContain("Nothing waits for this sign-in");
    }

    [Fact]
    public async Task Google_chosen_at_the_portal_comes_back_signed_in_and_a_strange_choice_ends_the_login()
    {
        await using var vendor = await EmulatedVendor.StartAsync();
        await using var gateway = await StartAsync(vendor);
        using var http = new HttpClient { BaseAddress = gateway.Address };
        await SignInAsync(http, "ada", "portal");
        var login = await BeginAsync(http, "portal");
        using var bare = await http.PostAsJsonAsync($"/api/v1/logins/{login["id"]!.GetValue<string>()}/complete", new { text = "a-bare-code" });
        (await bare.Content.ReadAsStringAsync()).ShouldContain("Paste the whole address");
        var (_, sentTo) = await EmulatedVendor.OpenAsync(new Uri($"{login["address"]!.GetValue<string>()}&emulated_option=internal"));
        using var completed = await http.PostAsJsonAsync($"/api/v1/logins/{login["id"]!.GetValue<string>()}/complete", new { text = sentTo!.AbsoluteUri });
        var ended = JsonNode.Parse(await completed.Content.ReadAsStringAsync())!;
        (ended["status"]!.GetValue<string>(), ended["error"]!.GetValue<string>()[..27]).ShouldBe(("failed", "Kiro's page says 'internal',"[..27]));
    }

    [Theory]
    [InlineData("emulated_option=awsidc&emulated_page=http%3A%2F%2Fevil.example%2Fstart", "The start page of an Identity Center is an https address.")]
    [InlineData("emulated_option=builderid&emulated_region=evil.example%2F", "is not an AWS region.")]
    public async Task What_the_portal_says_is_checked_as_any_foreign_text(string choice, string words)
    {
        await using var vendor = await EmulatedVendor.StartAsync();
        await using var gateway = await StartAsync(vendor);
        using var http = new HttpClient { BaseAddress = gateway.Address };
        var login = await BeginAsync(http, "portal");
        var (_, sentTo) = await EmulatedVendor.OpenAsync(new Uri($"{login["address"]!.GetValue<string>()}&{choice}"));
        using var completed = await http.PostAsJsonAsync($"/api/v1/logins/{login["id"]!.GetValue<string>()}/complete", new { text = sentTo!.AbsoluteUri });
        (await completed.Content.ReadAsStringAsync()).ShouldContain(words);
        vendor.Host.Requests.ShouldNotContain(request => request.Target.EndsWith("/client/register", StringComparison.Ordinal));
    }

    private static int Renewals(EmulatedVendor vendor) => vendor.Host.Requests.Count(request => request.Target == "/kiro/auth/refreshToken");

    private static Task<GatewayHost> StartAsync(EmulatedVendor vendor, TimeProvider? time = null) => GatewayHost.StartAsync(
        new StartOptions { Time = time ?? TimeProvider.System, ConfigText = $"providers: {{ kiro: {{ {KiroTesting.SettingsOf(vendor)} }} }}\n", Port = 0, Providers = TestProviders.CreateRegistry, LogLevel = LogLevel.None }, TestContext.Current.CancellationToken);

    /// <summary>Signs in with a browser that is elsewhere: the address of its last page is pasted.</summary>
    private static async Task SignInAsync(HttpClient http, string person, string flow = "google-browser")
    {
        var login = await BeginAsync(http, flow);
        var (_, sentTo) = await EmulatedVendor.OpenAsync(new Uri($"{login["address"]!.GetValue<string>()}&emulated_user={person}"));
        using var completed = await http.PostAsJsonAsync($"/api/v1/logins/{login["id"]!.GetValue<string>()}/complete", new { text = sentTo!.AbsoluteUri });
        var saved = await completed.Content.ReadAsStringAsync();
        JsonNode.Parse(saved)!["status"]!.GetValue<string>().ShouldBe("saved", saved);
        saved.ShouldNotContain("aoaAAAA");
    }

    private static async Task<JsonNode> BeginAsync(HttpClient http, string flow)
    {
        using var begun = await http.PostAsJsonAsync("/api/v1/logins", new { provider = "kiro", flow, headless = true, save = true, acknowledged = true });
        var login = JsonNode.Parse(await begun.Content.ReadAsStringAsync())!;
        begun.StatusCode.ShouldBe(HttpStatusCode.Created, login.ToJsonString());
        return login;
    }

    private static async Task<(HttpStatusCode Status, string Problem)> AskAsync(HttpClient http)
    {
        using var answer = await http.PostAsync("/v1/chat/completions", new StringContent("""{"model":"claude-sonnet-4.5","messages":[{"role":"user","content":"say:hello"}]}""", Encoding.UTF8, "application/json"));
        return (answer.StatusCode, answer.IsSuccessStatusCode ? "" : await answer.Content.ReadAsStringAsync());
    }
}
