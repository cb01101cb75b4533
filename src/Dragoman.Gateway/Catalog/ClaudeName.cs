using System.Globalization;

namespace Dragoman.Gateway.Catalog;

/// <summary>
/// A Claude model's name taken apart, however it is spelled: dots or dashes in the version, family before or behind it, a date, <c>-latest</c>,
/// <c>-thinking</c> (<c>claude-sonnet-4.5</c>, <c>claude-4-5-sonnet</c>, <c>claude-opus-4-5@20251101</c>, <c>claude-opus-4-5-thinking</c>).
/// </summary>
/// <param name="Family"><c>opus</c>, <c>sonnet</c>, <c>haiku</c>, …</param>
/// <param name="Major">The generation.</param>
/// <param name="Minor">The version within it; null where the name has none.</param>
/// <param name="Date">The snapshot as eight digits, or null.</param>
/// <param name="IsLatest">Whether the newest snapshot is asked for by word.</param>
/// <param name="IsThinking">Whether the name asks for thinking.</param>
public sealed record ClaudeName(string Family, int Major, int? Minor, string? Date, bool IsLatest, bool IsThinking)
{
    private static readonly string[] Families = ["opus", "sonnet", "haiku", "fable"];

    /// <summary>The snapshots of generation 3, which has no names without a date (docs.anthropic.com/en/docs/about-claude/models, read in November 2026).</summary>
    private static readonly Dictionary<string, string> Snapshots = new(StringComparer.Ordinal)
    {
        ["3-7-sonnet"] = "20250219", ["3-5-sonnet"] = "20241022", ["3-5-haiku"] = "20241022", ["3-opus"] = "20240229", ["3-sonnet"] = "20240229", ["3-haiku"] = "20240307",
    };

    /// <summary>What makes two spellings the same model; the date and the wish to think are not part of it.</summary>
    public string Model => FormattableString.Invariant($"{Family}-{Major}-{Minor ?? 0}");

    /// <summary>Reads a name; null for one that is not a Claude's of generation 3 or later, or that has more in it than is understood.</summary>
    public static ClaudeName? Read(string name)
    {
        if (!name.StartsWith("claude-", StringComparison.OrdinalIgnoreCase)) return null;
        // OpenRouter's way to write it; any other tag, and a path, is another host's business.
        if (name.EndsWith(":thinking", StringComparison.OrdinalIgnoreCase)) name = $"{name[..^9]}-thinking";
        if (name.AsSpan().ContainsAny(":/[(")) return null;
        string? family = null;
        string? date = null;
        var (major, minor) = ((int?)null, (int?)null);
        var (latest, thinking) = (false, false);
        foreach (var part in CanonicalName.Normalize(name)["claude-".Length..].Split('-'))
        {
            if (family is null && Array.IndexOf(Families, part) >= 0) family = part;
            else if (part is "latest" && !latest) latest = true;
            else if (part is "thinking" && !thinking) thinking = true;
            else if (part.Length == 8 && date is null && part.StartsWith("20", StringComparison.Ordinal) && IsNumber(part)) date = part;
            else if (part.Length is 1 or 2 && IsNumber(part) && date is null && major is null) major = Number(part);
            else if (part.Length is 1 or 2 && IsNumber(part) && date is null && minor is null) minor = Number(part);
            else return null;
        }

        return family is not null && major >= 3 ? new ClaudeName(family, major.Value, minor, date, latest, thinking) : null;
    }

    /// <summary>The id by which Anthropic's own API knows it.</summary>
    public string ForAnthropic()
    {
        if (Major == 3) return Generation3(Snapshots.GetValueOrDefault(Version3));
        // The first of generation 4 goes by "-0" where no date stands.
        return Dated(Major == 4 && Minor is null && Date is null ? $"claude-{Family}-4-0" : Version);
    }

    /// <summary>The name by which Bedrock's ids are looked up.</summary>
    public string ForBedrock() => Major == 3 ? Generation3(null) : Dated(Minor is > 0 ? Version : $"claude-{Family}-{Number(Major)}");

    /// <summary>Whether another spelling may mean the same: the same model, and no other snapshot of it.</summary>
    public bool Fits(ClaudeName other) => Model == other.Model && (Date is null || other.Date is null || Date == other.Date) && (IsThinking || !other.IsThinking);

    private string Version => Minor is { } minor ? $"claude-{Family}-{Number(Major)}-{Number(minor)}" : $"claude-{Family}-{Number(Major)}";

    private string Version3 => Minor is > 0 and var minor ? $"3-{Number(minor)}-{Family}" : $"3-{Family}";

    private string Generation3(string? snapshot) => $"claude-{Version3}{((Date ?? (IsLatest ? "latest" : snapshot)) is { } end ? "-" + end : "")}";

    private string Dated(string name) => Date is null ? name : $"{name}-{Date}";

    private static bool IsNumber(string text) => text.All(char.IsAsciiDigit);

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
}
