using Dragoman.Gateway.Configuration;
using Dragoman.Gateway.Models;
using Dragoman.Gateway.Providers;
using Dragoman.Gateway.Relay;
using Dragoman.Gateway.Metering;
using Dragoman.Server.Observability;

namespace Dragoman.Server.Hosting;

/// <summary>Puts the parts together: which configuration, which router, which relay. The only place that knows them all.</summary>
internal sealed class GatewayComposition : IAsyncDisposable
{
    private readonly StartOptions _options;
    private readonly ConfigResult _initial;
    private readonly UpstreamHttp _http = new();
    private ConfigWatcher? _watcher;
    private OpenedStore? _opened;
    private KeyParts? _keys;
    private GatewayServices? _services;

    private GatewayComposition(StartOptions options, ConfigResult initial)
    {
        _options = options;
        _initial = initial with { Config = initial.Config!.WithAddress(options.Host, options.Port) };
    }

    /// <summary>The configuration at start; its listeners hold until the end.</summary>
    public GatewayConfig Config => _initial.Config!;

    public IReadOnlyList<ConfigProblem> Problems => _initial.Problems;

    public GatewayServices Services => _services ?? throw new InvalidOperationException("The parts are not connected yet.");

    /// <summary>Reads the configuration.</summary>
    /// <exception cref="StartException">It cannot be used.</exception>
    public static GatewayComposition Create(StartOptions options)
    {
        var file = options.ConfigFile ?? "config.yaml";
        var text = options.ConfigText ?? (options.ConfigFile is null ? "" : File.ReadAllText(options.ConfigFile));
        var result = ConfigLoader.Load(text, Path.GetFileName(file));
        if (!result.IsUsable) throw new StartException($"The configuration '{file}' cannot be used.", result.Problems);
        return new GatewayComposition(options, result);
    }

    /// <summary>Opens the store, makes the parts that log, and follows the configuration file from now on.</summary>
    /// <exception cref="StartException">The store cannot be used.</exception>
    public async Task ConnectAsync(ILoggerFactory loggers, CancellationToken cancel)
    {
        _opened = await OpenedStore.OpenAsync(Config.Store, _options.DataFolder, _options.Time, loggers.CreateLogger("Store"), cancel);
        _keys = await KeyParts.OpenAsync(Config, Problems, _opened, _options.Time, loggers.CreateLogger("Keys"), cancel);
        var current = Follow(loggers);
        var metrics = new GatewayMetrics();
        var draining = new Draining();
        _http.DefaultProxyUrl = Config.ProxyUrl;
        var router = new Gateway.Models.Router(Config, _options.Time);
        if (_watcher is not null) _watcher.Changed += (_, change) => router.Apply(change.Current);
        if (_watcher is not null) _watcher.Changed += (_, change) => _keys.Configure(change.Current);
        var admission = await _keys.StartAsync(_opened.Store, router, current, _options.DataFolder, _options.Time, loggers.CreateLogger("Keys"), cancel);
        var relay = new RelayServices(router, ProviderRegistry.CreateDefault(_options.Time), _http, _options.Time) { OptionsSource = () => RelayOptionsOf(current()) };
        var recorder = new RequestRecorder(loggers.CreateLogger<RequestRecorder>(), metrics, _options.Time, draining);
        var pricing = new UsagePricing(_keys.Prices);
        _services = new GatewayServices(current, relay, recorder, metrics, draining, _options.Time)
        {
            VisibleModels = router.VisibleModels,
            Store = _opened.Store,
            Secrets = _opened.Secrets,
            Keys = _keys.Ring,
            KeyParts = _keys,
            Admission = admission,
            Forwarder = new MeteredForwarder(new Forwarder(relay), admission, pricing, [_keys.Usage], _options.Time),
        };
    }

    public async ValueTask DisposeAsync()
    {
        _watcher?.Dispose();
        _http.Dispose();
        if (_keys is not null) await _keys.DisposeAsync();
        if (_opened is not null) await _opened.DisposeAsync();
    }

    private Func<GatewayConfig> Follow(ILoggerFactory loggers)
    {
        if (_options.ConfigFile is not { } file || _options.ConfigText is not null) return () => Config;
        var watcher = new ConfigWatcher(file, _initial, _options.Time, loggers.CreateLogger<ConfigWatcher>());
        watcher.Changed += (_, change) => _http.DefaultProxyUrl = change.Current.ProxyUrl;
        _watcher = watcher;
        return () => watcher.Current;
    }

    private static RelayOptions RelayOptionsOf(GatewayConfig config) => new()
    {
        FirstByteTimeout = Limit(config.Streaming.FirstByteTimeout),
        IdleTimeout = Limit(config.Streaming.IdleTimeout),
        KeepAlive = config.Streaming.KeepAlive,
        KeepAliveAsPing = config.Streaming.KeepAliveStyle == KeepAliveStyle.Ping,
        RequestRetry = config.Retry.Rounds,
        MaxRetryInterval = config.Retry.MaxWait,
        MaxCandidates = config.Retry.MaxCandidates,
        BootstrapRetries = config.Streaming.BootstrapRetries,
        PassthroughHeaders = config.PassthroughHeaders,
    };

    /// <summary>Zero switches a limit off.</summary>
    private static TimeSpan Limit(TimeSpan limit) => limit > TimeSpan.Zero ? limit : TimeSpan.FromDays(7);
}
