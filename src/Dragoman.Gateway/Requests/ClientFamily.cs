namespace Dragoman.Gateway.Requests;

/// <summary>
/// Which client program a request comes from, by what it calls itself. A closed list: usage is summed by it, and a name that a stranger chooses must not make rows. It decides nothing.
/// </summary>
public static class ClientFamily
{
    /// <summary>A program that is not in the list, or one that says nothing of itself.</summary>
    public const string Other = "other";

    private const int Longest = 300;

    /// <summary>What a user agent begins with, and the family; the first that fits.</summary>
    private static readonly (string Beginning, string Family)[] Beginnings =
    [
        ("claude-cli", "claude-code"), ("claude-code", "claude-code"), ("codex", "codex"), ("geminicli", "gemini-cli"), ("gemini-cli", "gemini-cli"), ("QwenCode", "qwen-code"), ("qwen-code", "qwen-code"),
        ("opencode", "opencode"), ("KimiCLI", "kimi-cli"), ("iFlow", "iflow-cli"), ("Cline", "cline"), ("RooCode", "roo-code"), ("Roo-Code", "roo-code"), ("Kilo", "kilo-code"), ("Cursor", "cursor"),
        ("aider", "aider"), ("Zed", "zed"), ("GithubCopilot", "copilot"), ("copilot", "copilot"), ("factory", "droid"), ("droid", "droid"), ("crush", "crush"), ("charm", "crush"), ("goose", "goose"),
        ("amp", "amp"), ("antigravity", "antigravity"), ("KiroIDE", "kiro"), ("kiro", "kiro"), ("litellm", "litellm"), ("OpenAI/", "openai-sdk"), ("AsyncOpenAI/", "openai-sdk"), ("Anthropic/", "anthropic-sdk"),
        ("AsyncAnthropic/", "anthropic-sdk"), ("google-genai", "google-sdk"), ("ai-sdk", "ai-sdk"), ("ai/", "ai-sdk"), ("langchain", "langchain"), ("curl/", "curl"), ("dragoman", "dragoman"),
    ];

    /// <summary>What stands anywhere in the user agents of programs that are made of a browser, or put others' names first.</summary>
    private static readonly (string Part, string Family)[] Parts =
    [
        ("CherryStudio", "cherry-studio"), ("Cursor/", "cursor"), ("ai-sdk/", "ai-sdk"), ("google-genai-sdk", "google-sdk"), ("KiroIDE", "kiro"), ("Mozilla/", "browser"),
    ];

    /// <summary>The family; <see cref="Other"/> for none that is known.</summary>
    public static string Of(string userAgent)
    {
        ArgumentNullException.ThrowIfNull(userAgent);
        var text = userAgent.AsSpan(0, Math.Min(userAgent.Length, Longest)).TrimStart();
        if (text.IsEmpty) return Other;
        foreach (var (beginning, family) in Beginnings)
            if (text.StartsWith(beginning, StringComparison.OrdinalIgnoreCase)) return family;
        foreach (var (part, family) in Parts)
            if (text.Contains(part, StringComparison.OrdinalIgnoreCase)) return family;
        return Other;
    }
}
