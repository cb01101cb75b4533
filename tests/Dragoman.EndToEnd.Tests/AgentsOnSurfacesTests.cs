using Dragoman.Emulators;
using Dragoman.EndToEnd.Tests.Agents;
using Dragoman.EndToEnd.Tests.Support;
using Dragoman.EndToEnd.Tests.Upstreams;
using Dragoman.Server.Hosting;
using Microsoft.Extensions.Logging;

namespace Dragoman.EndToEnd.Tests;

/// <summary>The agents on the listeners of the surfaces: what a surface changes in the clients' API does not disturb them.</summary>
public sealed class AgentsOnSurfacesTests
{
    [Theory]
    [InlineData("Claude Code", "kiro", "messages")]
    [InlineData("Claude Code", "codex", "responses")]
    [InlineData("Claude Code", "cliproxy", "gemini")]
    [InlineData("Claude Code", "antigravity", "gemini")]
    [InlineData("Claude Code", "bedrock", "bedrock-claude")]
    [InlineData("Codex", "cliproxy", "responses")]
    [InlineData("Codex", "kiro", "messages")]
    [InlineData("Gemini CLI", "cliproxy", "messages")]
    [InlineData("OpenCode", "kiro", "responses")]
    [InlineData("OpenCode", "codex", "responses")]
    [InlineData("OpenCode", "cliproxy", "gemini")]
    [InlineData("OpenCode", "antigravity", "messages")]
    [InlineData("OpenCode", "bedrock", "responses")]
    [InlineData("OpenCode by Messages", "cliproxy", "responses")]
    [Trait("check", "codex 27")]
    public async Task A_file_is_written(string name, string surface, string protocol)
    {
        var agent = name switch { "OpenCode" => new OpenCodeCli("@ai-sdk/openai-compatible"), "OpenCode by Messages" => new OpenCodeCli("@ai-sdk/anthropic"), _ => Agent.All[name] };
        await using var vendor = await EmulatorHost.StartAsync();
        await using var gateway = await GatewayHost.StartAsync(new StartOptions
        {
            ConfigText = $"listeners:\n  - {{ surface: {surface}, port: 0 }}\n{UpstreamProtocol.All[protocol].Configuration(vendor.Address, [agent.Model, .. agent.SideModels])}", Port = 0, LogLevel = LogLevel.None,
        });
        using var place = new TempWorkspace();
        var file = Path.Combine(place.Folder, "note.txt");

        var run = await agent.AskAsync(gateway.Addresses[^1], $"create file {file} with On a surface", place);

        TestContext.Current.TestOutputHelper?.WriteLine(run.ToString());
        foreach (var request in vendor.Requests) TestContext.Current.TestOutputHelper?.WriteLine($"upstream: {new SeenRequest(request.Target, request.Status, request.Refused, request.Text)}");
        run.ExitCode.ShouldBe(0);
        (await File.ReadAllTextAsync(file)).TrimEnd().ShouldBe("On a surface");
        vendor.Requests.ShouldAllBe(request => request.Refused == null);
    }
}
