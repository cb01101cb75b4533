using System.Net;
using Dragoman.Gateway.Configuration;
using Dragoman.Gateway.Persistence;
using Dragoman.Management;
using Dragoman.Management.Access;
using Dragoman.Server.Listeners;
using Dragoman.Server.Security;

namespace Dragoman.Server.Surfaces.Access;

/// <summary>
/// The authorization of the management routes, before anything of a request is read. Programs on this machine pass by the socket's own peer, unless
/// <c>remote-management.require-secret-on-loopback</c> asks the secret of them too; others need <c>allow-remote</c> and the secret. In any
/// case a request must name a host this gateway goes by, and come from no foreign page. Pages of this machine at another address (a development
/// server, an editor's web view) are no programs of this machine: they show the secret, whatever they ask for.
/// </summary>
internal sealed class ManagementAuthorization(Func<GatewayConfig> config, ManagementLogin login, ManagementSecret secret, PanelSessions sessions)
{
    /// <summary>Null when the caller may pass, else the error.</summary>
    /// <param name="context">The call.</param>
    /// <param name="headers">The headers that may carry the secret, besides the usual ones.</param>
    /// <param name="query">The query parameter that may carry it; null for none.</param>
    /// <param name="always">Whether programs on this machine have to show it too, whatever the configuration says.</param>
    /// <param name="takesSession">Whether a session of the panel will do as well, where no secret is shown.</param>
    public async ValueTask<ManagementError?> CheckAsync(HttpContext context, IReadOnlyList<string> headers, string? query, bool always = false, bool takesSession = false)
    {
        var options = config().Management;
        if (IsOfForeignPage(context.Request, options)) return ManagementError.Forbidden("Pages of other sites may not call the management routes.", "origin_not_allowed");
        var local = LocalCaller.Is(context);
        var trusted = local && !options.RequireSecretOnLoopback && !always;
        var page = IsOfOtherPage(context, options);
        if (trusted && !page) return Pass(context, ManagementWay.Local);
        var peer = context.Connection.RemoteIpAddress;
        var shown = Shown(context.Request, headers, query);
        // Before the lock-out: whoever guesses from the same address does not put out who is signed in.
        if (takesSession && shown.Length == 0 && PanelCookie.Read(context.Request) is { } token) return await CheckSessionAsync(context, token, local, options);
        if (trusted && (shown.Length == 0 || !secret.IsSet))
        {
            return ManagementError.Forbidden(
                "Pages of another address may not call the management routes without the secret.", "origin_not_allowed", "Open the gateway's own page, name the page's address in remote-management.origins, or show the management secret.");
        }

        if (login.FindLockOut(peer) is { } locked) return locked;
        if (!local && RefusalOfOther(context.Request, options) is { } refusal) return refusal;
        var error = await login.CheckAsync(shown, peer, HttpActor.From(context), context.RequestAborted);
        if (error is null) return Pass(context, ManagementWay.Secret);
        return error.Code == "missing_management_key"
            ? error with { Fix = "Send it as 'Authorization: Bearer …' or 'x-management-key'." }
            : error;
    }

    /// <summary>Why nobody may sign in with the secret from there; null when one may try. To be asked before the secret is.</summary>
    public ManagementError? FindSignInRefusal(HttpContext context)
    {
        var options = config().Management;
        if (IsOfForeignPage(context.Request, options)) return ManagementError.Forbidden("Pages of other sites may not call the management routes.", "origin_not_allowed");
        return PanelRequest.FindRefusal(context.Request) ?? (LocalCaller.Is(context) ? null : RefusalOfOther(context.Request, options));
    }

    private async ValueTask<ManagementError?> CheckSessionAsync(HttpContext context, string token, bool local, ManagementOptions options)
    {
        if (!local && RefusalOfOther(context.Request, options) is { } refusal) return refusal;
        if (PanelRequest.FindRefusal(context.Request) is { } foreign) return foreign;
        var found = await sessions.UseAsync(token, context.RequestAborted);
        return found.Succeeded ? Pass(context, ManagementWay.Session, found.Value) : found.Error;
    }

