using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Providers;

namespace Dragoman.Providers.Vertex;

/// <summary>
/// Anthropic's beta flags as Vertex AI takes them: in the header, as at Anthropic, but fewer. One that it does not know is a 400 for the whole request ("Unexpected value(s) … for the <c>anthropic-beta</c> header"), so
/// that those are left out which mean nothing there or are on without a flag.
/// </summary>
/// <remarks>Known ones as of 2026-11, by what gateways and agents report: BerriAI/litellm (anthropic_beta_headers_config.json; #19984, #22321, #31607), anthropics/claude-code#12429, #34802.</remarks>
internal static class VertexBetas
{
    /// <summary>The header.</summary>
    public const string Header = "anthropic-beta";

    private static readonly HashSet<string> Known = new(StringComparer.OrdinalIgnoreCase)
    {
        "tool-search-tool-2025-10-19", "compact-2026-01-12", "compact-2026-09-04", "computer-use-2025-01-24", "computer-use-2025-11-24", "context-management-2025-06-27", "dangerous-tool-use-2026-09-03",
        "interleaved-thinking-2025-05-14", "per-turn-control-2026-07-01", "thinking-binding-controls-2026-08-01", "thinking-display-updates-2026-08-18", WebSearch,
    };

    private const string WebSearch = "web-search-2025-03-05";

    /// <summary>The client's headers for a request, with the flags that Vertex AI takes.</summary>
    public static IReadOnlyList<KeyValuePair<string, string>> Filter(UpstreamCall call)
    {
        if (!call.ClientHeaders.Any(IsBeta)) return call.ClientHeaders;
        var headers = call.ClientHeaders.Where(header => !IsBeta(header)).ToList();
        var flags = new List<string>();
        foreach (var (_, value) in call.ClientHeaders.Where(IsBeta))
        {
            foreach (var flag in value.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
                if (NameOf(flag, call) is { } name && !flags.Contains(name, StringComparer.OrdinalIgnoreCase)) flags.Add(name);
        }

        if (flags.Count > 0) headers.Add(new(Header, string.Join(',', flags)));
        return headers;
    }

    /// <summary>The flag's name on Vertex AI; null where it is not sent.</summary>
    private static string? NameOf(string flag, UpstreamCall call)
    {
        if (flag.Equals("advanced-tool-use-2025-11-20", StringComparison.OrdinalIgnoreCase)) flag = "tool-search-tool-2025-10-19";
        // The count knows this flag less than the answer does.
        if (call.Operation == UpstreamOperation.CountTokens && flag.Equals(WebSearch, StringComparison.OrdinalIgnoreCase)) return null;
        return Known.Contains(flag) || IsOwners(call.Account, flag) ? flag : null;
    }

    private static bool IsOwners(Account account, string flag)
        => account.Options.TryGetValue(VertexAccountSchema.Betas.Name, out var more) && more.Split(',').Contains(flag, StringComparer.OrdinalIgnoreCase);

    private static bool IsBeta(KeyValuePair<string, string> header) => header.Key.Equals(Header, StringComparison.OrdinalIgnoreCase);
}
