using Dragoman.Gateway.Requests;

namespace Dragoman.Server.Security;

/// <summary>The surface of the listener that a connection came in by; set on the connection.</summary>
/// <param name="Surface">The surface.</param>
internal sealed record ListenerSurface(Surface Surface)
{
    /// <summary>The surface a request came in by.</summary>
    public static Surface Get(HttpContext context) => context.Features.Get<ListenerSurface>()?.Surface ?? Surface.Dragoman;
}
