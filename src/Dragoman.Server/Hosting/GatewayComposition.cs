using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Configuration;
using Dragoman.Gateway.Keys;
using Dragoman.Gateway.Models;
using Dragoman.Gateway.Providers;
using Dragoman.Gateway.Relay;
using Dragoman.Gateway.Metering;
using Dragoman.Server.Management.Access;
using Dragoman.Server.Management.Audit;
using Dragoman.Server.Observability;
using Dragoman.Server.Observability.Metrics;
using Dragoman.Server.Observability.Telemetry;

namespace Dragoman.Server.Hosting;

/// <summary>Puts the parts together: which configuration, which router, which relay. The only place that knows them all.</summary>
internal sealed class GatewayComposition : IAsyncDisposable
{
    private readonly StartOptions _options;
    private readonly ConfigResult _initial;
    private readonly UpstreamHttp _http = new();
    private ConfigWatcher? _watcher;
    private OpenedStore? _opened;
    private ManagementSecret? _secret;
    private AccountBook? _book;
    private TelemetryExport? _telemetry;
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

    /// <summary>Opens the store, makes the parts that log, and follows the configuration file from now on.</summary>
    /// <exception cref="StartException">The store cannot be used.</exception>
    public async Task ConnectAsync(ILoggerFactory loggers, CancellationToken cancel)
    {
        _opened = await OpenedStore.OpenAsync(Config.Store, _options.DataFolder, _options.Time, loggers.CreateLogger("Store"), cancel);
        _book = await AccountBook.OpenAsync(Config, _opened.Store.Accounts, _opened.Store.Changes, _opened.Secrets, _options.Time, loggers.CreateLogger<AccountBook>(), cancel);
        var current = () => _book.Current;
        var metrics = new GatewayMetrics();
        var draining = new Draining();
        Connect(_http, Config);
        var router = new Gateway.Models.Router(current(), _options.Time);
        _book.Changed += (_, change) => router.Apply(change.Current);
        router.Apply(current());
        Follow(_book, loggers);
        var relay = new RelayServices(router, ProviderRegistry.CreateDefault(_options.Time), _http, _options.Time) { OptionsSource = () => RelayOptionsOf(current()) };
        var accountMetrics = new AccountMetrics(current, router.Lanes, _options.Time);
        _telemetry = TelemetryExport.Start(Environment.GetEnvironmentVariable, () => new TelemetryInstruments(metrics, accountMetrics), loggers.CreateLogger("Telemetry"));
        var recorder = new RequestRecorder(loggers.CreateLogger<RequestRecorder>(), metrics, _options.Time, draining, _telemetry?.Requests);
        var pricing = new UsagePricing();
        _secret = await ManagementSecret.OpenAsync(current, _opened.Store, _opened.Secrets, Environment.GetEnvironmentVariable, loggers.CreateLogger("Management"), cancel);
        var page = new MetricsPage();
        page.Add(metrics);
        page.Add(accountMetrics);
        page.Add(new StoreMetrics(_opened.Store, _options.Time));
        page.Add(new ProcessMetrics());
        _services = new GatewayServices(current, relay, recorder, page, draining, _options.Time)
        {
            VisibleModels = router.VisibleModels,
            Store = _opened.Store,
            Secrets = _opened.Secrets,
            Audit = new AuditTrail(_opened.Store.Audit, _options.Time, loggers.CreateLogger("Management")),
            ManagementSecret = _secret,
            LoginFailures = new LoginFailures(_options.Time),
            Accounts = _book,
            Forwarder = new MeteredForwarder(new Forwarder(relay), new OpenAdmission(), pricing, _telemetry is null ? [metrics] : [metrics, _telemetry.Requests], _options.Time),
        };
    }

    public async ValueTask DisposeAsync()
    {
        _watcher?.Dispose();
        _http.Dispose();
        _telemetry?.Dispose();
        if (_secret is not null) await _secret.DisposeAsync();
        if (_book is not null) await _book.DisposeAsync();
        if (_opened is not null) await _opened.DisposeAsync();
    }

    private void Follow(AccountBook book, ILoggerFactory loggers)
    {
        if (_options.ConfigFile is not { } file || _options.ConfigText is not null) return;
        var watcher = new ConfigWatcher(file, _initial, _options.Time, loggers.CreateLogger<ConfigWatcher>());
        watcher.Changed += (_, change) => Connect(_http, change.Current);
        watcher.Changed += (_, change) => book.Take(change.Current);
        _watcher = watcher;
    }

    private static void Connect(UpstreamHttp http, GatewayConfig config)
    {
        http.DefaultProxyUrl = config.ProxyUrl;
        http.TracedSource = config.Telemetry.Propagate ? TelemetryInstruments.Name : null;
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
