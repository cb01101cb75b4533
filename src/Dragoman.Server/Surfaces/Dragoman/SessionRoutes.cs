using Dragoman.Gateway.Configuration;
using Dragoman.Gateway.Persistence;
using Dragoman.Gateway.Providers;
using Dragoman.Management.Access;
using Dragoman.Server.Security;
using Dragoman.Server.Surfaces.Access;

namespace Dragoman.Server.Surfaces.Dragoman;

/// <summary><c>/api/v1/session</c> and <c>/api/v1/sessions</c>: signing in to the panel, out of it, and who is signed in.</summary>
internal sealed class SessionRoutes(PanelSessions sessions, ManagementAuthorization authorization, ManagementSecret secret, Func<GatewayConfig> config) : IManagementRoutes
{
    private static ManagementRoute Open { get; } = new(MostBytes: 16 << 10, IsOpen: true);

    public void Map(IEndpointRouteBuilder api)
    {
        var own = api.MapGroup("/session").WithTags("Sessions");
        own.MapGet("", async Task<Ok<SessionView>> (HttpContext context, CancellationToken cancellationToken) => TypedResults.Ok(await StatusAsync(context, cancellationToken))).WithMetadata(Open)
            .WithName("getSession").WithSummary("Whether the caller may manage the gateway, and by what. It is never refused.");

        own.MapPost("", (HttpContext context, SignInRequest request, CancellationToken cancellationToken) => SignInAsync(context, request, cancellationToken)).WithMetadata(Open)
            .WithName("signIn").WithSummary("Signs in to the panel with the management secret: the answer sets a cookie.")
            .WithDescription("For the gateway's own page only, with the header `x-dragoman-panel: 1`. Wrong secrets count for the lock-out.");

        own.MapDelete("", (HttpContext context, CancellationToken cancellationToken) => SignOutAsync(context, cancellationToken)).WithMetadata(Open)
            .WithName("signOut").WithSummary("Ends the caller's session of the panel and takes its cookie away.");

        var all = api.MapGroup("/sessions").WithTags("Sessions");
        all.MapGet("", async Task<Results<Ok<PanelSessionListView>, ManagementErrorResult>> (HttpContext context, CancellationToken cancellationToken)
            => (await sessions.ListAsync((await CurrentAsync(context, cancellationToken))?.Id, cancellationToken)).ToOk())
            .WithName("listSessions").WithSummary("Who is signed in to the panel, the session that was used last first.");

        all.MapDelete("", async Task<Results<NoContent, ManagementErrorResult>> (HttpContext context, CancellationToken cancellationToken)
            => await sessions.EndAllAsync((await CurrentAsync(context, cancellationToken))?.Id, HttpActor.From(context), cancellationToken).ToNoContentAsync())
            .WithName("endOtherSessions").WithSummary("Ends all sessions of the panel but the caller's own.");

        all.MapDelete("/{id}", Task<Results<NoContent, ManagementErrorResult>> (string id, HttpContext context, CancellationToken cancellationToken)
            => sessions.EndAsync(id, HttpActor.From(context), cancellationToken).ToNoContentAsync())
            .WithName("endSession").WithSummary("Ends a session of the panel.");
    }

    private async Task<SessionView> StatusAsync(HttpContext context, CancellationToken cancellationToken)
    {
        var refusal = await authorization.CheckAsync(context, [], query: null, takesSession: true);
        var caller = refusal is null ? ManagementAccess.Of(context) : null;
        return View(context, caller?.Way ?? ManagementWay.None, caller?.Session ?? (refusal is null ? await CurrentAsync(context, cancellationToken) : null));
    }

