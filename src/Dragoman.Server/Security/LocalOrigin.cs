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
        return Uri.TryCreate(origin, UriKind.Absolute, out var uri) && (uri.Scheme is not ("http" or "https") || IsLocalHost(uri.Host));
    }

    private static bool IsLocalHost(string host)
        => host.Length == 0 || ListenerOptions.IsLoopbackHost(host) || host.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase) || IPAddress.TryParse(host.Trim('[', ']'), out _);
}
