using Dragoman.Gateway.Flows;
using Dragoman.Gateway.Text;

namespace Dragoman.Server.Observability;

/// <summary>
/// Words of others (clients, upstreams) as they may stand in a log: on one line, not at any length, and without what looks like a key.
/// An account's own secret is taken out before, wherever it stands; these are the keys that nobody here knows.
/// </summary>
internal static class LogText
{
    private const int Most = 400;

    public static string Sanitize(string? text)
    {
        if (string.IsNullOrEmpty(text)) return "";
        if (text.Length > Most) text = string.Concat(text.AsSpan(0, Most), "…");
        text = SecretPatterns.Redact(text);
        return TerminalText.OneLine(text);
    }
}
