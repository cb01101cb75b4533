using System.Net.Sockets;
using Dragoman.Management.Hosting;
using Dragoman.Management.Logins;
using Dragoman.Server.Security;
using Microsoft.AspNetCore.Hosting.Server;

namespace Dragoman.Server.Surfaces.Logins;

/// <summary>
/// Listeners on the loopback ports that vendors have registered for their own programs. They are there only while a login waits, only on loopback, and serve nothing but the page that a
/// browser comes back to.
/// </summary>
internal sealed partial class LoopbackListeners(Func<LoginService> logins, ILogger<LoopbackListeners> log) : ILoopbackListeners, IAsyncDisposable
{
    private readonly SemaphoreSlim _gate = new(1, 1);
    private readonly Dictionary<int, Opened> _open = [];

    /// <inheritdoc/>
    public async Task<LoopbackListener> OpenAsync(IReadOnlyList<int> ports, CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken);
        try
        {
            foreach (var port in ports)
            {
                if (!_open.TryGetValue(port, out var opened))
                {
                    if (await TryListenAsync(port, cancellationToken) is not { } app) continue;
                    _open[port] = opened = new Opened(app);
                }

                opened.Users++;
                var closed = 0;
                return new LoopbackListener(port, null, () => Interlocked.Exchange(ref closed, 1) == 0 ? CloseAsync(port) : ValueTask.CompletedTask);
            }
        }
        finally
        {
            _gate.Release();
        }

        var names = string.Join(" and ", ports);
        return new LoopbackListener(null, $"{(ports.Count == 1 ? "Port" : "Ports")} {names} of this machine {(ports.Count == 1 ? "is" : "are")} in use by another program.", static () => ValueTask.CompletedTask);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        // Logins that the stop has ended may be closing theirs at this moment.
        await _gate.WaitAsync();
        Opened[] open = [.. _open.Values];
        _open.Clear();
        _gate.Release();
        foreach (var opened in open) await opened.App.DisposeAsync();
        _gate.Dispose();
    }

    private async ValueTask CloseAsync(int port)
    {
        WebApplication? app = null;
        await _gate.WaitAsync();
        try
        {
            if (_open.TryGetValue(port, out var opened) && --opened.Users == 0)
            {
                _open.Remove(port);
                app = opened.App;
            }
        }
        finally
        {
            _gate.Release();
        }

        if (app is null) return;
        // The page that ended the login is still being written.
        await app.StopAsync();
        await app.DisposeAsync();
    }

    private async Task<WebApplication?> TryListenAsync(int port, CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = 0;
            kestrel.Limits.MaxRequestHeadersTotalSize = 32 * 1024;
            kestrel.Limits.MaxConcurrentConnections = 32;
            kestrel.ListenLocalhost(port);
        });
        builder.Services.AddSingleton<IHostLifetime, OwnersLifetime>();
        builder.Services.Configure<HostOptions>(static host => host.ShutdownTimeout = TimeSpan.FromSeconds(2));
        var app = builder.Build();
        app.Run(AnswerAsync);
        try
        {
            await app.StartAsync(cancellationToken);
            LogOpened(port);
            return app;
        }
        catch (Exception ex) when (ex is IOException or SocketException)
        {
            await app.DisposeAsync();
            LogTaken(port, ex.Message);
            return null;
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }
    }

    private async Task AnswerAsync(HttpContext context)
    {
        if (!HttpMethods.IsGet(context.Request.Method) || !LocalOrigin.IsLocal(context.Request))
        {
            context.Response.StatusCode = 404;
            return;
        }

        context.Response.Headers.Connection = "close";
        await new CallbackPageResult(await logins().CallbackAsync(LoginCallbackRoutes.Read(context.Request, null), context.RequestAborted)).ExecuteAsync(context);
    }

    [LoggerMessage(66, LogLevel.Information, "A login waits on port {Port} of this machine.")]
    private partial void LogOpened(int port);

    [LoggerMessage(67, LogLevel.Warning, "Port {Port} could not be opened for a login: {Reason}")]
    private partial void LogTaken(int port, string reason);

    private sealed class Opened(WebApplication app)
    {
        public WebApplication App => app;

        public int Users { get; set; }
    }

    /// <summary>Leaves signals alone: the gateway's host answers them.</summary>
    private sealed class OwnersLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
