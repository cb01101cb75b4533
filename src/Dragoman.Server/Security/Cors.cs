using Dragoman.Gateway.ClientKeys;
using Dragoman.Gateway.Configuration;
using Dragoman.Gateway.Providers;

namespace Dragoman.Server.Security;

/// <summary>
/// CORS for the client routes, so that pages and editors' web views can call a gateway that asks for a key. Without keys only pages of
/// this machine are answered (see <see cref="LocalOrigin"/>).
/// </summary>
internal static class Cors
{
    /// <summary>Adds the headers; true when the request was a preflight and is answered.</summary>
    public static bool Apply(HttpContext context, GatewayConfig config, ClientKeyStore keys)
    {
        var origin = context.Request.Headers.Origin.ToString();
        if (origin.Length == 0) return false;
        // The management routes are for this machine, and for the pages that its owner names.
        if (context.Request.Path.StartsWithSegments("/api")) return config.Management.AllowsOrigin(origin) && WebAddress.TryReadOrigin(origin, out _) && Answer(context, origin);
        if (keys.IsOpen && !LocalOrigin.IsLocal(context.Request)) return false;
        return Answer(context, keys.IsOpen ? origin : "*");
    }

    private static bool Answer(HttpContext context, string allowed)
    {
        var headers = context.Response.Headers;
        headers.AccessControlAllowOrigin = allowed;
        if (allowed != "*") headers.Vary = "Origin";
        headers.AccessControlExposeHeaders = "request-id, x-request-id, retry-after, x-dragoman-flow, x-dragoman-provider, x-dragoman-account, x-dragoman-model, x-dragoman-attempts, x-dragoman-losses, x-ratelimit-limit-requests, x-ratelimit-remaining-requests, x-ratelimit-reset-requests, x-ratelimit-limit-tokens, x-ratelimit-remaining-tokens, x-ratelimit-reset-tokens";
        if (!HttpMethods.IsOptions(context.Request.Method)) return false;
        headers.AccessControlAllowMethods = "GET, POST, PUT, PATCH, DELETE, OPTIONS";
        headers.AccessControlAllowHeaders = context.Request.Headers.AccessControlRequestHeaders.ToString() is { Length: > 0 } wanted ? HeaderText.Clean(wanted) : "*";
        headers.AccessControlMaxAge = "600";
        context.Response.StatusCode = 204;
        return true;
    }
}
