using Dragoman.Emulators;
using Dragoman.EndToEnd.Tests.Agents;
using Dragoman.EndToEnd.Tests.Support;
using Dragoman.Server.Hosting;
using Microsoft.Extensions.Logging;

namespace Dragoman.EndToEnd.Tests;

/// <summary>Every agent by an account that has signed in at Kiro or Antigravity (emulated), whose vendors refuse what breaks their rules.</summary>
public sealed class AgentsOnPlansTests
{
    public static TheoryData<string, string> Agents
    {
        get
        {
            var cases = new TheoryData<string, string>();
            foreach (var provider in (string[])["kiro", "antigravity"])
            {
                // Claude Code on Kiro is driven through the end of a token, in KiroTests.
                foreach (var agent in Agent.All.Keys.Where(name => provider != "kiro" || name != "Claude Code")) cases.Add(provider, agent);
            }

            return cases;
        }
    }

    [Theory, MemberData(nameof(Agents))]
    public async Task AnAgentWritesAFile(string provider, string name)
    {
        var (plan, agent) = (LoginPlan.Of(provider), Agent.All[name]);
        await using var vendor = await EmulatorHost.StartAsync();
        using var place = new TempWorkspace();
        // The agents' own names of models mean one that the plan has.
        var names = string.Concat(((string[])[agent.Model, .. agent.SideModels]).Where(model => model != plan.Model).Select(model => $"    {model}: {plan.Model}\n"));
        await using var gateway = await GatewayHost.StartAsync(new StartOptions
        {
            ConfigText = plan.Configuration(vendor.Address.ToString()) + (names.Length == 0 ? "" : $"routing:\n  fallbacks:\n{names}"),
            DataFolder = Directory.CreateDirectory(Path.Combine(place.Home, "gateway")).FullName, Port = 0, LogLevel = LogLevel.None,
        });
        using (var http = new HttpClient { BaseAddress = gateway.Address }) await plan.SignInAsync(http, vendor.Address);
        var file = Path.Combine(place.Folder, "note.txt");

        var run = await agent.AskAsync(gateway.Address, $"create file {file} with From a plan", place);

        TestContext.Current.TestOutputHelper?.WriteLine(run.ToString());
        foreach (var request in vendor.Requests) TestContext.Current.TestOutputHelper?.WriteLine($"{request.Method} {request.Target} {request.Status} {request.Refused}");
        run.ExitCode.ShouldBe(0);
        (await File.ReadAllTextAsync(file)).TrimEnd().ShouldBe("From a plan");
        agent.Answer(run).ShouldStartWith($"Done: {file} is written.");
        vendor.Requests.ShouldAllBe(request => request.Refused == null);
    }
}
