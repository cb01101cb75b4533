namespace Dragoman.Bench.Requests;

/// <summary>
/// What a coding agent sends in the middle of its work, told in no language yet: a long system text, forty tools with schemas, and turns
/// in which the model called tools and got files back.
/// </summary>
internal sealed record AgentSession(string System, IReadOnlyList<AgentTool> Tools, IReadOnlyList<AgentStep> Steps)
{
    private static readonly string[] ToolNames =
        ["Read", "Write", "Edit", "Bash", "Glob", "Grep", "Task", "WebFetch", "WebSearch", "TodoWrite", "NotebookEdit", "KillShell", "BashOutput", "Skill"];

    /// <summary>The small one: a few words of system text and one question; a body of about 1.1 KB.</summary>
    public static AgentSession Small { get; } = new(new Words(3).Sentences(320), [], [new AgentStep(new Words(4).Sentences(650), [])]);

    /// <summary>A session with so many steps.</summary>
    public static AgentSession Large(int steps, int lastLength)
    {
        var words = new Words(7);
        var tools = new List<AgentTool>();
        for (var index = 0; index < 40; index++)
        {
            var name = index < ToolNames.Length ? ToolNames[index] : $"mcp__server_{index % 5}__action_{index}";
            var properties = new List<AgentProperty>();
            for (var count = 3 + words.Next(4); count > 0; count--)
                properties.Add(new AgentProperty($"argument_{count}", (AgentPropertyKind)words.Next(4), words.Sentences(60 + words.Next(80))));
            tools.Add(new AgentTool(name, words.Sentences(350 + words.Next(500)), properties));
        }

        var turns = new List<AgentStep> { new(words.Sentences(1_800), []) };
        for (var index = 0; index < steps; index++)
        {
            var calls = new List<AgentCall>();
            for (var count = 1 + words.Next(2); count > 0; count--)
                calls.Add(new AgentCall($"call_{index:D3}_{count}", ToolNames[words.Next(6)], $"/home/user/project/src/module_{index}/file_{count}.cs", words.Code(700 + words.Next(1_800))));
            turns.Add(new AgentStep(words.Sentences(150 + words.Next(200)), calls));
        }

        turns.Add(new AgentStep(words.Sentences(lastLength), []));
        return new AgentSession(words.Sentences(13_000), tools, turns);
    }
}

internal sealed record AgentTool(string Name, string Description, IReadOnlyList<AgentProperty> Properties);

internal enum AgentPropertyKind { Text, Number, Choice, List }

internal sealed record AgentProperty(string Name, AgentPropertyKind Kind, string Description);

/// <summary>Without calls: what the user says. With calls: what the model said as it called tools, and what they gave back.</summary>
internal sealed record AgentStep(string Text, IReadOnlyList<AgentCall> Calls);

internal sealed record AgentCall(string Id, string Tool, string Path, string Result)
{
    public string Arguments => $$"""{"file_path":"{{Path}}","limit":200}""";
}
