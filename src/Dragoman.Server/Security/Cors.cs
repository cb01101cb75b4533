using Dragoman.Gateway.ClientKeys;
using Dragoman.Gateway.Configuration;
using Dragoman.Gateway.Providers;
using Dragoman.Server.Listeners;

namespace Dragoman.Server.Security;

/// <summary>
/// CORS for the client routes, so that pages and editors' web views can call a gateway that asks for a key. Without keys only pages of
/// this machine are answered (see <see cref="LocalOrigin"/>).
/// </summary>
internal static class Cors
{
    /// <summary>The headers that carry the management's secret. A page must ask before it may send one of them, so that what has one was sent on purpose.</summary>
    private static readonly string[] SecretHeaders = ["authorization", "x-management-key", "x-webui-password", "x-api-key"];

    /// <summary>Adds the headers; true when the request was a preflight and is answered.</summary>
    /// <param name="context">The call.</param>
    /// <param name="config">What is in force.</param>
    /// <param name="keys">The client keys.</param>
    /// <param name="isManagement">Whether the address is the management's.</param>
    public static bool Apply(HttpContext context, GatewayConfig config, ClientKeyStore keys, bool isManagement)
    {
        var origin = context.Request.Headers.Origin.ToString();
        if (origin.Length == 0) return false;
        // Some surfaces stand for systems that are stricter, or open to other pages.
        if (ListenerSurface.RulesOf(context) is { } rules && rules.AllowsOrigin(context.Request, origin) is { } isAllowed) return isAllowed && Answer(context, origin, rules.AllowedMethods);
        if (isManagement) return MayManage(context.Request, origin, config.Management) && Answer(context, origin);
        if (keys.IsOpen && !LocalOrigin.IsLocal(context.Request)) return false;
        return Answer(context, keys.IsOpen ? origin : "*");
    }

    /// <summary>The management routes are for the gateway's own pages, for those that its owner names, and for pages of this machine that show the secret.</summary>
    private static bool MayManage(HttpRequest request, string origin, ManagementOptions options)
        => WebAddress.TryReadOrigin(origin, out _)
            && (options.AllowsOrigin(origin) || LocalOrigin.IsOwnPage(origin, request.Host) || (LocalOrigin.IsLocal(origin, request.Host) && HasSecret(request)));

    private static bool HasSecret(HttpRequest request)
    {
        var asked = request.Headers.AccessControlRequestHeaders.ToString();
        return Array.Exists(SecretHeaders, name => request.Headers.ContainsKey(name) || asked.Contains(name, StringComparison.OrdinalIgnoreCase));
    }

    private static bool Answer(HttpContext context, string allowed, string? methods = null)
    {
        var headers = context.Response.Headers;
        headers.AccessControlAllowOrigin = allowed;
        if (allowed != "*") headers.Vary = "Origin";
        headers.AccessControlExposeHeaders = "request-id, x-request-id, retry-after, x-dragoman-flow, x-dragoman-provider, x-dragoman-account, x-dragoman-model, x-dragoman-attempts, x-dragoman-losses, x-ratelimit-limit-requests, x-ratelimit-remaining-requests, x-ratelimit-reset-requests, x-ratelimit-limit-tokens, x-ratelimit-remaining-tokens, x-ratelimit-reset-tokens, x-cpa-version, x-cpa-commit, x-cpa-build-date, x-cpa-support-plugin";
        if (!HttpMethods.IsOptions(context.Request.Method)) return false;
        headers.AccessControlAllowMethods = methods ?? "GET, POST, PUT, PATCH, DELETE, OPTIONS";
        headers.AccessControlAllowHeaders = context.Request.Headers.AccessControlRequestHeaders.ToString() is { Length: > 0 } wanted ? HeaderText.Clean(wanted) : "*";
        headers.AccessControlMaxAge = "600";
        context.Response.StatusCode = 204;
        return true;
    }
}
