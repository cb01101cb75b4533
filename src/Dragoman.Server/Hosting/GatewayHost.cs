using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Dragoman.Gateway.Configuration;
using Dragoman.Gateway.Requests;
using Dragoman.Gateway.Settings;
using Dragoman.Server.Api;
using Dragoman.Server.DataFolders;
using Dragoman.Server.Lifetime;
using Dragoman.Server.Listeners;
using Dragoman.Server.Observability;
using Dragoman.Server.Panel;
using Dragoman.Server.Security;
using Dragoman.Server.Surfaces;
using Dragoman.Server.Surfaces.Abstractions;
using Dragoman.Server.Surfaces.Dragoman;
using Dragoman.Server.Surfaces.Logins;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Dragoman.Server.Hosting;

/// <summary>The running gateway: configuration, heart and HTTP server, put together. Tests start it in process; the command line runs it.</summary>
public sealed class GatewayHost : IAsyncDisposable
{
    /// <summary>How long clients have to take the last event of answers that are ended.</summary>
    private static readonly TimeSpan LastWords = TimeSpan.FromSeconds(2);

    private readonly WebApplication _app;
    private readonly IServer _server;
    private readonly ConfigSource _source;
    private readonly GracefulShutdown _shutdown;
    private readonly Func<GatewayConfig> _config;
    private readonly TimeProvider _time;
    private InstanceFile? _mark;

    private GatewayHost(WebApplication app, ConfigSource source, TimeProvider time)
    {
        _app = app;
        _server = app.Services.GetRequiredService<IServer>();
        _source = source;
        _shutdown = app.Services.GetRequiredService<GracefulShutdown>();
        _config = app.Services.GetRequiredService<Func<GatewayConfig>>();
        _time = time;
    }

    /// <summary>The addresses listened on.</summary>
    public IReadOnlyList<Uri> Addresses { get; private set; } = [];

    /// <summary>The first address.</summary>
    public Uri Address => Addresses[0];

    /// <summary>What was noticed in the configuration at start.</summary>
    public IReadOnlyList<ConfigDiagnostic> Problems => _source.Loaded.Problems;

    /// <summary>Ends when somebody wants the gateway to be stopped and started again (see <see cref="StartOptions.CanRestart"/>).</summary>
    public Task RestartAsked => _app.Services.GetRequiredService<RestartRequest>().Asked;

    /// <summary>Every route that is mapped.</summary>
    internal IEnumerable<Endpoint> Endpoints => ((IEndpointRouteBuilder)_app).DataSources.Append(_app.Services.GetRequiredService<SurfaceMap>().Shared).SelectMany(source => source.Endpoints);

    /// <summary>The container, for tests that look inside.</summary>
    internal IServiceProvider Services => _app.Services;

    /// <summary>Starts the gateway and returns when it listens.</summary>
    /// <exception cref="StartException">The configuration cannot be used, or an address cannot be opened.</exception>
    public static async Task<GatewayHost> StartAsync(StartOptions options, CancellationToken cancellationToken = default)
    {
        var source = StartConfiguration.Load(options);
        // Opened before anything else is: a mistake in it costs a line, not a half-started gateway.
        var endpoints = ListenerBinding.Resolve(source.Config);
        var certificate = source.Config.Tls.Enable ? TlsCertificate.Load(source.Config.Tls) : null;
        var app = Build(options, source, endpoints, certificate);
        try
        {
            await StartOrder.RunAsync(app.Services, cancellationToken);
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }

        var pipeline = app.Services.GetRequiredService<HttpPipeline>();
        app.Use(next => context => pipeline.InvokeAsync(context, next));
        app.UseWhen(static context => context.Request.Headers.Upgrade.Count > 0 || HttpMethods.IsConnect(context.Request.Method), static upgrade => upgrade.UseWebSockets(SocketPings));
        app.UseRouting();
        app.UseSharedSurfaceRoutes();
        app.UseManagementGuard();
        app.MapClientApi();
        app.MapDragomanSurface();
        app.MapLoginCallback();
        app.MapPanel();
        app.Services.GetRequiredService<SurfaceMap>().Map(app, source.Config.Listeners.Select(listener => listener.Surface));
        var host = new GatewayHost(app, source, options.Time);
        try
        {
            await app.StartAsync(cancellationToken);
        }
        catch (Exception ex) when (ex is IOException or SocketException)
        {
            await host.DisposeAsync();
            throw new StartException(ListenerBinding.Describe(ex, endpoints));
        }

        host.Addresses = [.. app.Urls.Where(static url => !HandedConnections.IsOwn(url)).Select(url => new Uri(url.Replace("//[::]:", "//localhost:", StringComparison.Ordinal).Replace("//0.0.0.0:", "//127.0.0.1:", StringComparison.Ordinal)))];
        app.Services.GetRequiredService<OpenListeners>().Opened(host.Addresses);
        host._mark = InstanceFile.Write(options.DataFolder, host.Address, certificate is null ? null : TlsCertificate.Fingerprint(certificate), options.ConfigFile);
        return host;
    }

