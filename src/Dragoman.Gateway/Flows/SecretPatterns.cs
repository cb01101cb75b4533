using System.Buffers;
using System.Text.RegularExpressions;

namespace Dragoman.Gateway.Flows;

/// <summary>Masks what looks like a key in words of others: the keys that nobody here knows. Known ones are taken out by their value before.</summary>
public static partial class SecretPatterns
{
    /// <summary>Nearly every text has none of these and is not looked at any further.</summary>
    private static readonly SearchValues<string> Beginnings = SearchValues.Create(
        ["sk-", "rk-", "pk-", "sess-", "AIza", "AKIA", "ASIA", "ya29.", "ABSK", "ghp_", "gho_", "ghu_", "ghs_", "ghr_", "eyJ", "Bearer"], StringComparison.Ordinal);

    /// <summary>What stands in a key's place.</summary>
    public const string Mask = "[redacted]";

    /// <summary>One of these stands in every key that is found; most texts have none, and are looked over in one sweep.</summary>
    private static readonly SearchValues<string> Marks = SearchValues.Create(["sk-", "rk-", "pk-", "sess-", "AIza", "AKIA", "ASIA", "ya29.", "ABSK", "ghp_", "gho_", "ghu_", "ghs_", "ghr_", "eyJ", "Bearer", "dgm_"], StringComparison.Ordinal);

    /// <summary>The text with everything that looks like a key masked; the same object where there is nothing.</summary>
    public static string Redact(string text) => text.AsSpan().ContainsAny(Marks) ? Keys().Replace(text, Mask) : text;

    /// <summary>Like <see cref="Redact"/>, and the values of members and variables that are named like a secret.</summary>
    internal static string RedactBody(string text) => Named().Replace(Redact(text), match => $"{match.Groups["head"].Value}{Mask}");

    [GeneratedRegex(@"\b(?:sk|rk|pk|sess)-[A-Za-z0-9_\-]{6,}|\bAIza[A-Za-z0-9_\-]{10,}|\b(?:AKIA|ASIA)[A-Z0-9]{12,}|\bya29\.[A-Za-z0-9_\-]+|\bABSK[A-Za-z0-9+/=]{10,}|\bgh[pousr]_[A-Za-z0-9]{20,}|\bdgm_[A-Za-z0-9_\-]{20,}|\beyJ[A-Za-z0-9_\-]{10,}\.[A-Za-z0-9_\-]+(?:\.[A-Za-z0-9_\-]+)?|(?<keep>\bBearer\s+)[^\s""',;\\]{6,}", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Keys();

    [GeneratedRegex(@"(?<head>(?:api[_-]?key|authorization|goog-api-key|access[_-]?token|refresh[_-]?token|client[_-]?secret|secret[_-]?access[_-]?key|session[_-]?token|set-cookie|password)\\*[""']\s*:\s*\\*[""'](?:Basic\s+)?)(?!\[redacted)[^\s""'\\]{8,}", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Named();
}
