using System.Text.Json.Nodes;
using Dragoman.Gateway.Configuration;
using Dragoman.Management;
using Dragoman.Management.Access;
using Dragoman.Server.Panel;
using Dragoman.Server.Surfaces.Abstractions;
using Dragoman.Server.Surfaces.Access;
using Dragoman.Server.Surfaces.CliProxy.Shared;

namespace Dragoman.Server.Surfaces.CliProxy.Management;

/// <summary>The page for managing, the root, and <c>/keep-alive</c> (wire notes cliproxyapi 9.2, 9.4 and 9.5).</summary>
internal sealed class PanelRoutes(PanelFile file, PanelAddress panel, ManagementLogin login, ManagementSecret secret, Func<GatewayConfig> config) : ICliProxyRoutes
{
    /// <inheritdoc/>
    public void Map(SurfaceRoutes routes)
    {
        var open = routes.Open();
        open.Get("/management.html", "The page for managing that the owner has put there; else the gateway's own panel.", ShowAsync);
        open.Get("/keep-alive", "Tells that the gateway runs, to who shows the management key.", KeepAliveAsync);
        open.OnOwnListeners().Get("/", "Says what this address is.", static _ => Root);
    }

    private static SurfaceAnswer Root { get; } = SurfaceAnswer.Json(new JsonObject
    {
        ["message"] = "CLI Proxy API Server", ["endpoints"] = new JsonArray("POST /v1/chat/completions", "POST /v1/completions", "GET /v1/models"),
    });

    private async Task<SurfaceAnswer> ShowAsync(SurfaceCall call)
    {
        if (config().Management.DisableControlPanel) return SurfaceAnswer.Empty(404);
        if (await file.ReadAsync(call.CancellationToken) is { } page) return SurfaceAnswer.Text(200, page.Text, "text/html; charset=utf-8").With(page.Headers);
        if (panel.For(call.Context) is { } address) return SurfaceAnswer.Empty(302).With([new("Location", address), new("Cache-Control", "no-store")]);
        return PlainPage.Answer("Dragoman's management", "The gateway's panel is on its own listener (surface: dragoman), which cannot be reached from here. Open one where you can reach it; or put a management.html for CLIProxyAPI into the folder 'static' beside config.yaml, "
            + "or name it with MANAGEMENT_STATIC_PATH, and open this page again: the gateway downloads none by itself. Everything that such a panel does can be done by /v0/management with the management key, and by the command 'dragoman'.");
    }

    private async Task<SurfaceAnswer> KeepAliveAsync(SurfaceCall call)
    {
        if (!secret.IsSet) return SurfaceAnswer.Empty(404);
        var headers = call.Context.Request.Headers;
        var shown = headers.Authorization.ToString();
        if (shown.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase)) shown = shown[7..];
        if (shown.Trim().Length == 0) shown = headers["X-Local-Password"].ToString();
        var error = await login.CheckAsync(shown.Trim(), call.Context.Connection.RemoteIpAddress, HttpActor.From(call.Context), call.CancellationToken);
        return error?.Kind switch
        {
            null => SurfaceAnswer.Json(new JsonObject { ["status"] = "ok" }),
            ManagementErrorKind.LockedOut => CliProxyErrors.AnswerOf(error),
            _ => CliProxyErrors.Flat(401, "invalid password"),
        };
    }
}
