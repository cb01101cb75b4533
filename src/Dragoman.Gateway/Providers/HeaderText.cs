using System.Buffers;

namespace Dragoman.Gateway.Providers;

/// <summary>
/// Values of HTTP headers that somebody else wrote, as they may be sent on: visible ASCII, blanks and tabs (RFC 9110, section 5.5). An upstream may
/// send any byte, and servers and clients refuse to write what is not of these.
/// </summary>
public static class HeaderText
{
    private static readonly SearchValues<char> Sendable = SearchValues.Create([.. Enumerable.Range(' ', '~' - ' ' + 1).Select(letter => (char)letter), '\t']);

    /// <summary>The value with every other character as <c>?</c>; the same string where there is none.</summary>
    public static string Clean(string value)
    {
        ArgumentNullException.ThrowIfNull(value);
        return value.AsSpan().IndexOfAnyExcept(Sendable) < 0 ? value : string.Create(value.Length, value, static (clean, value) =>
        {
            for (var index = 0; index < value.Length; index++) clean[index] = Sendable.Contains(value[index]) ? value[index] : '?';
        });
    }
}
