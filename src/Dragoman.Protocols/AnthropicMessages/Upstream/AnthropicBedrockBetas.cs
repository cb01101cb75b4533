namespace Dragoman.Protocols.AnthropicMessages.Upstream;

/// <summary>Anthropic's beta flags as Bedrock knows them: fewer, and one by another name. A flag that it does not know is a 400 for the whole request.</summary>
/// <remarks>docs.aws.amazon.com/bedrock "Anthropic Claude Messages API", anthropic_beta; platform.claude.com "Tool search tool", per provider.</remarks>
public static class AnthropicBedrockBetas
{
    /// <summary>The flag that lets tools be searched for and deferred.</summary>
    public const string ToolSearch = "tool-search-tool-2025-10-19";

    private static readonly HashSet<string> Known = new(StringComparer.OrdinalIgnoreCase)
    {
        "computer-use-2024-10-22", "computer-use-2025-01-24", "computer-use-2025-11-24", "token-efficient-tools-2025-02-19", "interleaved-thinking-2025-05-14",
        "output-128k-2025-02-19", "dev-full-thinking-2025-05-14", "context-1m-2025-08-07", "context-management-2025-06-27", "effort-2025-11-24", ToolSearch,
        "tool-examples-2025-10-29", "fine-grained-tool-streaming-2025-05-14", "thinking-token-count-2026-05-13",
    };

    /// <summary>The flag's name on Bedrock, or null where Bedrock refuses it.</summary>
    public static string? NameOf(string beta)
    {
        if (beta.Equals("advanced-tool-use-2025-11-20", StringComparison.OrdinalIgnoreCase)) return ToolSearch;
        return Known.Contains(beta) ? beta : null;
    }

    /// <summary>Whether the flag means something to Converse, which has no search for tools (platform.claude.com "Tool search tool").</summary>
    public static bool IsForConverse(string beta) => NameOf(beta) is { } name && name is not (ToolSearch or "tool-examples-2025-10-29");

    /// <summary>The flags that Bedrock knows, by its names, each once and in order.</summary>
    public static List<string> Filter(IEnumerable<string> betas)
    {
        var known = new List<string>();
        foreach (var beta in betas)
        {
            if (NameOf(beta) is { } name && !known.Contains(name)) known.Add(name);
        }

        return known;
    }
}
