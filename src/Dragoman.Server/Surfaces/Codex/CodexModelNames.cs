namespace Dragoman.Server.Surfaces.Codex;

/// <summary>Which of OpenAI's models stands for which of Claude's on this surface (wire notes codex-and-antigravity §A.12).</summary>
internal static class CodexModelNames
{
    /// <summary>What stands for every name that nothing else is known of, and for no name.</summary>
    public const string Default = "gpt-5.2";

    private const string ForOpus = "gpt-5.3-codex";
    private const string ForSonnet = Default;

    /// <summary>The names that Claude Code and its users write, as the list of models shows them.</summary>
    public static readonly IReadOnlyList<string> Shown = ["claude-opus-4-6", "claude-sonnet-4-6", "claude-haiku-4-5", "claude-opus-4-6-1m", "claude-sonnet-4-6-1m", "claude-opus-4-5", "claude-sonnet-4-5"];

    /// <summary>What is listed where there is no account.</summary>
    public static readonly IReadOnlyList<string> WithoutAccount = [ForOpus, "gpt-5.2-codex", "gpt-5.1-codex", Default];

    /// <summary>The model that a name stands for; null for the haiku marketplace.</summary>
    /// <param name="requested">The name, without a suffix.</param>
    public static string? TargetOf(string requested)
    {
        // OpenAI's own names, also those that are newer than the table.
        if (requested.StartsWith("gpt-", StringComparison.OrdinalIgnoreCase)) return requested;
        foreach (var (word, target) in (ReadOnlySpan<(string, string?)>)[("opus", ForOpus), ("sonnet", ForSonnet), ("haiku", null)])
            if (requested.Contains(word, StringComparison.OrdinalIgnoreCase)) return target;
        foreach (var name in (ReadOnlySpan<string>)["gpt-5.3-codex", "gpt-5.2-codex", "gpt-5.1-codex-max", "gpt-5.1-codex-mini", "gpt-5.1-codex", "gpt-5-codex-mini", "gpt-5-codex", "gpt-5.2", "gpt-5.1", "gpt-5"])
            if (requested.Contains(name, StringComparison.OrdinalIgnoreCase)) return name;
        return Default;
    }

    /// <summary>A name taken apart: without the mark of a long context, and without what stands in parentheses at its end, which is a wish for reasoning and comes behind the model that is asked.</summary>
    public static (string Name, string Suffix) Split(string requested)
    {
        var name = requested.Trim();
        var suffix = "";
        if (name.EndsWith("[1m]", StringComparison.OrdinalIgnoreCase)) name = name[..^4].TrimEnd();
        if (name.EndsWith(')') && name.LastIndexOf('(') is > 0 and var open) (name, suffix) = (name[..open].TrimEnd(), name[open..]);
        return (name, suffix);
    }
}
