using System.Globalization;
using System.Net;
using Dragoman.Gateway.Configuration;
using Dragoman.Gateway.Requests;
using Dragoman.Server.Listeners;
using Dragoman.Server.Security;

namespace Dragoman.Server.Panel;

/// <summary>Where a caller finds the panel, from whichever listener: it is served, with the API that it asks, on the gateway's own listeners only.</summary>
internal sealed class PanelAddress(PanelPage page, OpenListeners listeners)
{
    /// <summary>The panel's address for a caller; null where it is turned off, and where the caller cannot reach it or a proxy in between hides how.</summary>
    public string? For(HttpContext context)
    {
        if (!page.IsOn) return null;
        if (ListenerSurface.Get(context) == Surface.Dragoman) return PanelPage.Path + "/";
        var request = context.Request;
        if (!request.Host.HasValue || ForwardedRequest.Is(request.Headers)) return null;
        var isLocal = LocalCaller.Is(context);
        foreach (var listener in listeners.All)
        {
            if (listener is not { Options: { Surface: Surface.Dragoman } options, Address: { } address }) continue;
            if (HostFor(options, request.Host.Host, isLocal) is { } host) return $"{request.Scheme}://{host}:{address.Port.ToString(CultureInfo.InvariantCulture)}{PanelPage.Path}/";
        }

        return null;
    }

    /// <summary>The name by which the caller reaches a listener; null for one that it does not reach.</summary>
    private static string? HostFor(ListenerOptions options, string asked, bool isLocal)
    {
        if (options.IsLoopback) return !isLocal ? null : ListenerOptions.IsLoopbackHost(asked) ? asked : "localhost";
        // One that listens everywhere is reached by the name that was used; one at an address by that.
        return IPAddress.TryParse(options.Host.Trim('[', ']'), out var address) && !address.Equals(IPAddress.Any) && !address.Equals(IPAddress.IPv6Any) ? options.Host : asked;
    }
}
