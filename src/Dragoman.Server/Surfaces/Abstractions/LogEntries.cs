using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Dragoman.Gateway.Flows;
using Dragoman.Server.Observability;

namespace Dragoman.Server.Surfaces.Abstractions;

/// <summary>
/// Lines of the log as the proxies in JavaScript show them: <c>{"timestamp","level","message","icon"}</c> (wire notes codex-and-antigravity §A.9). What looks like a key is taken out, and e-mail
/// addresses are shortened.
/// </summary>
internal static partial class LogEntries
{
    /// <summary>How many lines these systems keep.</summary>
    public const int Kept = 1_000;

    /// <summary>The lines that are kept.</summary>
    public static JsonArray From(RecentLog log) => new([.. log.Read(most: Kept).Select(static line => (JsonNode)From(line))]);

    /// <summary>One line.</summary>
    public static JsonObject From(LogLine line)
    {
        var (level, icon) = line.Level switch
        {
            LogLevel.Trace or LogLevel.Debug => ("DEBUG", "•"),
            LogLevel.Information => ("INFO", "ℹ"),
            LogLevel.Warning => ("WARN", "⚠"),
            _ => ("ERROR", "✗"),
        };
        return new JsonObject
        {
            ["timestamp"] = line.At.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture),
            ["level"] = level,
            ["message"] = Shortened($"[{line.Category}] {line.Message}"),
            ["icon"] = icon,
        };
    }

    private static string Shortened(string message) => Addresses().Replace(SecretPatterns.Redact(message), static match => $"{match.Groups["head"].Value}***@{match.Groups["host"].Value}");

    [GeneratedRegex(@"\b(?<head>[A-Za-z0-9._%+\-]{1,2})[A-Za-z0-9._%+\-]*@(?<host>[A-Za-z0-9])[A-Za-z0-9.\-]*", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Addresses();
}
