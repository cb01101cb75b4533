using Dragoman.EndToEnd.Tests.Support;

namespace Dragoman.EndToEnd.Tests.Agents;

/// <summary>A command-line agent: how it is pointed at an address, asked something, and its answer read.</summary>
internal abstract class Agent
{
    /// <summary>All agents by name.</summary>
    public static readonly IReadOnlyDictionary<string, Agent> All =
        new Agent[] { new ClaudeCode(), new CodexCli(overWebSocket: false), new CodexCli(overWebSocket: true), new GeminiCli(signedIn: false), new GeminiCli(signedIn: true) }.ToDictionary(agent => agent.Name);

    /// <summary>The agent's name in the tests.</summary>
    public abstract string Name { get; }

    /// <summary>The model it is told to ask for.</summary>
    public abstract string Model { get; }

    /// <summary>Models that it asks for on its own, for titles and the like.</summary>
    public virtual IReadOnlyList<string> SideModels => [];


    /// <summary>Asks one thing, in a new session or in the last one, and waits for the end.</summary>
    public abstract Task<ProgramRun> AskAsync(Uri address, string prompt, TempWorkspace place, bool resume = false);

    /// <summary>The call that writes a file, as the emulators take it after <c>call:</c>: the name of the agent's own tool and its arguments.</summary>
    public abstract string WritingCall(string path, string content);

    /// <summary>The call that looks at a picture, in the same form.</summary>
    public abstract string LookingCall(string path);

    /// <summary>The final words of the answer.</summary>
    public abstract string Answer(ProgramRun run);
}
