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
    public static bool IsLocal(HttpRequest request) => IsLocalHost(request.Host) && (request.Headers.Origin.Count == 0 || IsLocal(request.Headers.Origin.ToString(), request.Host));

    /// <summary>Whether an origin is of this machine, or the gateway's own. One that is malformed is not.</summary>
    public static bool IsLocal(string origin, HostString host)
    {
        if (!WebAddress.TryReadOrigin(origin, out var page)) return false;
        // Other schemes are programs of this machine (an editor's web view); the web's own must be this machine, or the gateway's own page.
        return !page.IsWeb || IsThisMachine(page.Host) || IsSame(page, host);
    }

    /// <summary>Whether an origin is the one that a request was sent to.</summary>
    public static bool IsSame(string origin, HostString host) => WebAddress.TryReadOrigin(origin, out var page) && IsSame(page, host);

    /// <summary>Whether an origin is the gateway's own page on this machine, by whichever of the machine's names each of the two was opened.</summary>
    public static bool IsOwnPage(string origin, HostString host)
        => WebAddress.TryReadOrigin(origin, out var page) && (IsSame(page, host) || (page.IsWeb && host.HasValue && IsThisMachine(page.Host) && IsThisMachine(host.Host) && IsSamePort(page, host)));

    private static bool IsSame(WebAddress page, HostString host)
    {
        return page.IsWeb && host.HasValue && page.Host.Equals(host.Host, StringComparison.OrdinalIgnoreCase) && IsSamePort(page, host);
    }

    private static bool IsSamePort(WebAddress page, HostString host)
    {
        var usual = page.Scheme == "https" ? 443 : 80;
        return (page.Port ?? usual) == (host.Port ?? usual);
    }

    /// <summary>A name can be rebound to any address; an address cannot.</summary>
    private static bool IsLocalHost(HostString host)
        => WebAddress.IsHost(host.Value) && (!host.HasValue || IsThisMachine(host.Host) || IPAddress.TryParse(host.Host.Trim('[', ']'), out _));

    private static bool IsThisMachine(string host)
        => ListenerOptions.IsLoopbackHost(host) || host.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase);
}
