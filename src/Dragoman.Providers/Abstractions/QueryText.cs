using System.Text;

namespace Dragoman.Providers.Abstractions;

/// <summary>Makes the addresses that people open to sign in.</summary>
internal static class QueryText
{
    /// <summary>An address with a query; pairs without a value are left out.</summary>
    public static Uri AddressWith(string address, params ReadOnlySpan<(string Name, string? Value)> pairs)
    {
        var text = new StringBuilder(address);
        var mark = address.Contains('?', StringComparison.Ordinal) ? '&' : '?';
        foreach (var (name, value) in pairs)
        {
            if (value is null) continue;
            text.Append(mark).Append(Uri.EscapeDataString(name)).Append('=').Append(Uri.EscapeDataString(value));
            mark = '&';
        }

        return new Uri(text.ToString());
    }
}
