using Dragoman.Gateway.Configuration;
using Dragoman.Gateway.Models;
using Dragoman.Gateway.Providers;
using Dragoman.Gateway.Relay;
using Dragoman.Server.Observability;

namespace Dragoman.Server.Hosting;

/// <summary>Puts the parts together: which configuration, which router, which relay. The only place that knows them all.</summary>
internal sealed class GatewayComposition : IDisposable
{
    private readonly StartOptions _options;
    private readonly ConfigResult _initial;
    private readonly UpstreamHttp _http = new();
    private ConfigWatcher? _watcher;
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
        RequireSafeBinding(result.Config!.WithAddress(options.Host, options.Port));
        return new GatewayComposition(options, result);
    }

    /// <summary>Makes the parts that log, and follows the configuration file from now on.</summary>
    public void Connect(ILoggerFactory loggers)
    {
        var current = Follow(loggers);
        var metrics = new GatewayMetrics();
        var draining = new Draining();
        _http.DefaultProxyUrl = Config.ProxyUrl;
        var router = new Gateway.Models.Router(Config, _options.Time);
        if (_watcher is not null) _watcher.Changed += (_, change) => router.Apply(change.Current);
        var relay = new RelayServices(router, ProviderRegistry.CreateDefault(_options.Time), _http, _options.Time) { OptionsSource = () => RelayOptionsOf(current()) };
        var recorder = new RequestRecorder(loggers.CreateLogger<RequestRecorder>(), metrics, _options.Time, draining);
        _services = new GatewayServices(current, relay, recorder, metrics, draining, _options.Time) { VisibleModels = router.VisibleModels };
    }

    public void Dispose()
    {
        _watcher?.Dispose();
        _http.Dispose();
    }

    private Func<GatewayConfig> Follow(ILoggerFactory loggers)
    {
        if (_options.ConfigFile is not { } file || _options.ConfigText is not null) return () => Config;
        var watcher = new ConfigWatcher(file, _initial, _options.Time, loggers.CreateLogger<ConfigWatcher>());
        watcher.Changed += (_, change) => _http.DefaultProxyUrl = change.Current.ProxyUrl;
        _watcher = watcher;
        return () => watcher.Current;
    }

    /// <summary>Command-line options can widen the binding behind the configuration's back: the rule is the same.</summary>
    private static void RequireSafeBinding(GatewayConfig config)
    {
        if (config.Exposed is { } listener)
        {
            throw new StartException($"The address '{listener.Host}' can be reached from other machines, but no client keys are configured. Add api-keys: to the configuration, or bind to 127.0.0.1.");
        }
    }

    private static RelayOptions RelayOptionsOf(GatewayConfig config) => new()
    {
        FirstByteTimeout = Limit(config.Streaming.FirstByteTimeout),
        IdleTimeout = Limit(config.Streaming.IdleTimeout),
        ClientWriteTimeout = config.Streaming.ClientWriteTimeout,
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
