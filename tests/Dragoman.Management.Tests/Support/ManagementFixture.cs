using Dragoman.Gateway.AccountManagement;
using Dragoman.Gateway.Catalog;
using Dragoman.Gateway.ClientKeys;
using Dragoman.Gateway.Configuration;
using Dragoman.Gateway.CredentialRefresh;
using Dragoman.Gateway.Flows;
using Dragoman.Gateway.Forwarding;
using Dragoman.Gateway.Forwarding.Attempts;
using Dragoman.Gateway.Forwarding.Transport;
using Dragoman.Gateway.Persistence;
using Dragoman.Gateway.Pipeline;
using Dragoman.Gateway.Providers;
using Dragoman.Gateway.Quotas;
using Dragoman.Gateway.Requests;
using Dragoman.Gateway.Routing;
using Dragoman.Gateway.Usage;
using Dragoman.Management.Access;
using Dragoman.Management.DependencyInjection;
using Dragoman.Management.Health;
using Dragoman.Management.Hosting;
using Dragoman.Protocols;
using Dragoman.Protocols.Registry;
using Dragoman.Providers;
using Dragoman.Storage;
using Dragoman.Storage.Secrets;
using Dragoman.Storage.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Dragoman.Management.Tests.Support;

/// <summary>The use cases over a real store on SQLite, a real router and a real pipeline, without a server: what another host would have to give them.</summary>
internal sealed class ManagementFixture : IAsyncDisposable
{
    private readonly DirectoryInfo _folder;
    private readonly ServiceProvider _services;

    private ManagementFixture(DirectoryInfo folder, ServiceProvider services, ManualTime time)
    {
        _folder = folder;
        _services = services;
        Time = time;
    }

    /// <summary>Who acts in the tests.</summary>
    public static Actor Owner { get; } = new("management", "192.0.2.1");

    public ManualTime Time { get; }

    public IGatewayStore Store => Get<IGatewayStore>();

    public string ConfigPath => Path.Combine(_folder.FullName, "config.yaml");

    public string TemporaryFolder => _folder.FullName;

    /// <summary>What stands in for the home folder of the gateway's owner; not there until a test makes it.</summary>
    public string HomeFolder => Path.Combine(_folder.FullName, "home");

