using System.Buffers;
using System.Text.RegularExpressions;

namespace Dragoman.Server.Observability;

/// <summary>
/// Words of others (clients, upstreams) as they may stand in a log: on one line, not at any length, and without what looks like a key.
/// An account's own secret is taken out before, wherever it stands; these are the keys that nobody here knows.
/// </summary>
internal static partial class LogText
{
    private const int Most = 400;

    /// <summary>One of these stands in every key that <see cref="Keys"/> finds; most texts have none, and are looked over in one sweep.</summary>
    private static readonly SearchValues<string> Marks = SearchValues.Create(["sk-", "rk-", "pk-", "sess-", "AIza", "AKIA", "ASIA", "ya29.", "ABSK", "eyJ", "Bearer"], StringComparison.Ordinal);

    public static string Of(string? text)
    {
        if (string.IsNullOrEmpty(text)) return "";
        if (text.Length > Most) text = string.Concat(text.AsSpan(0, Most), "…");
        if (text.AsSpan().ContainsAny(Marks)) text = Keys().Replace(text, "[redacted]");
        return text.AsSpan().ContainsAnyInRange('\0', '\x1f') ? Controls().Replace(text, " ") : text;
    }

    [GeneratedRegex(@"\b(?:sk|rk|pk|sess)-[A-Za-z0-9_\-]{6,}|\bAIza[A-Za-z0-9_\-]{10,}|\b(?:AKIA|ASIA)[A-Z0-9]{12,}|\bya29\.[A-Za-z0-9_\-]+|\bABSK[A-Za-z0-9+/=]{10,}|\beyJ[A-Za-z0-9_\-]{10,}\.[A-Za-z0-9_\-]+(?:\.[A-Za-z0-9_\-]+)?|(?<=\bBearer\s+)[^\s""',;]{6,}", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Keys();

    [GeneratedRegex(@"[\x00-\x1f\x7f]+", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Controls();
}
