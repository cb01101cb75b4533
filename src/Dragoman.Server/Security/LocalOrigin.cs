using System.Net;
using Dragoman.Gateway.Configuration;

namespace Dragoman.Server.Security;

/// <summary>
/// Keeps web pages out of a gateway that asks no key: a page of another site can reach loopback through the user's own browser, by a
/// cross-site request (its Origin gives it away) or by a name it rebinds to 127.0.0.1 (the Host gives that away).
/// </summary>
internal static class LocalOrigin
{
    /// <summary>Whether the request names this machine as its host and comes from no foreign page.</summary>
    public static bool IsLocal(HttpRequest request)
    {
        if (!IsLocalHost(request.Host.Host)) return false;
        var origin = request.Headers.Origin.ToString();
        if (origin.Length == 0) return true;
        if (!Uri.TryCreate(origin, UriKind.Absolute, out var page)) return false;
        // Other schemes are programs of this machine (an editor's web view); the web's own must be this machine, or the gateway's own page.
        return page.Scheme is not ("http" or "https")
            || IsThisMachine(page.Host)
            || (request.Host.HasValue && page.Authority.Equals(request.Host.Value, StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>A name can be rebound to any address; an address cannot.</summary>
    private static bool IsLocalHost(string host) => host.Length == 0 || IsThisMachine(host) || IPAddress.TryParse(host.Trim('[', ']'), out _);

    private static bool IsThisMachine(string host)
        => ListenerOptions.IsLoopbackHost(host) || host.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase);
}
