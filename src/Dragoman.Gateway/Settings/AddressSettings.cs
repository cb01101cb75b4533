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
        if (ProblemOf(text) is not { } problem) return WithoutEnd(text, endings);
        section.ErrorAt(key, problem.Message, problem.Remedy);
        return null;
    }

    /// <summary>The addresses under a key, as <see cref="Base"/> reads one; wrong ones are reported and left out.</summary>
    public static IReadOnlyList<string> Bases(SettingsReader section, string key, params string[] endings)
    {
        ArgumentNullException.ThrowIfNull(section);
        var addresses = new List<string>();
        foreach (var (text, node, at) in section.GetStrings(key))
        {
            if (ProblemOf(text) is { } problem) section.Error(node, at, problem.Message, problem.Remedy);
            else addresses.Add(WithoutEnd(text, endings));
        }

        return addresses;
    }

    private static (string Message, string Remedy)? ProblemOf(string text)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https") || uri.Host.Length == 0)
            return ($"'{Shown(text)}' is not an address.", "Write it with scheme and host, like https://api.example.com/v1");
        if (uri.UserInfo.Length > 0) return ("An address must not carry a user name or password.", "Put the key under api-key.");
        return uri.Query.Length > 0 || uri.Fragment.Length > 0 ? ("An address must end before '?' and '#': paths are appended to it.", "Remove the query.") : null;
    }

    private static string WithoutEnd(string text, string[] endings)
    {
        text = text.TrimEnd('/');
        foreach (var ending in endings)
            if (text.EndsWith(ending, StringComparison.OrdinalIgnoreCase)) text = text[..^ending.Length].TrimEnd('/');
        return text;
    }

    private static string Shown(string text) => text.Contains('@', StringComparison.Ordinal) ? "…" : text.Length > 80 ? text[..80] + "…" : text;
}