    private async Task<Results<Ok<SessionView>, ManagementErrorResult>> SignInAsync(HttpContext context, SignInRequest request, CancellationToken cancellationToken)
    {
        if (authorization.FindSignInRefusal(context) is { } refusal) return ManagementErrorResult.From(refusal);
        var started = await sessions.StartAsync(request.Secret, context.Connection.RemoteIpAddress, context.Request.Headers.UserAgent.ToString(), HttpActor.From(context), cancellationToken);
        if (!started.Succeeded) return ManagementErrorResult.From(started.Error);
        PanelCookie.Write(context, started.Value.Token, config().Management.SessionLifetime);
        context.Response.Headers.CacheControl = "no-store";
        return TypedResults.Ok(View(context, IsLocal(context) ? ManagementWay.Local : ManagementWay.Session, started.Value.Session));
    }

    private async Task<Results<NoContent, ManagementErrorResult>> SignOutAsync(HttpContext context, CancellationToken cancellationToken)
    {
        if (PanelRequest.FindRefusal(context.Request) is { } refusal) return ManagementErrorResult.From(refusal);
        if (await CurrentAsync(context, cancellationToken) is { } session && await sessions.EndAsync(session.Id, HttpActor.From(context), cancellationToken) is { Code: not "not_found" } error) return ManagementErrorResult.From(error);
        PanelCookie.Clear(context);
        return TypedResults.NoContent();
    }

    /// <summary>The session whose cookie a call shows; null for none, and for one of a page that may not use it.</summary>
    private async ValueTask<PanelSession?> CurrentAsync(HttpContext context, CancellationToken cancellationToken)
    {
        if (ManagementAccess.Of(context)?.Session is { } known) return known;
        if (PanelCookie.Read(context.Request) is not { } token || PanelRequest.FindRefusal(context.Request) is not null) return null;
        var found = await sessions.FindAsync(token, cancellationToken);
        return found.Succeeded ? found.Value : null;
    }

    private SessionView View(HttpContext context, ManagementWay way, PanelSession? session)
    {
        var (at, idle) = session is null ? default : sessions.ExpiryOf(session);
        context.Response.Headers.CacheControl = "no-store";
        return new SessionView(way != ManagementWay.None, way, !IsLocal(context), secret.IsSet, config().Management.AllowRemote && secret.IsSet)
        {
            CanSignIn = secret.IsSet && (config().Management.AllowRemote || LocalCaller.Is(context)),
            SessionId = session?.Id,
            ExpiresAt = session is null ? null : at,
            IdleExpiresAt = session is null ? null : idle,
            Version = way == ManagementWay.None ? null : Product.Version,
        };
    }

    private bool IsLocal(HttpContext context) => LocalCaller.Is(context) && !config().Management.RequireSecretOnLoopback;
}

/// <summary>Whether the caller may manage the gateway.</summary>
/// <param name="Authenticated">Whether the caller may.</param>
/// <param name="Method">By what: being on the gateway's own machine (<c>local</c>), a session of the panel (<c>session</c>), the secret (<c>secret</c>), or nothing (<c>none</c>).</param>
/// <param name="SecretRequired">Whether the caller has to show the secret or a session.</param>
/// <param name="SecretSet">Whether there is a management secret.</param>
/// <param name="CanBeRemote">Whether other machines may manage the gateway.</param>
internal sealed record SessionView(bool Authenticated, ManagementWay Method, bool SecretRequired, bool SecretSet, bool CanBeRemote)
{
    /// <summary>Whether the secret would let the caller in: there is one, and the caller is on the gateway's machine or other machines may manage it.</summary>
    public bool CanSignIn { get; init; }

    /// <summary>The caller's session of the panel, where there is one.</summary>
    public string? SessionId { get; init; }

    /// <summary>When the session ends at the latest.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>When the session ends if nobody uses it.</summary>
    public DateTimeOffset? IdleExpiresAt { get; init; }

    /// <summary>The gateway's version, for who may manage it.</summary>
    public string? Version { get; init; }
}

/// <summary>The management secret, to sign in with.</summary>
/// <param name="Secret">The secret.</param>
internal sealed record SignInRequest(string? Secret)
{
    /// <summary>A record would print its members; this one holds a secret.</summary>
    public override string ToString() => nameof(SignInRequest);
}
