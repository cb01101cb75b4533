using System.Globalization;
using Dragoman.Gateway.Routing;

namespace Dragoman.Server.Api.Shared;

/// <summary>
/// When a model came out, for <c>created</c> and <c>created_at</c>, which clients sort by and refuse to do without: what the catalog knows,
/// else the date in the model's name, else one day for all, so that a model's date never changes from one list to the next.
/// </summary>
internal static class ReleaseDate
{
    /// <summary>Of models whose date nobody knows: the first of January 2024.</summary>
    public const long Unknown = 1_704_067_200;

    /// <summary>In Unix seconds.</summary>
    public static long From(VisibleModel model) => model.Facts.Created > 0 ? model.Facts.Created : InName(model.Id) ?? Unknown;

    /// <summary>The date that a name ends in or carries: <c>-20250929</c> or <c>-2025-09-29</c>.</summary>
    private static long? InName(ReadOnlySpan<char> name)
    {
        for (var at = name.IndexOf("-20"); at >= 0;)
        {
            var rest = name[(at + 1)..];
            if (Parse(rest, "yyyyMMdd") is { } compact) return compact;
            if (Parse(rest, "yyyy-MM-dd") is { } dashed) return dashed;
            var next = rest.IndexOf("-20");
            at = next < 0 ? -1 : at + 1 + next;
        }

        return null;
    }

    private static long? Parse(ReadOnlySpan<char> text, string form)
        => text.Length >= form.Length && (text.Length == form.Length || !char.IsAsciiDigit(text[form.Length]))
            && DateTimeOffset.TryParseExact(text[..form.Length], form, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var date)
            ? date.ToUnixTimeSeconds() : null;
}
