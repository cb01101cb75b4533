using Dragoman.EndToEnd.Tests.Agents;
using Dragoman.EndToEnd.Tests.Upstreams;

namespace Dragoman.EndToEnd.Tests;

/// <summary>Against a third party's mock.</summary>
public sealed class AgentsOnAimockTests(AimockFixture fixture) : AgentMatrix(fixture), IClassFixture<AimockFixture>
{
    // aimock does not wrap the chunks of InvokeModelWithResponseStream in "bytes" as AWS does; Bedrock is Converse there.
    public static MatrixTheoryData<string, string> Cells => new(Agent.All.Keys, UpstreamProtocol.All.Keys.Where(name => name != "bedrock-claude"));

    [Theory, MemberData(nameof(Cells))]
    public Task TextReachesTheAgent(string agent, string protocol) => CheckTextAsync(agent, protocol);

    [Theory, MemberData(nameof(Cells))]
    public Task AToolCallChangesAFile(string agent, string protocol) => CheckToolAsync(agent, protocol);
}