    private static ManagementError? Pass(HttpContext context, ManagementWay way, PanelSession? session = null)
    {
        context.Features.Set(new ManagementAccess(way, session));
        return null;
    }

    /// <summary>
    /// Whether a browser says that a page of another site made the request: by what it says of the page
    /// (<see cref="AskingPage"/>), or by an Origin that is none.
    /// </summary>
    private static bool IsOfForeignPage(HttpRequest request, ManagementOptions options)
    {
        var origin = request.Headers.Origin.ToString();
        if (origin.Length > 0 && !WebAddress.TryReadOrigin(origin, out _)) return true;
        return AskingPage.Of(request).IsOfOtherSite
            && !(origin.Length > 0 && (LocalOrigin.IsLocal(origin, request.Host) || options.AllowsOrigin(origin)));
    }

    /// <summary>
    /// Whether a browser says that a page of another address of this machine made the request: by its Origin, which stands on whatever changes something, with or without a body; or, for what
    /// changes something, by what it says of the page. Programs send neither.
    /// </summary>
    private static bool IsOfOtherPage(HttpContext context, ManagementOptions options)
    {
        var request = context.Request;
        var origin = request.Headers.Origin.ToString();
        if (origin.Length > 0) return !(LocalOrigin.IsOwnPage(origin, request.Host) || options.Origins.Contains(origin, StringComparer.OrdinalIgnoreCase) || ListenerSurface.RulesOf(context)?.AllowsOrigin(request, origin) == true);
        return !HttpMethods.IsGet(request.Method) && !HttpMethods.IsHead(request.Method) && AskingPage.Of(request).IsOfOtherOrigin;
    }

    private ManagementError? RefusalOfOther(HttpRequest request, ManagementOptions options)
    {
        if (!options.AllowRemote || !secret.IsSet)
        {
            return ManagementError.Forbidden(
                "The management routes answer only programs on the gateway's own machine.", "management_is_local", "To open them to others set remote-management.allow-remote and a management secret.");
        }

        if (!IsKnownHost(request.Host.Host, options))
            return ManagementError.Forbidden($"The gateway does not go by the name '{request.Host.Host}'.", "host_not_allowed", "Add it to remote-management.hosts, or use its address.");
        var origin = request.Headers.Origin.ToString();
        return origin.Length == 0 || LocalOrigin.IsSame(origin, request.Host) || options.AllowsOrigin(origin) ? null : ManagementError.Forbidden("Pages of other sites may not manage this gateway.", "origin_not_allowed");
    }

    /// <summary>A name can be rebound to any address by whoever owns it; an address cannot.</summary>
    private bool IsKnownHost(string host, ManagementOptions options)
        => IPAddress.TryParse(host.Trim('[', ']'), out _)
            || ListenerOptions.IsLoopbackHost(host)
            || options.Hosts.Contains(host, StringComparer.OrdinalIgnoreCase)
            || config().Listeners.Any(listener => listener.Host.Equals(host, StringComparison.OrdinalIgnoreCase))
            || host.Equals(Environment.MachineName, StringComparison.OrdinalIgnoreCase);

    private static string Shown(HttpRequest request, IReadOnlyList<string> headers, string? query)
    {
        var authorization = request.Headers.Authorization.ToString();
        if (authorization.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase)) authorization = authorization[7..];
        authorization = authorization.Trim();
        if (authorization.Length > 0) return authorization;
        if (request.Headers["x-management-key"].ToString().Trim() is { Length: > 0 } usual) return usual;
        foreach (var name in headers)
            if (request.Headers[name].ToString().Trim() is { Length: > 0 } own) return own;
        return query is null ? "" : request.Query[query].ToString().Trim();
    }
}
