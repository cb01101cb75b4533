using System.Globalization;
using System.Text.RegularExpressions;
using Dragoman.Gateway.Catalog;
using Dragoman.Gateway.Routing;

namespace Dragoman.Server.Surfaces.Kiro;

/// <summary>
/// What names of other vendors' models stand for in a Kiro proxy (wire note C.1, C.2): its table of six names and its further aliases, after the spellings of versions were made alike. What they
/// lead to and is not there is replaced by the newest of the same family that is.
/// </summary>
internal static partial class KiroModelNames
{
    private const string Usual = "claude-sonnet-4";

    private static readonly Dictionary<string, string> Aliases = new(StringComparer.OrdinalIgnoreCase)
    {
        // The documented six.
        ["gpt-4o"] = Usual, ["gpt-4"] = Usual, ["gpt-4o-mini"] = "claude-haiku-4.5", ["gpt-3.5-turbo"] = "claude-haiku-4.5", ["o1"] = "claude-opus-4.5", ["o1-preview"] = "claude-opus-4.5",
        // The further ones.
        ["gpt-4-turbo"] = Usual, ["o1-mini"] = Usual, ["o3-mini"] = Usual, ["o4-mini"] = Usual, ["o3"] = "claude-opus-4.5",
        ["claude-3-5-sonnet"] = Usual, ["claude-3-sonnet"] = Usual, ["claude-4-sonnet"] = Usual, ["sonnet"] = Usual,
        ["claude-3-5-haiku"] = "claude-haiku-4.5", ["claude-3-haiku"] = "claude-haiku-4.5", ["haiku"] = "claude-haiku-4.5",
        ["claude-3-opus"] = "claude-opus-4.5", ["claude-4-opus"] = "claude-opus-4.5", ["opus"] = "claude-opus-4.5",
        ["gemini-1.5-pro"] = "claude-sonnet-4.5", ["gemini-2.5-pro"] = "claude-sonnet-4.5",
        ["gemini-2.0-flash"] = Usual, ["gemini-1.5-flash"] = Usual, ["gemini-2.5-flash"] = Usual, ["gemini-2.0-flash-thinking"] = "claude-opus-4.5",
        ["auto-kiro"] = "auto", ["claude-3.7-sonnet"] = "CLAUDE_3_7_SONNET_20250219_V1_0",
    };

    /// <summary>The ids that the list has where no account says what it serves (wire note A.1.1).</summary>
    public static IReadOnlyList<string> Static { get; } = ["auto", "claude-sonnet-4", "claude-sonnet-4.5", "claude-haiku-4.5", "claude-opus-4.5"];

    /// <summary>The model that a name stands for. A name that is served, in any spelling of its version, stays what it is.</summary>
    /// <param name="requested">The name that the client used.</param>
    /// <param name="models">The models that are there.</param>
    /// <param name="isListed">Whether the service has listed a model for one of its accounts, though the gateway's own list may not show it.</param>
    public static string Resolve(string requested, IReadOnlyList<VisibleModel> models, Func<string, bool> isListed)
    {
        var name = requested.Trim();
        if (name.Length > 0 && Find(name, models) is not null) return requested;
        if (name.Length == 0) name = Usual;
        var plain = Normalize(name);
        // A name as it stands comes before its other spellings: claude-3-opus is no version 3 of a family.
        var target = ((string[])[name, Undated(name), plain, Undated(plain)]).Select(static one => Aliases.GetValueOrDefault(one)).FirstOrDefault(static one => one is not null);
        var wanted = target ?? plain;
        if (isListed(wanted)) return target is null && requested.Length > 0 ? requested : wanted;
        if (Find(wanted, models) is { } served) return served;
        // Of a service that has listed nothing yet nobody knows what it lacks.
        return Nearest(wanted, models) ?? (target is not null || requested.Length == 0 ? wanted : requested);
    }

    /// <summary>A name in the spelling of this service: <c>claude-sonnet-4.5</c> for <c>claude-sonnet-4-5-20250929</c>, <c>claude-opus-4.5</c> for <c>claude-4.5-opus-high</c>.</summary>
    public static string Normalize(string name)
    {
        if (Seven().IsMatch(name)) return "claude-3.7-sonnet";
        if (Inverted().Match(name) is { Success: true } inverted) return $"claude-{inverted.Groups["family"].Value}-{inverted.Groups["version"].Value}".ToLowerInvariant();
        // Eight digits are a date and no smaller version.
        if (Dated().Match(name) is { Success: true } dated) return $"claude-{dated.Groups["family"].Value}-{dated.Groups["major"].Value}".ToLowerInvariant();
        if (Dashed().Match(name) is { Success: true } dashed) return $"claude-{dashed.Groups["family"].Value}-{dashed.Groups["major"].Value}.{dashed.Groups["minor"].Value}".ToLowerInvariant();
        return name;
    }

    private static string Undated(string name) => End().Replace(name, "");

    private static string? Find(string name, IReadOnlyList<VisibleModel> models)
    {
        var canonical = CanonicalName.Normalize(name);
        return models.FirstOrDefault(model => model.Id.Equals(name, StringComparison.OrdinalIgnoreCase))?.Id ?? models.FirstOrDefault(model => CanonicalName.Normalize(model.Id) == canonical)?.Id;
    }

    /// <summary>The newest model of the family that a name is of; null where it is of none, or none is there.</summary>
    private static string? Nearest(string name, IReadOnlyList<VisibleModel> models)
    {
        if (Array.Find(["opus", "haiku", "sonnet"], family => name.Contains(family, StringComparison.OrdinalIgnoreCase)) is not { } family) return null;
        return models.Where(static model => model.Servers.Any(static server => server.Provider == KiroAccounts.Provider)).Where(model => model.Id.Contains(family, StringComparison.OrdinalIgnoreCase)).OrderByDescending(static model => VersionOf(model.Id)).FirstOrDefault()?.Id;
    }

    private static double VersionOf(string id)
        => Version().Match(Normalize(id)) is { Success: true } found && double.TryParse(found.Value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : 0;

    [GeneratedRegex(@"^claude-3-7-sonnet(-\d{8}|-latest)?$", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture, 10_000)]
    private static partial Regex Seven();

    [GeneratedRegex(@"^claude-(?<version>\d+(\.\d+)?)-(?<family>opus|sonnet|haiku)(-\w+)?$", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture, 10_000)]
    private static partial Regex Inverted();

    [GeneratedRegex(@"^claude-(?<family>opus|sonnet|haiku)-(?<major>\d{1,2})-\d{8}$", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture, 10_000)]
    private static partial Regex Dated();

    [GeneratedRegex(@"^claude-(?<family>opus|sonnet|haiku)-(?<major>\d{1,2})-(?<minor>\d{1,2})(-\d{8}|-latest)?$", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture, 10_000)]
    private static partial Regex Dashed();

    [GeneratedRegex(@"(-\d{8}|-latest)$", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture, 10_000)]
    private static partial Regex End();

    [GeneratedRegex(@"\d+(\.\d+)?$", RegexOptions.ExplicitCapture, 10_000)]
    private static partial Regex Version();
}
