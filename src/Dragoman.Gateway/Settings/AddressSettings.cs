namespace Dragoman.Gateway.Settings;

/// <summary>Reads addresses and proxies.</summary>
public static class AddressSettings
{
    /// <summary>A proxy's address, <c>direct</c>, or null.</summary>
    public static string? Proxy(SettingsReader section, string key)
    {
        if (section.Text(key) is not { Length: > 0 } text) return null;
        if (ParseProxy(text) is { } proxy) return proxy;
        // A proxy's address may carry a password, so it is not repeated.
        section.ErrorAt(key, "This is not a proxy's address.", "Write http://host:port, https://host:port, socks5://user:password@host:port, or direct.");
        return null;
    }

    /// <summary>A proxy's address, or <c>direct</c>; null where the text is neither.</summary>
    public static string? ParseProxy(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text.Equals("direct", StringComparison.OrdinalIgnoreCase) || text.Equals("none", StringComparison.OrdinalIgnoreCase)) return "direct";
        if (!Uri.TryCreate(text, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https" or "socks5" or "socks5h" or "socks4" or "socks4a") || uri.Host.Length == 0) return null;
        return uri.Scheme == "socks5h" ? "socks5" + text["socks5h".Length..] : text;
    }

    /// <summary>
    /// An upstream's address without a trailing slash and without the endings that people copy with it; null when absent or wrong (reported).
    /// </summary>
    public static string? Base(SettingsReader section, string key, params string[] endings)
    {
        if (section.Text(key) is not { Length: > 0 } text) return null;
        if (!Uri.TryCreate(text, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https") || uri.Host.Length == 0)
        {
            section.ErrorAt(key, $"'{Shown(text)}' is not an address.", "Write it with scheme and host, like https://api.example.com/v1");
            return null;
        }

        if (uri.UserInfo.Length > 0)
        {
            section.ErrorAt(key, "An address must not carry a user name or password.", "Put the key under api-key.");
            return null;
        }

        if (uri.Query.Length > 0 || uri.Fragment.Length > 0)
        {
            section.ErrorAt(key, "An address must end before '?' and '#': paths are appended to it.", "Remove the query.");
            return null;
        }

        text = text.TrimEnd('/');
        foreach (var ending in endings)
            if (text.EndsWith(ending, StringComparison.OrdinalIgnoreCase)) text = text[..^ending.Length].TrimEnd('/');
        return text;
    }

    private static string Shown(string text) => text.Contains('@', StringComparison.Ordinal) ? "…" : text.Length > 80 ? text[..80] + "…" : text;
}
