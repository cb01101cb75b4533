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

/// <summary>
/// Claude Code by an account with a Claude plan, signed in at the emulated vendor. The plan pays for the vendor's own program only, so what Claude Code says of itself has to arrive as it is, and what
/// another program asks is refused in the vendor's words.
/// </summary>
public sealed class ClaudeSubscriptionTests
{
    [Fact]
    public async Task Claude_Code_works_by_a_plan_that_pays_for_nothing_else()
    {
        var agent = new ClaudeCode();
        ClientsFolder.Command("claude");
        await using var vendor = await EmulatorHost.StartAsync();
        await using var gateway = await GatewayHost.StartAsync(new StartOptions { ConfigText = Configuration(vendor.Address.ToString().TrimEnd('/')), Port = 0, LogLevel = LogLevel.None });
        using var http = new HttpClient { BaseAddress = gateway.Address };
        await SignInAsync(http, "third");
        using var place = new TempWorkspace();
        var file = Path.Combine(place.Folder, "note.txt");

        var run = await agent.AskAsync(gateway.Address, $"create file {file} with By a plan", place);

        TestContext.Current.TestOutputHelper?.WriteLine(run.ToString());
        foreach (var request in vendor.Requests) TestContext.Current.TestOutputHelper?.WriteLine($"upstream: {new SeenRequest(request.Target, request.Status, request.Refused, request.Text)}");
        run.ExitCode.ShouldBe(0);
        (await File.ReadAllTextAsync(file)).TrimEnd().ShouldBe("By a plan");
        var asked = vendor.Requests.Where(request => request.Target.StartsWith("/claude/v1/messages", StringComparison.Ordinal)).ToList();
        asked.Count.ShouldBeGreaterThanOrEqualTo(2);
        asked.ShouldAllBe(request => request.Status == 200 && request.Refused == null);
        foreach (var request in asked)
        {
            request.Headers["anthropic-beta"].Split(',').ShouldContain("oauth-2025-04-20");
            request.Headers["anthropic-beta"].Split(',').Length.ShouldBeGreaterThan(1, "those of Claude Code are there as well");
            request.Headers["authorization"].ShouldStartWith("Bearer sk-ant-oat01-");
            request.Headers["user-agent"].ShouldStartWith("dragoman/");
        }

        using var other = await http.PostAsJsonAsync("/v1/messages", new { model = "claude-sonnet-4-5", max_tokens = 100, messages = new[] { new { role = "user", content = "say:hello" } } });
        (other.StatusCode, (await other.Content.ReadAsStringAsync()).Contains("Third-party apps now draw from your extra usage", StringComparison.Ordinal)).ShouldBe((HttpStatusCode.BadRequest, true));
    }

    [Fact]
    public async Task Claude_Code_shows_at_once_that_the_owner_has_to_sign_in_again()
    {
        var agent = new ClaudeCode();
        ClientsFolder.Command("claude");
        await using var vendor = await EmulatorHost.StartAsync();
        await using var gateway = await GatewayHost.StartAsync(new StartOptions { ConfigText = Configuration(vendor.Address.ToString().TrimEnd('/')), Port = 0, LogLevel = LogLevel.None });
        using var http = new HttpClient { BaseAddress = gateway.Address };
        await SignInAsync(http, "third");
        using var control = new HttpClient();
        (await control.PostAsync(new Uri(vendor.Address, "/claude/_revoke"), null)).EnsureSuccessStatusCode();
        using var place = new TempWorkspace();

        var run = await agent.AskPatientlyAsync(gateway.Address, "say:hello", place);

        TestContext.Current.TestOutputHelper?.WriteLine(run.ToString());
        run.ExitCode.ShouldBe(1);
        var told = JsonNode.Parse(run.Output)!["result"]!.GetValue<string>();
        told.ShouldStartWith("API Error: 424 The account ");
        told.ShouldContain("sign in again");
        var flows = JsonNode.Parse(await http.GetStringAsync("/api/v1/flows"))!["flows"]!.AsArray();
        flows.Count(flow => flow!["status"]!.GetValue<int>() == 424).ShouldBe(1, "asked once, and not repeated");
    }

    private static string Configuration(string vendor) => $$"""
        providers:
          claude-subscription:
            authorize-url: {{vendor}}/claude/cai/oauth/authorize
            token-url: {{vendor}}/claude/v1/oauth/token
            code-page: {{vendor}}/claude/oauth/code/callback
            api-url: {{vendor}}/claude

        """;

    /// <summary>Signs in as a person whose browser is elsewhere: the vendor's page shows what is to be pasted.</summary>
    private static async Task SignInAsync(HttpClient http, string person)
    {
        using var begun = await http.PostAsJsonAsync("/api/v1/logins", new { provider = "claude-subscription", headless = true, save = true, acknowledged = true });
        var login = JsonNode.Parse(await begun.Content.ReadAsStringAsync())!;
        begun.StatusCode.ShouldBe(HttpStatusCode.Created, login.ToJsonString());
        using var browser = new HttpClient();
        var page = await browser.GetStringAsync(new Uri($"{login["address"]!.GetValue<string>()}&emulated_user={person}"));
        var shown = page[(page.IndexOf("<p>", StringComparison.Ordinal) + 3)..page.IndexOf("</p>", StringComparison.Ordinal)];
        using var completed = await http.PostAsJsonAsync($"/api/v1/logins/{login["id"]!.GetValue<string>()}/complete", new { text = shown });
        var saved = JsonNode.Parse(await completed.Content.ReadAsStringAsync())!;
        saved["status"]!.GetValue<string>().ShouldBe("saved", saved.ToJsonString());
    }
}
