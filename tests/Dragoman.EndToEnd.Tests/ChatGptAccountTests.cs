using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Dragoman.Emulators;
using Dragoman.EndToEnd.Tests.Agents;
using Dragoman.EndToEnd.Tests.Support;
using Dragoman.Server.Hosting;
using Microsoft.Extensions.Logging;

namespace Dragoman.EndToEnd.Tests;

/// <summary>Agents on an emulated ChatGPT account that has signed in: the login, the backend's rules, and the tokens' renewal under way.</summary>
public sealed class ChatGptAccountTests
{
    public static TheoryData<string> Agents => [.. Agent.All.Keys];

    [Theory, MemberData(nameof(Agents))]
    public async Task AnAgentWritesAFile(string name)
    {
        var agent = Agent.All[name];
        await using var vendor = await EmulatorHost.StartAsync();
        var at = vendor.Address.ToString().TrimEnd('/');
        using var place = new TempWorkspace();
        var data = Directory.CreateDirectory(Path.Combine(place.Home, "gateway")).FullName;
        // The agents' own names of models mean one that the plan has.
        var routes = string.Concat(((string[])[agent.Model, .. agent.SideModels]).Where(model => model != "gpt-5.2").Select(model => $"    {model}: gpt-5.2\n"));
        await using var gateway = await GatewayHost.StartAsync(new StartOptions
        {
            ConfigText = $"providers:\n  chatgpt:\n    auth-url: {at}/chatgpt/auth\n    base-url: {at}/chatgpt/backend-api/codex\n" + (routes.Length == 0 ? "" : $"routing:\n  fallbacks:\n{routes}"),
            DataFolder = data, Port = 0, LogLevel = LogLevel.None,
        });
        await SignInAsync(gateway.Address);
        var file = Path.Combine(place.Folder, "note.txt");

        var run = await agent.AskAsync(gateway.Address, $"create file {file} with From a plan", place);

        TestContext.Current.TestOutputHelper?.WriteLine(run.ToString());
        foreach (var request in vendor.Requests) TestContext.Current.TestOutputHelper?.WriteLine($"{request.Method} {request.Target} {request.Status} {request.Refused}");
        run.ExitCode.ShouldBe(0);
        File.ReadAllText(file).TrimEnd().ShouldBe("From a plan");
        agent.Answer(run).ShouldStartWith($"Done: {file} is written.");
        // Beside them the gateway asks the usage page by itself, after fifteen seconds.
        var asked = vendor.Requests.Where(request => request.Target.StartsWith("/chatgpt/backend-api/codex", StringComparison.Ordinal)).ToList();
        asked.Count.ShouldBeGreaterThanOrEqualTo(2);
        asked.ShouldAllBe(request => request.Refused == null && request.Status == 200);
        asked.ShouldAllBe(request => request.Headers["chatgpt-account-id"] == "acct-ada" && request.Headers.ContainsKey("originator"));
    }

    private static async Task SignInAsync(Uri gateway)
    {
        using var http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = gateway };
        using var begun = await http.PostAsJsonAsync("/api/v1/logins", new { provider = "chatgpt", headless = true, save = true });
        var login = JsonNode.Parse(await begun.Content.ReadAsStringAsync())!;
        using var consent = await http.GetAsync(new Uri(login["address"]!.GetValue<string>()));
        using var done = await http.PostAsJsonAsync($"/api/v1/logins/{login["id"]}/complete", new { text = consent.Headers.Location!.AbsoluteUri });
        (await done.Content.ReadAsStringAsync()).ShouldContain("\"saved\"");
    }
}
