namespace Dragoman.Providers.Kiro;

/// <summary>
/// Where a company's identity provider renews tokens. The address comes from a file, so that only hosts of the owner's list are asked (logins-2026-11 §5 and §12): over TLS, or on this machine where the list names it.
/// </summary>
internal static class KiroTokenEndpoint
{
    /// <summary>The address; null where it may not be asked.</summary>
    public static Uri? Check(string? text, KiroSettings settings)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out var address) || address.UserInfo.Length > 0 || address.Fragment.Length > 0) return null;
        if (address.Scheme != Uri.UriSchemeHttps && !(address.Scheme == Uri.UriSchemeHttp && address.IsLoopback)) return null;
        var host = address.IdnHost;
        return settings.TokenHosts.Any(allowed => host.Equals(allowed.TrimStart('.'), StringComparison.OrdinalIgnoreCase) || (allowed.TrimStart('.') is { Length: > 0 } end && host.EndsWith("." + end, StringComparison.OrdinalIgnoreCase))) ? address : null;
    }
}
