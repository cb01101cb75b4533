using System.Text.RegularExpressions;
using Dragoman.Gateway.Settings;

namespace Dragoman.Gateway.Configuration;

/// <summary>
/// Tells edits of a living file that nobody can have meant: a file that was emptied or cut off (a full disk, a copy that was interrupted, an editor that was
/// killed) reads as a configuration without upstreams and, worse, without client keys. Such a file is refused like one with an error in it.
/// </summary>
internal static partial class FaultyEdit
{
    /// <summary>What is wrong with an edit, or null.</summary>
    /// <param name="before">The text in force; null when there was no file.</param>
    /// <param name="previous">The configuration in force.</param>
    /// <param name="after">The new text.</param>
    /// <param name="next">What it says.</param>
    public static ConfigDiagnostic? Find(string? before, GatewayConfig previous, string after, GatewayConfig next)
    {
        if (!string.IsNullOrWhiteSpace(before) && IsEmptyDocument(after) && !IsEmptyDocument(before))
            return Refused("The file was emptied; the former configuration stays in force.", "put its content back, or restart the gateway to run without it");
        if (before is not null && before.Length > after.Length && before.StartsWith(after, StringComparison.Ordinal))
        {
            if (before.EndsWith('\n') && !after.EndsWith('\n'))
                return Refused("The file was cut off in the middle of a line; the former configuration stays in force.", "restore the missing part, or end the last line");
            if (previous.Accounts.Count > 0 && next.Accounts.Count == 0)
                return Refused("The file was cut off before its upstreams; the former configuration stays in force.", "restore the missing part, or restart the gateway to run without it");
        }

        if (previous.ApiKeys.Count > 0 && next.ApiKeys.Count == 0 && !NoKeys().IsMatch(after))
            return Refused("All client keys are gone from the file; the former configuration stays in force, keys included.", "put api-keys: back, or write 'api-keys: []' to say that none are meant");
        return null;
    }

    private static ConfigDiagnostic Refused(string message, string remedy) => new(DiagnosticSeverity.Error, "", 0, 0, message, remedy);

    /// <summary>Whether there is nothing but blank lines, comments and document marks.</summary>
    private static bool IsEmptyDocument(string text)
    {
        foreach (var line in text.AsSpan().EnumerateLines())
        {
            var word = line.Trim().TrimStart('\uFEFF').TrimStart('\0');
            if (!word.IsEmpty && word[0] != '#' && word is not "---" and not "..." and not "{}") return false;
        }

        return true;
    }

    [GeneratedRegex("^api-keys:[ \\t]*(\\[[ \\t]*\\]|~|null)[ \\t]*(#.*)?\\r?$", RegexOptions.Multiline | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 10_000)]
    private static partial Regex NoKeys();
}
