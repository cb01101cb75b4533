using System.Globalization;
using Dragoman.Server.Security;

namespace Dragoman.Server.Surfaces.Access;

/// <summary>
/// The cookie that carries the token of a session: out of reach of scripts, sent by pages of the same site only, and over TLS only where the page came so. Browsers keep cookies by host and not by port,
/// so the port is in its name: two gateways on one machine do not end each other's sessions.
/// </summary>
internal static class PanelCookie
{
    private const string Plain = "dragoman_session";

    /// <summary>The beginning of the name by which browsers take a cookie only from its own host, over TLS.</summary>
    private const string HostOnly = "__Host-";

    /// <summary>The token that a request shows; null for none.</summary>
    public static string? Read(HttpRequest request)
    {
        if (request.Headers.Cookie.Count == 0) return null;
        var name = NameFor(request);
        if (request.Cookies[HostOnly + name] is { Length: > 0 } secure) return secure;
        return !request.IsHttps && request.Cookies[name] is { Length: > 0 } plain ? plain : null;
    }

    /// <summary>Gives the browser a token.</summary>
    public static void Write(HttpContext context, string token, TimeSpan life)
    {
        var secure = IsSecure(context.Request);
        context.Response.Cookies.Append(secure ? HostOnly + NameFor(context.Request) : NameFor(context.Request), token, Options(secure, life));
    }

    /// <summary>Takes the token away.</summary>
    public static void Clear(HttpContext context)
    {
        var name = NameFor(context.Request);
        context.Response.Cookies.Append(HostOnly + name, "", Options(secure: true, TimeSpan.Zero));
        if (!context.Request.IsHttps) context.Response.Cookies.Append(name, "", Options(secure: false, TimeSpan.Zero));
    }

    /// <summary>
    /// Whether the browser speaks TLS: to the gateway, or to a proxy in front of it. Then the page's origin says so, which the browser itself writes; what a proxy claims in headers of its own is not needed, and not believed.
    /// </summary>
    private static bool IsSecure(HttpRequest request)
        => request.IsHttps || (WebAddress.TryReadOrigin(request.Headers.Origin.ToString(), out var page) && page.Scheme == "https" && LocalOrigin.IsSame(request.Headers.Origin.ToString(), request.Host));

    private static string NameFor(HttpRequest request) => request.Host.Port is { } port ? $"{Plain}_{port.ToString(CultureInfo.InvariantCulture)}" : Plain;

    private static CookieOptions Options(bool secure, TimeSpan life) => new() { HttpOnly = true, SameSite = SameSiteMode.Strict, Secure = secure, Path = "/", MaxAge = life, IsEssential = true };
}
