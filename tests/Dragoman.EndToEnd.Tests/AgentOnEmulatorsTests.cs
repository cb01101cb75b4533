using Dragoman.EndToEnd.Tests.Upstreams;

namespace Dragoman.EndToEnd.Tests;

/// <summary>An agent against our emulators, which check what they are sent as the providers would. A class an agent, so that agents run side by side.</summary>
public abstract class AgentOnEmulatorsTests(EmulatorFixture fixture, string agent) : AgentMatrix(fixture), IClassFixture<EmulatorFixture>
{
    public static TheoryData<string> Protocols => [.. UpstreamProtocol.All.Keys];

    [Theory, MemberData(nameof(Protocols))]
    public Task TextReachesTheAgent(string protocol) => CheckTextAsync(agent, protocol);

    [Theory, MemberData(nameof(Protocols))]
    public Task AToolCallChangesAFile(string protocol) => CheckToolAsync(agent, protocol);

    [Theory, MemberData(nameof(Protocols))]
    public Task RoundsOfParallelCallsKeepThePromptsPrefix(string protocol) => CheckRoundsAsync(agent, protocol);

    [Theory, MemberData(nameof(Protocols))]
    public Task APictureReachesTheUpstream(string protocol) => CheckPictureAsync(agent, protocol);

    private protected Task CheckResumeAsync(string protocol) => CheckResumeAsync(agent, protocol);
}

public sealed class ClaudeCodeOnEmulatorsTests(EmulatorFixture fixture) : AgentOnEmulatorsTests(fixture, "Claude Code")
{
    [Theory, MemberData(nameof(Protocols))]
    public Task ASessionIsTakenUpAgain(string protocol) => CheckResumeAsync(protocol);

    [Theory, MemberData(nameof(Protocols))]
    public Task ADeferredToolIsFoundAndCalled(string protocol) => CheckDeferredAsync(protocol);
}

[Trait("check", "responses 57")]
public sealed class CodexOnEmulatorsTests(EmulatorFixture fixture) : AgentOnEmulatorsTests(fixture, "Codex")
{
    [Theory, MemberData(nameof(Protocols))]
    public Task ASessionIsTakenUpAgain(string protocol) => CheckResumeAsync(protocol);
}

public sealed class CodexOverWebSocketOnEmulatorsTests(EmulatorFixture fixture) : AgentOnEmulatorsTests(fixture, "Codex over WebSocket")
{
    [Theory, MemberData(nameof(Protocols))]
    public Task ASessionIsTakenUpAgain(string protocol) => CheckResumeAsync(protocol);
}

public sealed class GeminiCliOnEmulatorsTests(EmulatorFixture fixture) : AgentOnEmulatorsTests(fixture, "Gemini CLI");

/// <summary>Gemini CLI as one who is signed in with Google uses it: everything it asks of Code Assist is asked of the gateway.</summary>
public sealed class GeminiCliSignedInTests(EmulatorFixture fixture) : AgentMatrix(fixture), IClassFixture<EmulatorFixture>
{
    private const string Agent = "Gemini CLI signed in";

    [Theory]
    [InlineData("gemini")]
    [InlineData("messages")]
    public Task TextReachesTheAgent(string protocol) => CheckTextAsync(Agent, protocol);

    [Theory]
    [InlineData("gemini")]
    [InlineData("responses")]
    public Task AToolCallChangesAFile(string protocol) => CheckToolAsync(Agent, protocol);
}
