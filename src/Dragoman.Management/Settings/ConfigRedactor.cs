using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Dragoman.Gateway.Configuration.Editing;

namespace Dragoman.Management.Settings;

/// <summary>
/// Hides the secrets of a configuration's text and puts them back: a hidden one reads <c>&lt;hidden-…&gt;</c>, and a text that comes back with
/// such a mark gets the secret that the file has in its place. Marks hold for the life of the process and give nothing of the secret away.
/// </summary>
internal sealed partial class ConfigRedactor
{
    private readonly byte[] _key = RandomNumberGenerator.GetBytes(32);

    /// <summary>The text without its secrets.</summary>
    public string Hide(string text)
    {
        var hidden = new StringBuilder(text);
        foreach (var (start, length) in Ranges(text).OrderByDescending(place => place.Start))
        {
            var secret = text.Substring(start, length);
            hidden.Remove(start, length).Insert(start, MarkOf(secret));
        }

        return hidden.ToString();
    }

    /// <summary>A value as it is shown.</summary>
    public string Hide(string path, string value) => ConfigSecrets.IsSecret(path, value) ? MarkOf(value) : ConfigSecrets.PasswordOf(value) is { Length: > 0 } password ? value.Replace(password, MarkOf(password), StringComparison.Ordinal) : value;

    /// <summary>The text with the secrets of <paramref name="known"/> in place of their marks; null when it has a mark that none of them has.</summary>
    public string? Reveal(string text, string known)
    {
        if (!text.Contains("<hidden-", StringComparison.Ordinal)) return text;
        var secrets = Ranges(known).Select(place => known.Substring(place.Start, place.Length)).Distinct().ToDictionary(MarkOf);
        var unknown = false;
        var revealed = Mark().Replace(text, match =>
        {
            if (secrets.TryGetValue(match.Value, out var secret)) return secret;
            unknown = true;
            return match.Value;
        });
        return unknown ? null : revealed;
    }

    private string MarkOf(string secret) => $"<hidden-{Convert.ToHexStringLower(HMACSHA256.HashData(_key, Encoding.UTF8.GetBytes(secret)).AsSpan(0, 8))}>";

    /// <summary>Where the text's secrets stand, without their quotes; in comments, too, where keys that were switched off are kept.</summary>
    private static IEnumerable<(int Start, int Length)> Ranges(string text)
    {
        var values = ConfigScalars.Read(text);
        foreach (var scalar in values)
        {
            if (ConfigSecrets.IsSecret(scalar.Path, scalar.Value)) yield return (scalar.Start, scalar.Length);
            else if (ConfigSecrets.PasswordOf(scalar.Value) is { Length: > 0 } password && text.AsSpan(scalar.Start, scalar.Length).IndexOf(password) is >= 0 and var at) yield return (scalar.Start + at, password.Length);
        }

        foreach (Match match in Commented().Matches(text))
        {
            var word = match.Groups["word"];
            if (!values.Any(scalar => scalar.Start < word.Index + word.Length && word.Index < scalar.Start + scalar.Length)) yield return (word.Index, word.Length);
        }
    }

    [GeneratedRegex("<hidden-[0-9a-f]{16}>", RegexOptions.CultureInvariant, 10_000)]
    private static partial Regex Mark();

    /// <summary>A long word of letters and digits in what may be a comment.</summary>
    [GeneratedRegex(@"(?<=#[^\n]*)(?<![\w$./{-])(?<word>(?=[\w-]*[0-9])(?=[\w-]*[A-Za-z])[\w-]{16,})(?![\w./}-])", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 10_000)]
    private static partial Regex Commented();
}