    private static WebApplication Build(StartOptions options, ConfigSource source, IReadOnlyList<ResolvedListener> endpoints, X509Certificate2? certificate)
    {
        // Nothing but our own configuration: no appsettings.json, whose watching takes one of the 128 inotify instances that a user has, and no ASPNETCORE_ variables.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        // Before our own listener factory: its transport over sockets is registered only where there is none.
        builder.WebHost.UseKestrelCore();
        var debug = source.Config.Logging.Debug && options.LogLevel is > LogLevel.Debug and not LogLevel.None;
        var recent = new RecentLog();
        builder.Services.AddSingleton(recent);
        builder.Services.AddSingleton<OpenListeners>();
        builder.Services.AddSingleton<HandedConnections>();
        builder.Services.AddSingleton<IConnectionListenerFactory>(static provider => provider.GetRequiredService<HandedConnections>());
        Logging.Configure(builder.Logging, debug ? options with { LogLevel = LogLevel.Debug } : options, recent);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            var log = kestrel.ApplicationServices.GetRequiredService<ILogger<ConnectionLimit>>();
            Listen(kestrel, endpoints, certificate, new ConnectionLimit(ConnectionLimit.For(source.Config.Limits.MaxConnections, OpenFiles.Limit), options.Time, log));
        });
        builder.WebHost.UseSetting(WebHostDefaults.PreventHostingStartupKey, "true");
        builder.Services.AddRoutingCore();
        builder.Services.AddGateway(options, source);
        // Ctrl-C and SIGTERM are the command's to handle: it drains first.
        builder.Services.AddSingleton<IHostLifetime, NoopHostLifetime>();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(5));
        return builder.Build();
    }

    /// <summary>Refuses new calls, lets open ones finish for as long as the configuration allows, and stops.</summary>
    public async Task StopAsync(CancellationToken hurry = default)
    {
        var drained = true;
        try
        {
            await _shutdown.BeginAsync().WaitAsync(_config().DrainTimeout, _time, hurry);
        }
        catch (Exception ex) when (ex is TimeoutException or OperationCanceledException)
        {
            // What is still open is ended at once, each with a last event in its client's protocol; who takes none is cut off.
            var ended = _shutdown.HurryAsync().WaitAsync(LastWords, _time, CancellationToken.None);
            await ended.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            // An answer that has ended is still being sent: its connection is closed behind the last byte, not reset before it.
            drained = ended.IsCompletedSuccessfully;
        }

        _shutdown.Abort();
        using var grace = new CancellationTokenSource(drained ? TimeSpan.FromSeconds(2) : TimeSpan.Zero);
        await _app.StopAsync(grace.Token);
    }

    /// <summary>
    /// Pings keep idle sockets alive through proxies, and end those whose client has gone without a word, or has begun a frame and cannot answer for it:
    /// a ping that is not answered in time ends the connection.
    /// </summary>
    internal static WebSocketOptions SocketPings { get; } = new() { KeepAliveInterval = TimeSpan.FromSeconds(30), KeepAliveTimeout = TimeSpan.FromMinutes(2) };

    /// <summary>How many requests are open.</summary>
    public int OpenRequests => _shutdown.Open;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _mark?.Dispose();
        _shutdown.Abort();
        // The container made the server first and so closes it last; but who still asks is cut off before anything it works with is closed.
        await _server.StopAsync(new CancellationToken(canceled: true));
        await _app.DisposeAsync();
    }

    private static void Listen(KestrelServerOptions kestrel, IReadOnlyList<ResolvedListener> listeners, X509Certificate2? certificate, ConnectionLimit connections)
    {
        kestrel.AddServerHeader = false;
        // The reader has a limit of its own, reported in the client's protocol.
        kestrel.Limits.MaxRequestBodySize = null;
        kestrel.Limits.MaxRequestHeadersTotalSize = 64 * 1024;
        kestrel.Limits.MinResponseDataRate = null;
        kestrel.Limits.KeepAliveTimeout = TimeSpan.FromMinutes(5);
        var services = kestrel.ApplicationServices;
        var open = services.GetRequiredService<OpenListeners>();
        var handed = services.GetRequiredService<HandedConnections>();
        // Made when first needed: the server stands before what surfaces work with.
        var rules = listeners.Select(listener => listener.Options.Surface).Distinct().ToDictionary(surface => surface, surface => new Lazy<ISurfaceClientRules?>(() => SurfaceOf(surface)?.ClientRules));
        foreach (var (listener, address) in listeners)
        {
            var opened = open.Add(listener);
            if (address is null) kestrel.ListenLocalhost(listener.Port, Prepare);
            else if (address.Equals(IPAddress.IPv6Any)) kestrel.ListenAnyIP(listener.Port, Prepare);
            else kestrel.Listen(address, listener.Port, Prepare);

            void Prepare(ListenOptions endpoint)
            {
                var surface = new ListenerSurface(listener.Surface, opened.Use, rules[listener.Surface]);
                var sniffing = new ConnectionSniffing(new Lazy<ISurfaceConnections?>(() => SurfaceOf(listener.Surface)?.Connections), handed, services.GetRequiredService<TimeProvider>());
                endpoint.Use(next => connection =>
                {
                    connection.Features.Set(surface);
                    // What hides behind TLS is HTTP.
                    return connections.HandleAsync(connection, certificate is null ? one => sniffing.HandleAsync(one, next) : next, isSecure: certificate is not null);
                });
                if (certificate is not null) endpoint.UseHttps(certificate);
            }
        }

        // With TLS both versions are agreed upon; without, HTTP/2 is known by its preface and served here.
        if (certificate is null) kestrel.Listen(HandedConnections.Address, static endpoint => endpoint.Protocols = HttpProtocols.Http2);

        ISurface? SurfaceOf(Surface surface) => services.GetServices<ISurface>().FirstOrDefault(one => one.Surface == surface);
    }
}
