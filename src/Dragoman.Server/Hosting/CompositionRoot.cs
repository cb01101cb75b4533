using Dragoman.Gateway.AccountManagement;
using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Catalog;
using Dragoman.Gateway.ClientKeys;
using Dragoman.Gateway.Configuration;
using Dragoman.Gateway.Configuration.Yaml;
using Dragoman.Gateway.Flows;
using Dragoman.Gateway.Forwarding;
using Dragoman.Gateway.Forwarding.Attempts;
using Dragoman.Gateway.Forwarding.Transport;
using Dragoman.Gateway.Pipeline;
using Dragoman.Gateway.Requests;
using Dragoman.Gateway.Usage;
using Dragoman.Protocols;
using Dragoman.Protocols.Json;
using Dragoman.Providers;
using Dragoman.Server.Api.Responses;
using Dragoman.Server.Management.Access;
using Dragoman.Server.Management.Audit;
using Dragoman.Server.Management.Backup;
using Dragoman.Server.Management.Health;
using Dragoman.Server.Management.Settings;
using Dragoman.Server.Observability;
using Dragoman.Server.Observability.Metrics;
using Dragoman.Server.Observability.Telemetry;

namespace Dragoman.Server.Hosting;

/// <summary>Puts the parts together: which configuration, which router, which relay. The only place that knows them all.</summary>
internal sealed class CompositionRoot : IAsyncDisposable
{
    private readonly StartOptions _options;
    private readonly ConfigResult _initial;
    private readonly UpstreamTransport _http = new();
    private readonly List<IAsyncDisposable> _owned = [];
    private ConfigWatcher? _watcher;
    private GatewayServices? _services;

    private CompositionRoot(StartOptions options, ConfigResult initial)
    {
        _options = options;
        _initial = initial with { Config = initial.Config!.WithAddress(options.Host, options.Port) };
    }

    /// <summary>The configuration at start; its listeners hold until the end.</summary>
    public GatewayConfig Config => _initial.Config!;

    public IReadOnlyList<ConfigDiagnostic> Problems => _initial.Problems;

    public GatewayServices Services => _services ?? throw new InvalidOperationException("The parts are not connected yet.");

    /// <summary>Reads the configuration.</summary>
    /// <exception cref="StartException">It cannot be used.</exception>
    public static CompositionRoot Create(StartOptions options)
    {
        var result = options switch
        {
            { ConfigText: { } text } => ConfigLoader.Load(text, Path.GetFileName(options.ConfigFile ?? "config.yaml")),
            { ConfigFile: { } file } => ConfigLoader.LoadFile(file),
            _ => ConfigLoader.Load("", "config.yaml"),
        };
        if (!result.IsUsable) throw new StartException($"The configuration '{options.ConfigFile ?? "config.yaml"}' cannot be used.", result.Problems);
        return new CompositionRoot(options, result);
    }

