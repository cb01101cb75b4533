using System.Buffers;
using System.Globalization;
using System.Net;

namespace Dragoman.Server.Security;

/// <summary>
/// Reads the values of <c>Host</c> (RFC 9110, section 7.2) and <c>Origin</c> (RFC 6454, section 7) as strictly as they are defined. The framework's
/// own reader of addresses takes <c>//localhost</c> for a file of this machine, and much else for something.
/// </summary>
/// <param name="Scheme">The scheme, in lower case; empty for a host.</param>
/// <param name="Host">The host, with the brackets of an IPv6 address; empty where there is none (<c>file://</c>).</param>
/// <param name="Port">The port, or null where none is named.</param>
internal readonly record struct WebAddress(string Scheme, string Host, int? Port)
{
    private static readonly SearchValues<char> SchemeLetters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+-.");
    private static readonly SearchValues<char> HostLetters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~");

    /// <summary>Whether it is of the web: what a browser loads from a site.</summary>
    public bool IsWeb => Scheme is "http" or "https";

    /// <summary>Reads an origin: <c>scheme://host[:port]</c> and nothing behind it.</summary>
    public static bool TryReadOrigin(string text, out WebAddress origin)
    {
        origin = default;
        var colon = text.IndexOf("://", StringComparison.Ordinal);
        if (colon <= 0 || !char.IsAsciiLetter(text[0]) || text.AsSpan(0, colon).ContainsAnyExcept(SchemeLetters)) return false;
        var scheme = text[..colon].ToLowerInvariant();
        if (!TryReadHost(text.AsSpan(colon + 3), out var host, out var port)) return false;
        origin = new WebAddress(scheme, host, port);
        return host.Length > 0 || !origin.IsWeb;
    }

    /// <summary>Whether a <c>Host</c> is one: empty, or a name or address with or without a port.</summary>
    public static bool IsHost(string? text) => string.IsNullOrEmpty(text) || (TryReadHost(text, out var host, out _) && host.Length > 0);

    private static bool TryReadHost(ReadOnlySpan<char> text, out string host, out int? port)
    {
        (host, port) = ("", null);
        if (text.IsEmpty) return true;
        int end;
        if (text[0] == '[')
        {
            end = text.IndexOf(']') + 1;
            if (end == 0 || !IPAddress.TryParse(text[1..(end - 1)], out var address) || address.AddressFamily != System.Net.Sockets.AddressFamily.InterNetworkV6) return false;
        }
        else
        {
            end = text.IndexOf(':') is >= 0 and var colon ? colon : text.Length;
            if (text[..end].ContainsAnyExcept(HostLetters)) return false;
        }

        host = text[..end].ToString();
        if (end == text.Length) return true;
        if (end == 0 || text[end] != ':' || !int.TryParse(text[(end + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number is < 1 or > 65535) return false;
        port = number;
        return true;
    }
}
