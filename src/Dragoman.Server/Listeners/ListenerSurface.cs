using Dragoman.Gateway.Requests;

namespace Dragoman.Server.Listeners;

/// <summary>The surface of the listener that a connection came in by; set on the connection.</summary>
/// <param name="Surface">The surface.</param>
/// <param name="Use">Counts the listener's requests.</param>
/// <param name="ClientRules">What the surface changes in the clients' API; made at the first request, null for nothing.</param>
internal sealed record ListenerSurface(Surface Surface, ListenerUse Use, Lazy<ISurfaceClientRules?>? ClientRules = null)
{
    /// <summary>The surface a request came in by.</summary>
    public static Surface Get(HttpContext context) => context.Features.Get<ListenerSurface>()?.Surface ?? Surface.Dragoman;

    /// <summary>Counts a request for the listener that it came in by.</summary>
    public static void Count(HttpContext context, TimeProvider time)
    {
        if (context.Features.Get<ListenerSurface>() is { } listener) listener.Use.Count(time.GetUtcNow(), context.Request.Headers.UserAgent);
    }

    /// <summary>What the surface that a request came in by changes in the clients' API; null for nothing.</summary>
    public static ISurfaceClientRules? RulesOf(HttpContext context) => context.Features.Get<ListenerSurface>()?.ClientRules?.Value;
}
