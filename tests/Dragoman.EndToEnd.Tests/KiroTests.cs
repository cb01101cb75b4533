using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Dragoman.Emulators;
using Dragoman.EndToEnd.Tests.Agents;
using Dragoman.EndToEnd.Tests.Support;
using Dragoman.EndToEnd.Tests.Upstreams;
using Dragoman.Server.Hosting;
using Microsoft.Extensions.Logging;

namespace Dragoman.EndToEnd.Tests;

/// <summary>Claude Code by an account of Kiro, signed in at the emulated vendor: its Messages become Kiro's protocol and back, and a token that ends on the way is renewed.</summary>
public sealed class KiroTests
{
    [Fact]
    public async Task Claude_Code_works_by_an_account_of_Kiro_whose_token_ends_in_between()
    {
        var agent = new ClaudeCode();
        ClientsFolder.Command("claude");
        await using var vendor = await EmulatorHost.StartAsync();
        var address = vendor.Address.ToString().TrimEnd('/');
        await using var gateway = await GatewayHost.StartAsync(new StartOptions { ConfigText = Configuration(address), Port = 0, LogLevel = LogLevel.None });
        using var http = new HttpClient { BaseAddress = gateway.Address };
        await SignInAsync(http);
        using var browser = new HttpClient();
        await browser.GetAsync(new Uri(address + "/kiro/expire"));
        using var place = new TempWorkspace();
        var file = Path.Combine(place.Folder, "note.txt");

        var run = await agent.AskAsync(gateway.Address, $"create file {file} with By Kiro", place);

        TestContext.Current.TestOutputHelper?.WriteLine(run.ToString());
        foreach (var request in vendor.Requests) TestContext.Current.TestOutputHelper?.WriteLine($"upstream: {new SeenRequest(request.Target, request.Status, request.Refused, request.Text)}");
        run.ExitCode.ShouldBe(0);
        (await File.ReadAllTextAsync(file)).TrimEnd().ShouldBe("By Kiro");
        vendor.Requests.Count(request => request.Target == "/kiro/auth/refreshToken").ShouldBe(1);
        var answered = vendor.Requests.Where(request => request.Target == "/kiro/service/generateAssistantResponse" && request.Status == 200).ToList();
        answered.Count.ShouldBeGreaterThanOrEqualTo(2);
        // Only the token that had ended was refused: no body broke a rule of the service.
        vendor.Requests.Where(request => request.Refused is not null).ShouldAllBe(request => request.Refused!.Contains("bearer token", StringComparison.Ordinal));
        answered.ShouldAllBe(request => request.Headers["user-agent"].StartsWith("dragoman/", StringComparison.Ordinal));
    }

    private static string Configuration(string vendor) => $$"""
        providers:
          kiro:
            auth-url: {{vendor}}/kiro/auth
            portal-url: {{vendor}}/kiro/portal
            service-url: {{vendor}}/kiro/service
            management-url: {{vendor}}/kiro/service

        """;

    /// <summary>Signs in as a person whose browser is elsewhere: the address of its last page is pasted.</summary>
    private static async Task SignInAsync(HttpClient http)
    {
        using var begun = await http.PostAsJsonAsync("/api/v1/logins", new { provider = "kiro", flow = "github-browser", headless = true, save = true, acknowledged = true });
        var login = JsonNode.Parse(await begun.Content.ReadAsStringAsync())!;
        begun.StatusCode.ShouldBe(HttpStatusCode.Created, login.ToJsonString());
        using var handler = new HttpClientHandler { AllowAutoRedirect = false };
        using var browser = new HttpClient(handler);
        using var page = await browser.GetAsync(new Uri(login["address"]!.GetValue<string>()));
        using var completed = await http.PostAsJsonAsync($"/api/v1/logins/{login["id"]!.GetValue<string>()}/complete", new { text = page.Headers.Location!.AbsoluteUri });
        var saved = JsonNode.Parse(await completed.Content.ReadAsStringAsync())!;
        saved["status"]!.GetValue<string>().ShouldBe("saved", saved.ToJsonString());
    }
}