    /// <summary>Starts with the accounts and keys of a configuration.</summary>
    public static async Task<ManagementFixture> StartAsync(string yaml = "", bool hasFile = true, params ProviderModule[] more)
    {
        var folder = Directory.CreateTempSubdirectory("dragoman-management-");
        var time = new ManualTime();
        var providers = new ProviderRegistry([.. ProviderModules.CreateRegistry(time).All, .. more]);
        var loader = new ConfigLoader(providers, _ => null);
        var file = Path.Combine(folder.FullName, "config.yaml");
        await File.WriteAllTextAsync(file, yaml);
        var loaded = loader.LoadFile(file);
        var config = loaded.Config.ShouldNotBeNull(string.Join('\n', loaded.Problems));
        var data = Path.Combine(folder.FullName, "data");
        var store = await GatewayStore.OpenAsync(new SqliteStoreOptions { Folder = data, Timeout = TimeSpan.FromMinutes(2) }, TimeProvider.System, NullLogger.Instance);
        var secrets = SecretProtector.Open(data, _ => null);
        var accounts = await AccountRegistry.OpenAsync(config, providers, store.Accounts, store.Changes, secrets, time, NullLogger<AccountRegistry>.Instance, default);
        var keys = await ClientKeyStore.OpenAsync(config.ApiKeys, store.Keys, secrets, time, NullLogger.Instance, default);
        var router = new Router(accounts.Current.ToRouting(), time);
        accounts.Changed += (_, change) => router.Apply(change.Current.ToRouting());
        var watcher = hasFile ? new ConfigWatcher(file, loaded, loader, time, NullLogger<ConfigWatcher>.Instance) : null;
        if (watcher is not null) watcher.Changed += (_, change) => accounts.Take(change.Current);

        var services = new ServiceCollection();
        services.AddSingleton<TimeProvider>(time).AddSingleton<ILoggerFactory>(NullLoggerFactory.Instance);
        services.AddSingleton<Func<GatewayConfig>>(() => accounts.Current);
        services.AddSingleton(loader).AddSingleton(providers).AddSingleton<ISecretProtector>(secrets).AddSingleton(secrets);
        services.AddSingleton(_ => store).AddSingleton(_ => accounts).AddSingleton(_ => keys).AddSingleton(router);
        if (watcher is not null) services.AddSingleton(_ => watcher);
        services.AddSingleton(store.Accounts).AddSingleton(store.Keys).AddSingleton(store.Usage).AddSingleton(store.Budgets).AddSingleton(store.Flows).AddSingleton(store.Audit);
        services.AddSingleton(_ => new KeyRateLimiters(time)).AddSingleton(_ => new UsageLedgerWriter(store, time, NullLogger.Instance));
        services.AddSingleton(_ => new PriceCatalog(config.Prices)).AddSingleton<UsagePricing>().AddSingleton<UpstreamTransport>(_ => new UpstreamTransport());
        services.AddSingleton(provider => new VendorContexts(provider.GetRequiredService<UpstreamTransport>(), config.SettingsOf, time));
        services.AddSingleton(provider => new CredentialRenewal(accounts, store, secrets, provider.GetRequiredService<VendorContexts>(), "a-node", time, NullLogger<CredentialRenewal>.Instance));
        services.AddSingleton(_ => new QuotaBook(store.Settings, store.Changes, time, NullLogger<QuotaBook>.Instance));
        services.AddSingleton(_ => new QuotaRecorder(router.Cooldowns, store.QuotaHistory, time, NullLogger<QuotaRecorder>.Instance));
        services.AddSingleton(provider => new QuotaPoller(
            accounts, router.Cooldowns, router.Load, provider.GetRequiredService<QuotaBook>(), provider.GetRequiredService<VendorContexts>(), provider.GetRequiredService<CredentialRenewal>(), store.Leases, "a-node", time, NullLogger<QuotaPoller>.Instance));
        services.AddSingleton(provider => new CatalogRefresher(config.Catalog, (_, _) => { }, provider.GetRequiredService<UpstreamTransport>().Own, time));
        services.AddSingleton(provider => new ForwardingServices(router, providers, provider.GetRequiredService<UpstreamTransport>(), time));
        services.AddSingleton(_ => new FlowRecorder(
            store.Flows, () => accounts.Current.Flows, candidate => providers[candidate.Account.Provider].ProtocolFor(candidate.Account, candidate.Model), () => [], time, NullLogger.Instance));
        services.AddSingleton(provider => new RequestPipeline(
            new Forwarder(provider.GetRequiredService<ForwardingServices>()), new UnlimitedAdmissionController(), provider.GetRequiredService<UsagePricing>(),
            [provider.GetRequiredService<UsageLedgerWriter>(), provider.GetRequiredService<FlowRecorder>()], time));
        services.AddSingleton(_ => new StoreProbe(store, time)).AddSingleton<IHealthPart, FlowsHealth>().AddSingleton<IHealthPart, UsageHealth>();
        services.AddSingleton(new TestProcess(time.GetUtcNow())).AddSingleton<IGatewayProcess>(provider => provider.GetRequiredService<TestProcess>());
        services.AddSingleton(new ManagementPaths(hasFile ? file : null, hasFile ? Path.Combine(folder.FullName, "backups") : null, folder.FullName) { Home = Path.Combine(folder.FullName, "home"), Variable = _ => null, Data = data });
        services.AddSingleton<StubListeners>().AddSingleton<ILoopbackListeners>(provider => provider.GetRequiredService<StubListeners>());
        services.AddManagement();
        // What everybody gets is tested with the envelope itself.
        services.AddSingleton(new PassphraseCost(64, 1, 1));
        var provider = services.BuildServiceProvider(new ServiceProviderOptions { ValidateOnBuild = true });
        // The container closes in the reverse order in which it gave things out first: the store last.
        _ = (provider.GetRequiredService<IGatewayStore>(), provider.GetRequiredService<AccountRegistry>(), provider.GetRequiredService<ClientKeyStore>());
        await provider.GetRequiredService<ManagementSecret>().OpenAsync(default);
        return new ManagementFixture(folder, provider, time);
    }

    public TestProcess Process => Get<TestProcess>();

    public T Get<T>()
        where T : notnull
        => _services.GetRequiredService<T>();

    /// <summary>Takes the store away: every call of it fails from now on.</summary>
    public ValueTask LoseStoreAsync() => Store.DisposeAsync();

    /// <summary>The audit log, oldest first, as <c>action target outcome detail</c>.</summary>
    public async Task<string[]> AuditAsync()
        => [.. (await Store.Audit.ListAsync(new AuditQuery(), new PageRequest(1_000))).Items.Reverse().Select(entry => $"{entry.Action} {entry.Target} {entry.Outcome} {entry.Detail}".TrimEnd())];

    /// <summary>Sends a request through the pipeline, as a client's.</summary>
    public async Task<string> AskAsync(string model, string? text = "hello")
    {
        var body = System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(new { model, messages = new[] { new { role = "user", content = text } } });
        var request = new ClientRequest
        {
            ClientProtocol = ProtocolRegistry.Client(Protocol.OpenAiChat), Body = body, Head = RequestEnvelope.Read(body), Model = model, FlowId = FlowId.New(Time), Capture = Get<FlowRecorder>().Begin(FlowMode.Full),
        };
        using var channel = new MemoryChannel();
        await Get<RequestPipeline>().HandleAsync(request, channel, default);
        return request.FlowId;
    }

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    internal sealed class TestProcess(DateTimeOffset startedAt) : IGatewayProcess
    {
        public string NodeId => "test";

        public DateTimeOffset StartedAt => startedAt;

        public bool IsDraining => false;

        public int OpenRequests => 0;

        public bool CanRestart => true;

        public bool WasAskedToRestart { get; private set; }

        public void Restart() => WasAskedToRestart = true;

        public CancellationToken Stopping => default;
    }
}
