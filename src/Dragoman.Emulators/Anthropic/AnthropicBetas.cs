using System.Text.RegularExpressions;
using Dragoman.Emulators.Http;

namespace Dragoman.Emulators.Anthropic;

/// <summary>Which of Anthropic's hosts the rules are applied for: Bedrock and Vertex AI take narrower bodies, counting needs no max_tokens.</summary>
internal enum AnthropicHost
{
    FirstParty,
    Counting,
    Bedrock,
    Vertex,
}

/// <summary>The beta flags of a request, and the body members that need one.</summary>
internal static partial class AnthropicBetas
{
    /// <summary>Members of the body that are unknown to the API until a beta flag with this beginning is sent.</summary>
    public static readonly (string Member, string Flag)[] Members =
    [
        ("context_management", "context-management-"),
        ("mcp_servers", "mcp-client-"),
        ("container", "code-execution-"),
        ("output_format", "structured-outputs-"),
        ("speed", "fast-mode-"),
        ("fallbacks", "server-side-fallback-"),
        ("fallback_credit_token", "fallback-credit-"),
        ("diagnostics", "cache-diagnosis-"),
        ("thread", "message-threads-"),
    ];

    public static HashSet<string> Read(Call call)
    {
        var flags = (call.Header("anthropic-beta") ?? "")
            .Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .ToHashSet(StringComparer.Ordinal);
        // Which flags exist changes monthly; what a flag looks like does not.
        var wrong = flags.Where(flag => !Form().IsMatch(flag)).ToList();
        if (wrong.Count > 0)
        {
            throw new Refusal(400, $"Unexpected value(s) {string.Join(", ", wrong.Select(flag => $"`{flag}`"))} for the `anthropic-beta` header. "
                + "Please consult our documentation at docs.claude.com or try again without the header.");
        }

        return flags;
    }

    [GeneratedRegex(@"^[a-z0-9][a-z0-9-]*-\d{4}-?\d{2}-?\d{2}$", RegexOptions.None, 10_000)]
    private static partial Regex Form();
}
