using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Dragoman.Gateway.AccountManagement;
using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Forwarding.Transport;
using Dragoman.Protocols;
using Dragoman.Providers.Gemini;
using Dragoman.Server.Api.Shared;
using Dragoman.Server.Lifetime;
using Dragoman.Server.Surfaces.Abstractions;
using Dragoman.Server.Surfaces.CliProxy.Shared;

namespace Dragoman.Server.Surfaces.CliProxy.Relay;

/// <summary>
/// <c>GET /v1/ws</c>: a page of AI Studio connects as a worker and is an account of Gemini for as long as it stays (wire note cliproxyapi 8.1). It sees every prompt that it is given, so it has to show a client key, as every
/// client does; a gateway without keys takes workers of its own machine only.
/// </summary>
internal sealed class RelayRoutes(AccountRegistry accounts, UpstreamTransport transport, ClientAuthentication authentication, GracefulShutdown shutdown, TimeProvider time) : ICliProxyRoutes
{
    private const string Letters = "abcdefghijklmnopqrstuvwxyz0123456789";

    /// <inheritdoc/>
    public void Map(SurfaceRoutes routes) => routes.Open().Get("/v1/ws", "A page of AI Studio connects as a worker, and is an account of Gemini until it leaves.", call => Connect(call.Context));

    private SurfaceAnswer Connect(HttpContext context)
    {
        if (authentication.Check(context) is { } refusal) return CliProxyErrors.Flat(refusal.EffectiveStatus, refusal.Message);
        return context.WebSockets.IsWebSocketRequest ? SurfaceAnswer.Stream(ServeAsync) : CliProxyErrors.Flat(400, "websocket upgrade required");
    }

    private async Task ServeAsync(HttpContext context)
    {
        using var open = shutdown.Track();
        using var socket = await context.WebSockets.AcceptWebSocketAsync();
        using var worker = new RelayWorker(socket, time);
        var id = "aistudio-" + RandomNumberGenerator.GetString(Letters, 16);
        var proxy = "relay:" + id;
        using var way = transport.Attach(proxy, worker);
        var module = accounts.Providers[GeminiModule.Id];
        var account = new Account { Id = id, Label = id, Provider = module.Id, Protocol = Protocol.Gemini, Origin = AccountOrigin.Connected, BaseUrl = module.Descriptor.BaseUrls[0], Credential = new NoCredential(), ProxyUrl = proxy };
        using (accounts.Connect(account with { Scope = module.ScopeOf(account) })) await worker.RunAsync(context.RequestAborted);
        if (socket.State is WebSocketState.Open or WebSocketState.CloseReceived) await CloseAsync(socket);
    }

    private async Task CloseAsync(WebSocket socket)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(2), time);
        try
        {
            await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, limit.Token);
        }
        catch (Exception ex) when (ex is WebSocketException or OperationCanceledException or IOException)
        {
            // It has left.
        }
    }
}