    /// <summary>Opens the store, makes the parts that log, and follows the configuration file from now on.</summary>
    /// <exception cref="StartException">The store cannot be used.</exception>
    public async Task ConnectAsync(ILoggerFactory loggers, CancellationToken cancellationToken)
    {
        var time = _options.Time;
        if (_options.DataFolder is { } folder)
        {
            Own(await DataFolderAccess.LockAsync(folder, create: true, cancellationToken));
            DataLeftovers.Remove(folder, "", time);
        }

        var opened = Own(await StoreHandle.OpenAsync(Config.Store, _options.DataFolder, time, loggers.CreateLogger("Store"), cancellationToken));
        var store = opened.Store;
        var keys = Own(await ClientKeyModule.OpenAsync(Config, Problems, opened, time, loggers.CreateLogger("Keys"), cancellationToken));
        var book = Own(await AccountRegistry.OpenAsync(Config, store.Accounts, store.Changes, opened.Secrets, time, loggers.CreateLogger<AccountRegistry>(), cancellationToken));
        var current = () => book.Current;
        var metrics = new GatewayMetrics();
        var draining = new GracefulShutdown();
        Connect(_http, Config);
        var router = new Dragoman.Gateway.Routing.Router(current().ToRouting(), time);
        book.Changed += (_, change) => router.Apply(change.Current.ToRouting());
        book.Changed += (_, change) => keys.Configure(change.Current);
        router.Apply(current().ToRouting());
        var lanes = Own(await CooldownStateSync.OpenAsync(router.Lanes, () => router.AccountIds, store.Lanes, store.Changes, time, loggers.CreateLogger<CooldownStateSync>(), cancellationToken));
        book.Changed += (_, change) => lanes.Take(change.Previous.Accounts, change.Current.Accounts);
        var memory = new MemoryBudget(MemoryFor(current()));
        book.Changed += (_, change) => memory.Limit = MemoryFor(change.Current);
        var catalogue = Own(KeepCatalogue(current().Catalogue, router, keys.Prices, time, loggers.CreateLogger("Catalogue")));
        book.Changed += (_, change) => catalogue.Configure(change.Current.Catalogue);
        Follow(book, loggers);
        var admission = await keys.StartAsync(store, router, current, _options.DataFolder, time, loggers.CreateLogger("Keys"), cancellationToken);
        var relay = new ForwardingServices(router, ProviderModules.CreateRegistry(time), _http, time) 
        {
            OptionsSource = () => RelayOptionsOf(current()),
            Memory = memory,
            Stopping = draining.Hurried,
        };
        var flows = Own(new FlowRecorder(store.Flows, () => current().Flows, LanguageOf, () => ConfiguredSecrets.Of(current()), time, loggers.CreateLogger("Flows"), memory));
        var accountMetrics = new AccountMetrics(current, router.Lanes, time);
        var telemetry = TelemetryExport.Start(Environment.GetEnvironmentVariable, () => new TelemetryInstruments(metrics, accountMetrics), loggers.CreateLogger("Telemetry"));
        if (telemetry is not null) Own(telemetry);
        var recorder = new RequestRecorder(loggers.CreateLogger<RequestRecorder>(), metrics, time, draining, flows, telemetry?.Requests);
        var pricing = new UsagePricing(keys.Prices);
        var secret = Own(await ManagementSecret.OpenAsync(current, store, opened.Secrets, Environment.GetEnvironmentVariable, loggers.CreateLogger("Management"), cancellationToken));
        var page = new MetricsPage();
        page.Add(metrics);
        page.Add(accountMetrics);
        page.Add(new StoreMetrics(store, time));
        page.Add(new BacklogMetrics(flows, keys.Usage));
        page.Add(new BudgetMetrics(keys.Ring, store.Budgets, time));
        page.Add(new ProcessMetrics());
        IRequestObserver[] observers = telemetry is null ? [keys.Usage, flows, metrics] : [keys.Usage, flows, metrics, telemetry.Requests];
        var probe = Own(new StoreProbe(store, time));
        _services = new GatewayServices(current, relay, recorder, page, draining, time)
        {
            VisibleModels = router.VisibleModels,
            Store = store,
            Secrets = opened.Secrets,
            Audit = new AuditTrail(store.Audit, time, loggers.CreateLogger("Management")),
            ManagementSecret = secret,
            LoginFailures = new LoginFailures(time),
            DataFolder = _options.DataFolder,
            Memory = memory,
            ConfigFile = Own(new ConfigFile(Followed, InData("config-backups"), _watcher, time)),
            ResponsePersistence = Own(new ResponsePersistence(store.Responses, () => current().Responses, time, loggers.CreateLogger("Responses"))),
            StoreProbe = probe,
            StoreWatch = Own(new StoreWatch(probe, time, loggers.CreateLogger("Store"))),
            Accounts = book,
            Keys = keys.Ring,
            KeyParts = keys,
            Admission = admission,
            Router = router,
            Catalogue = catalogue,
            Forwarder = new RequestPipeline(new Forwarder(relay), admission, pricing, observers, time, new RefusalBrake(() => current().Limits, time)),
            Flows = flows,
            HealthParts = [new FlowsHealth(flows), new UsageHealth(keys.Usage), new CatalogHealth(catalogue, time)],
            Housekeeping = Own(new MemoryHousekeeping(memory, time)),
            Retention = Own(new RetentionJob(store, () => current().Flows, time, loggers.CreateLogger("Retention"))),
        };

        Protocol LanguageOf(Candidate candidate) => relay.Providers[candidate.Account.Provider].LanguageOf(candidate.Account, candidate.Model);
    }

    public async ValueTask DisposeAsync()
    {
        _watcher?.Dispose();
        // What was made last goes first: the store outlives all that writes to it.
        for (var last = _owned.Count - 1; last >= 0; last--) await _owned[last].DisposeAsync();
        _http.Dispose();
    }

    /// <summary>Keeps a part to be disposed of at the end.</summary>
    private T Own<T>(T part)
        where T : IAsyncDisposable
    {
        _owned.Add(part);
        return part;
    }

    /// <summary>The file that is followed: the configuration's, or where one would be put; null for a text of its own.</summary>
    private string? Followed => _options.ConfigText is not null ? null : _options.ConfigFile ?? InData("config.yaml");

    private string? InData(string name) => _options.DataFolder is { } data ? Path.Combine(data, name) : null;

    private void Follow(AccountRegistry book, ILoggerFactory loggers)
    {
        if (Followed is not { } file) return;
        var watcher = new ConfigWatcher(file, _initial, _options.Time, loggers.CreateLogger<ConfigWatcher>());
        watcher.Changed += (_, change) => Connect(_http, change.Current);
        watcher.Changed += (_, change) => book.Take(change.Current);
        _watcher = watcher;
    }

    private CatalogRefresher KeepCatalogue(CatalogOptions options, Dragoman.Gateway.Routing.Router router, PriceCatalog prices, TimeProvider time, ILogger log)
    {
        return new CatalogRefresher(options, Take, _http.Own, time, log);

        void Take(ModelCatalog known, IReadOnlyList<ModelPrice> listed)
        {
            router.Apply(known);
            prices.List(listed);
        }
    }

    private static void Connect(UpstreamTransport http, GatewayConfig config)
    {
        http.DefaultProxyUrl = config.ProxyUrl;
        http.TracedSource = config.Telemetry.Propagate ? TelemetryInstruments.Name : null;
    }

    private static ForwardingOptions RelayOptionsOf(GatewayConfig config) => new()
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
        MaxFrameBytes = config.Limits.MaxFrameBytes,
        MaxAnswerBytes = config.Limits.MaxAnswerBytes,
    };

    private static long MemoryFor(GatewayConfig config) => config.Limits.MemoryOn(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes);

    /// <summary>Zero switches a limit off.</summary>
    private static TimeSpan Limit(TimeSpan limit) => limit > TimeSpan.Zero ? limit : TimeSpan.FromDays(7);
}
