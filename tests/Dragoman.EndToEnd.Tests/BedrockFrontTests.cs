using Dragoman.Emulators;
using Dragoman.EndToEnd.Tests.Agents;
using Dragoman.EndToEnd.Tests.Support;
using Dragoman.EndToEnd.Tests.Upstreams;
using Dragoman.Server.Hosting;
using Microsoft.Extensions.Logging;

namespace Dragoman.EndToEnd.Tests;

/// <summary>Claude Code in its Bedrock mode, with the gateway in Bedrock's place.</summary>
public sealed class BedrockFrontTests
{
    [Theory]
    [InlineData("messages")]
    [InlineData("responses")]
    public async Task Claude_Code_in_its_Bedrock_mode_writes_a_file(string protocol)
    {
        var agent = new ClaudeCode();
        ClientsFolder.Command("claude");
        await using var vendor = await EmulatorHost.StartAsync();
        await using var gateway = await GatewayHost.StartAsync(new StartOptions
        {
            ConfigText = UpstreamProtocol.All[protocol].Configuration(vendor.Address, [agent.Model, .. agent.SideModels]), Port = 0, LogLevel = LogLevel.None,
        });
        using var place = new TempWorkspace();
        var file = Path.Combine(place.Folder, "note.txt");

        var run = await agent.AskOnBedrockAsync(gateway.Address, $"create file {file} with By Bedrock", place);

        TestContext.Current.TestOutputHelper?.WriteLine(run.ToString());
        foreach (var request in vendor.Requests) TestContext.Current.TestOutputHelper?.WriteLine($"upstream: {new SeenRequest(request.Target, request.Status, request.Refused, request.Text)}");
        run.ExitCode.ShouldBe(0);
        (await File.ReadAllTextAsync(file)).TrimEnd().ShouldBe("By Bedrock");
        vendor.Requests.ShouldAllBe(request => request.Refused == null);
    }
}
