using System.Text.Json.Nodes;
using Dragoman.Server.Tests.Cli;
using Dragoman.Server.Tests.Support;
using CommandProcess = Dragoman.Server.Tests.Cli.Program;

namespace Dragoman.Server.Tests.Flows;

/// <summary><c>dragoman flows</c> as it is run.</summary>
public sealed class CommandTests
{
    [Fact]
    public async Task Flows_are_found_shown_marked_exported_replayed_and_removed()
    {
        await using var rig = await GatewayFixture.StartAsync(FlowFixture.Full);
        using var answer = await rig.PostAsync("/v1/messages", Talk.Messages("claude-1", "say:pomegranate"));
        var id = (await FlowFixture.OfAsync(rig.Http, answer)).Text("id");

        (await RunAsync(rig, "list")).ShouldContain(id);
        (await RunAsync(rig, "list", "--text", "zebra")).ShouldContain("No flows fit.");
        JsonNode.Parse(await RunAsync(rig, "list", "--json", "--status", "2xx", "--losses", "false"))!["flows"]!.AsArray().ShouldHaveSingleItem().Text("id").ShouldBe(id);
        var shown = await RunAsync(rig, "show", "req_" + id);
        shown.ShouldContain("claude-sonnet-4-5");
        shown.ShouldContain("client-answer");
        (await RunAsync(rig, "show", id, "--body", "client-request")).ShouldContain("say:pomegranate");

        await RunAsync(rig, "bookmark", id);
        await RunAsync(rig, "note", id, "a fruit");
        await RunAsync(rig, "tag", id, "red", "sweet");
        await RunAsync(rig, "tag", id, "--", "-red");
        var marked = JsonNode.Parse(await RunAsync(rig, "show", id, "--json"))!;
        marked["bookmarked"]!.GetValue<bool>().ShouldBeTrue();
        marked.Text("note").ShouldBe("a fruit");
        marked["tags"]!.AsArray().ShouldHaveSingleItem()!.GetValue<string>().ShouldBe("sweet");

        (await RunAsync(rig, "export", "--format", "markdown")).ShouldContain("pomegranate");
        var file = Path.Combine(Directory.CreateTempSubdirectory("dragoman-flows-").FullName, "one.har");
        await RunAsync(rig, "export", id, "--output", file);
        HarShape.Check(JsonNode.Parse(await File.ReadAllTextAsync(file))!);
        Directory.Delete(Path.GetDirectoryName(file)!, recursive: true);

        var replay = await RunAsync(rig, "replay", id, "--model", "chat-1");
        replay.ShouldContain("pomegranate");
        replay.ShouldContain("Differs in: model");
        (await RunAsync(rig, "totals")).ShouldContain("2 flows");

        (await RunAsync(rig, "remove", id)).ShouldContain("Removed.");
        var (code, _, error) = await CommandProcess.RunAsync("flows", "show", id, "--url", rig.Gateway.Address.ToString());
        code.ShouldBe(1);
        error.ShouldContain($"There is no flow '{id}'");
    }

    [Fact]
    public async Task The_tail_prints_a_line_a_flow_until_it_is_stopped()
    {
        await using var rig = await GatewayFixture.StartAsync();
        await using var tail = CommandProcess.Start("flows", "tail", "--model", "chat*", "--url", rig.Gateway.Address.ToString());
        for (var tries = 0; rig.Gateway.Flows.Feed.Listeners == 0; tries++)
        {
            tries.ShouldBeLessThan(3_000);
            await Task.Delay(20);
        }

        using var other = await rig.PostAsync("/v1/messages", Talk.Messages("claude-1"));
        using var answer = await rig.PostAsync("/v1/chat/completions", Talk.Chat("chat-1"));
        var id = answer.Header("x-dragoman-flow")!;
        (await tail.OutputAsync(id)).ShouldContain(" 200 chat-1 chat ");
        tail.Out.ShouldNotContain(other.Header("x-dragoman-flow")!);
        tail.Signal("INT");
        await tail.EndAsync(TimeSpan.FromSeconds(30));
        tail.ExitCode.ShouldBe(0);
    }

    private static async Task<string> RunAsync(GatewayFixture rig, params string[] arguments)
    {
        var separator = Array.IndexOf(arguments, "--");
        string[] place = ["--url", rig.Gateway.Address.ToString()];
        string[] all = separator < 0 ? ["flows", .. arguments, .. place] : ["flows", .. arguments[..separator], .. place, .. arguments[separator..]];
        var (code, output, error) = await CommandProcess.RunAsync(all);
        code.ShouldBe(0, $"{string.Join(' ', all)}\n{output}\n{error}");
        return output;
    }
}
