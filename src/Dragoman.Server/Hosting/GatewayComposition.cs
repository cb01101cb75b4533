using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Configuration;
using Dragoman.Gateway.Flows;
using Dragoman.Gateway.Models;
using Dragoman.Gateway.Providers;
using Dragoman.Gateway.Relay;
using Dragoman.Gateway.Metering;
using Dragoman.Server.Management.Access;
using Dragoman.Server.Management.Audit;
using Dragoman.Server.Observability;
using Dragoman.Wire.Conversation;

namespace Dragoman.Server.Hosting;

/// <summary>Puts the parts together: which configuration, which router, which relay. The only place that knows them all.</summary>
internal sealed class GatewayComposition : IAsyncDisposable
{
    private readonly StartOptions _options;
    private readonly ConfigResult _initial;
    private readonly UpstreamHttp _http = new();
    private readonly List<IAsyncDisposable> _owned = [];
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
        return new GatewayComposition(options, result);
    }

    /// <summary>Opens the store, makes the parts that log, and follows the configuration file from now on.</summary>
    /// <exception cref="StartException">The store cannot be used.</exception>
    public async Task ConnectAsync(ILoggerFactory loggers, CancellationToken cancel)
    {
        var time = _options.Time;
        var opened = Own(await OpenedStore.OpenAsync(Config.Store, _options.DataFolder, time, loggers.CreateLogger("Store"), cancel));
        var store = opened.Store;
        var book = Own(await AccountBook.OpenAsync(Config, store.Accounts, store.Changes, opened.Secrets, time, loggers.CreateLogger<AccountBook>(), cancel));
        var current = () => book.Current;
        var keys = Own(await KeyParts.OpenAsync(Config, Problems, opened, time, loggers.CreateLogger("Keys"), cancel));
        var metrics = new GatewayMetrics();
        var draining = new Draining();
        _http.DefaultProxyUrl = Config.ProxyUrl;
        var router = new Gateway.Models.Router(current(), time);
        book.Changed += (_, change) => router.Apply(change.Current);
        router.Apply(current());
        Follow(book, loggers);
        book.Changed += (_, change) => keys.Configure(change.Current);
        var admission = await keys.StartAsync(store, router, current, _options.DataFolder, time, loggers.CreateLogger("Keys"), cancel);
        var relay = new RelayServices(router, ProviderRegistry.CreateDefault(time), _http, time) { OptionsSource = () => RelayOptionsOf(current()) };
        var flows = Own(new FlowRecorder(store.Flows, () => current().Flows, LanguageOf, () => FlowSecrets.Of(current()), time, loggers.CreateLogger("Flows")));
        var recorder = new RequestRecorder(loggers.CreateLogger<RequestRecorder>(), metrics, time, draining, flows);
        var pricing = new UsagePricing(keys.Prices);
        var secret = Own(await ManagementSecret.OpenAsync(current, store, opened.Secrets, Environment.GetEnvironmentVariable, loggers.CreateLogger("Management"), cancel));
        _services = new GatewayServices(current, relay, recorder, metrics, draining, time)
        {
            VisibleModels = router.VisibleModels,
            Store = store,
            Secrets = opened.Secrets,
            Audit = new AuditTrail(store.Audit, time, loggers.CreateLogger("Management")),
            ManagementSecret = secret,
            LoginFailures = new LoginFailures(time),
            Accounts = book,
            Forwarder = new MeteredForwarder(new Forwarder(relay), admission, pricing, [keys.Usage, flows], time),
            Flows = flows,
            Keys = keys.Ring,
            KeyParts = keys,
            Admission = admission,
        };

        Language LanguageOf(Candidate candidate) => relay.Providers[candidate.Account.Provider].LanguageOf(candidate.Account, candidate.Model);
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

    private void Follow(AccountBook book, ILoggerFactory loggers)
    {
        if (_options.ConfigFile is not { } file || _options.ConfigText is not null) return;
        var watcher = new ConfigWatcher(file, _initial, _options.Time, loggers.CreateLogger<ConfigWatcher>());
        watcher.Changed += (_, change) => _http.DefaultProxyUrl = change.Current.ProxyUrl;
        watcher.Changed += (_, change) => book.Take(change.Current);
        _watcher = watcher;
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
