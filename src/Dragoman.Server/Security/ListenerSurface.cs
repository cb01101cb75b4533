using Dragoman.Gateway.Requests;

namespace Dragoman.Server.Security;

/// <summary>Which face the listener shows that a connection came in by; set on the connection.</summary>
/// <param name="Surface">The face.</param>
internal sealed record ListenerSurface(Surface Surface)
{
    /// <summary>The face a request sees.</summary>
    public static Surface Of(HttpContext context) => context.Features.Get<ListenerSurface>()?.Surface ?? Surface.Dragoman;
}
