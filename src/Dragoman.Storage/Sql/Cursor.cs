using System.Globalization;

namespace Dragoman.Storage.Sql;

/// <summary>Where one stands in a list that runs newest first: a time and, among equals, a number.</summary>
internal readonly record struct Cursor(long At, long Number)
{
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{At}.{Number}");

    /// <summary>Reads a cursor; null for none or for one that is not ours.</summary>
    public static Cursor? Read(string? text)
    {
        if (text is null) return null;
        var dot = text.IndexOf('.', StringComparison.Ordinal);
        return dot > 0 && long.TryParse(text.AsSpan(0, dot), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var at)
            && long.TryParse(text.AsSpan(dot + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? new Cursor(at, number) : null;
    }
}
