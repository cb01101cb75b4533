using System.Text.Json;
using Dragoman.EndToEnd.Tests.Agents;
using Dragoman.EndToEnd.Tests.Support;
using Dragoman.EndToEnd.Tests.Upstreams;
using Dragoman.Server.Hosting;
using Microsoft.Extensions.Logging;

namespace Dragoman.EndToEnd.Tests;

/// <summary>Every agent through every upstream language: a text prompt, and a tool's round trip that really changes a file.</summary>
public abstract class AgentMatrix(UpstreamFixture fixture)
{
    // A red square of 8 by 8.
    private const string Picture = "iVBORw0KGgoAAAANSUhEUgAAAAgAAAAICAIAAABLbSncAAAAEklEQVR4nGP4z8CAFWEXHbQSACj/P8Fu7N9hAAAAAElFTkSuQmCC";

    private protected async Task CheckTextAsync(string agent, string protocol)
    {
        var (answer, _) = await AskAsync(agent, protocol, _ => "say:The interpreter was here.");

        answer.ShouldBe("The interpreter was here.");
    }

    private protected async Task CheckToolAsync(string agent, string protocol)
    {
        var file = "";
        string? written = null;
        var (answer, seen) = await AskAsync(
            agent, protocol,
            place => $"create file {file = Path.Combine(place.Folder, "note.txt")} with It's a \"fine\" note",
            place => written = File.Exists(file) ? File.ReadAllText(file) : null);

        written.ShouldNotBeNull("the file was not written");
        written.TrimEnd().ShouldBe("It's a \"fine\" note");
        answer.ShouldStartWith($"Done: {file} is written.");
        seen.Count.ShouldBeGreaterThanOrEqualTo(2);
    }

    private protected async Task CheckRoundsAsync(string agentName, string protocol)
    {
        var agent = Agent.All[agentName];
        string Call(TempWorkspace place, string name) => $"call:{agent.WritingCall(Path.Combine(place.Folder, name), $"{name}: größer & <b>, 100 %")}";
        var written = new List<string>();

        var (answer, seen) = await AskAsync(
            agentName, protocol,
            place => $"Write three files.\n{Call(place, "one.txt")}\n{Call(place, "two.txt")}\nthen\n{Call(place, "three.txt")}",
            place => written.AddRange(Directory.EnumerateFiles(place.Folder, "*.txt").Select(file => File.ReadAllText(file))));

        written.ShouldBe(["one.txt: größer & <b>, 100 %", "two.txt: größer & <b>, 100 %", "three.txt: größer & <b>, 100 %"], ignoreOrder: true);
        answer.ShouldContain("answered:");
        var turns = seen.Where(request => request.Body.Contains("one.txt", StringComparison.Ordinal)).ToList();
        turns.Count.ShouldBe(3);
        PromptPrefix.Changes(turns).ShouldBeEmpty();
    }

    private protected async Task CheckPictureAsync(string agentName, string protocol)
    {
        var agent = Agent.All[agentName];
        var (_, seen) = await AskAsync(agentName, protocol, place =>
        {
            var picture = Path.Combine(place.Folder, "dot.png");
            File.WriteAllBytes(picture, Convert.FromBase64String(Picture));
            return $"Look at this.\ncall:{agent.LookingCall(picture)}";
        });

        seen[^1].Body.ShouldContain(Picture);
    }

    private protected async Task CheckResumeAsync(string agent, string protocol)
    {
        var (answer, seen) = await AskAsync(agent, protocol, _ => "say:The first word.", then: "say:The second word.");

        answer.ShouldBe("The second word.");
        seen[^1].Body.ShouldContain("say:The first word.");
        PromptPrefix.Changes([.. seen.Where(request => request.Body.Contains("say:The first word.", StringComparison.Ordinal))]).ShouldBeEmpty();
    }

    private protected async Task CheckDeferredAsync(string protocol)
    {
        var claude = new ClaudeCode();
        string[] calls = [];
        var (answer, seen) = await AskAsync(
            claude, protocol,
            (address, place) =>
            {
                place.Settle("calendar.log", "");
                var log = Path.Combine(place.Home, "calendar.log");
                place.Settle("servers.json", JsonSerializer.Serialize(new
                {
                    mcpServers = new { cal = new { command = ClientsFolder.Node(), args = new[] { ClientsFolder.File("mcp", "calendar.mjs") }, env = new { CALENDAR_LOG = log } } },
                }));
                const string orders = "call:ToolSearch {\"query\":\"select:mcp__cal__list_events\",\"max_results\":3}\nthen\ncall:mcp__cal__list_events {\"day\":\"today\"}";
                return claude.AskDeferringAsync(address, orders, place, Path.Combine(place.Home, "servers.json"));
            },
            place => calls = File.ReadAllLines(Path.Combine(place.Home, "calendar.log")));

        calls.ShouldHaveSingleItem().ShouldContain("\"day\":\"today\"");
        answer.ShouldContain("09:00 Stand-up");
        seen.Count(request => request.Body.Contains("select:mcp__cal__list_events", StringComparison.Ordinal)).ShouldBeGreaterThanOrEqualTo(3);
    }

    private async Task<(string Answer, IReadOnlyList<SeenRequest> Seen)> AskAsync(
        string agentName, string protocolName, Func<TempWorkspace, string> prompt, Action<TempWorkspace>? after = null, string? then = null)
    {
        var agent = Agent.All[agentName];
        return await AskAsync(
            agent, protocolName,
            async (address, place) =>
            {
                var run = await agent.AskAsync(address, prompt(place), place);
                return then is not null && run.ExitCode == 0 ? await agent.AskAsync(address, then, place, resume: true) : run;
            },
            after);
    }

    private async Task<(string Answer, IReadOnlyList<SeenRequest> Seen)> AskAsync(
        Agent agent, string protocolName, Func<Uri, TempWorkspace, Task<ProgramRun>> ask, Action<TempWorkspace>? after)
    {
        var protocol = UpstreamProtocol.All[protocolName];
        var upstream = await fixture.GetAsync();
        await upstream.TakeRequestsAsync();
        await using var gateway = await GatewayHost.StartAsync(new StartOptions
        {
            ConfigText = protocol.Configuration(upstream.Address, [agent.Model, .. agent.SideModels]), Port = 0, LogLevel = LogLevel.None,
        });
        using var place = new TempWorkspace();

        var run = await ask(gateway.Address, place);

        var seen = await upstream.TakeRequestsAsync();
        TestContext.Current.TestOutputHelper?.WriteLine(run.ToString());
        foreach (var request in seen) TestContext.Current.TestOutputHelper?.WriteLine($"upstream: {request}");
        run.ExitCode.ShouldBe(0);
        seen.Where(request => request.Refused is not null || request.Status >= 400).ShouldBeEmpty();
        seen.ShouldNotBeEmpty();
        seen.ShouldAllBe(request => request.Path.Contains(protocol.Path, StringComparison.Ordinal) || request.Path.Contains("count", StringComparison.Ordinal));
        after?.Invoke(place);
        return (agent.Answer(run), seen);
    }
}
