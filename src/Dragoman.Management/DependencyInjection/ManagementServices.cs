using Dragoman.Gateway.AccountManagement;
using Dragoman.Gateway.Configuration;
using Dragoman.Gateway.Flows;
using Dragoman.Gateway.Persistence;
using Dragoman.Management.Access;
using Dragoman.Management.Accounts;
using Dragoman.Management.Audit;
using Dragoman.Management.Backup;
using Dragoman.Management.Clients;
using Dragoman.Management.CredentialFiles;
using Dragoman.Management.Emulators;
using Dragoman.Management.Flows;
using Dragoman.Management.Flows.Conversations;
using Dragoman.Management.Flows.Export;
using Dragoman.Management.Health;
using Dragoman.Management.Hosting;
using Dragoman.Management.Imports;
using Dragoman.Management.Imports.Systems;
using Dragoman.Management.Keys;
using Dragoman.Management.Logins;
using Dragoman.Management.Transfer;
using Dragoman.Management.Models;
using Dragoman.Management.Providers;
using Dragoman.Management.Routing;
using Dragoman.Management.Quotas;
using Dragoman.Management.Settings;
using Dragoman.Management.Usage;
using Dragoman.Management.UserFiles;
using Dragoman.Storage.Secrets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Dragoman.Management.DependencyInjection;

/// <summary>Registers the use cases of administration.</summary>
public static class ManagementServices
{
    /// <summary>
    /// Registers every use case. The host registers what they work with: the gateway's own services, and of <c>Dragoman.Management.Hosting</c>
    /// <see cref="IGatewayProcess"/>, <see cref="ILoopbackListeners"/> and <see cref="ManagementPaths"/>, and an <see cref="IEmulatorLauncher"/> if it has one. It calls <see cref="ManagementSecret.OpenAsync"/> before the first request.
    /// </summary>
    public static IServiceCollection AddManagement(this IServiceCollection services)
        => services.AddAccess().AddAccounts().AddLogins().AddImports().AddKeys().AddUsage().AddFlows().AddSettings().AddUpkeep().AddModels();

    private static IServiceCollection AddAccess(this IServiceCollection services) => services
        .AddSingleton(provider => new AuditTrail(provider.GetRequiredService<IAuditStore>(), provider.GetRequiredService<TimeProvider>(), Log(provider)))
        .AddSingleton(provider => new ManagementSecret(
            provider.GetRequiredService<Func<GatewayConfig>>(), provider.GetRequiredService<IGatewayStore>(), provider.GetRequiredService<ISecretProtector>(), Environment.GetEnvironmentVariable,
            provider.GetRequiredService<TimeProvider>(), Log(provider)))
        .AddSingleton(provider => new LoginFailures(provider.GetRequiredService<TimeProvider>()))
        .AddSingleton<ManagementLogin>()
        .AddSingleton<ClientKeyGuesses>()
        .AddSingleton(provider => new PanelSessions(
            provider.GetRequiredService<IGatewayStore>().PanelSessions, provider.GetRequiredService<ManagementSecret>(), provider.GetRequiredService<ManagementLogin>(), provider.GetRequiredService<Func<GatewayConfig>>(),
            provider.GetRequiredService<AuditTrail>(), provider.GetRequiredService<TimeProvider>()))
        .AddSingleton<ManagementSecretService>();

    private static IServiceCollection AddAccounts(this IServiceCollection services) => services
        .AddSingleton(provider => new AccountService(provider.GetRequiredService<AccountRegistry>(), provider.GetRequiredService<IAccountStore>(), provider.GetRequiredService<ISecretProtector>()))
        .AddSingleton<AccountDirectory>()
        .AddSingleton<AccountAdministration>()
        .AddSingleton<AccountTester>()
        .AddSingleton<SignOutService>()
        .AddSingleton<LoginRenewalService>()
        .AddSingleton<AccountProber>()
        .AddSingleton<AccountCredentials>()
        .AddSingleton<LoginTokens>()
        .AddSingleton<AccountActionService>()
        .AddSingleton<AccountActivity>()
        .AddSingleton(provider => new PreferredAccounts(
            provider.GetRequiredService<AccountAdministration>(), provider.GetRequiredService<AccountDirectory>(), provider.GetRequiredService<AccountRegistry>(), provider.GetRequiredService<IGatewayStore>().Settings))
        .AddSingleton<VendorCallService>()
        .AddSingleton<ProviderDirectory>()
        .AddSingleton<ModelDiscovery>()
        .AddSingleton<QuotaService>()
        .AddSingleton<QuotaHistory>()
        .AddSingleton<QuotaOverview>();

    private static IServiceCollection AddLogins(this IServiceCollection services) => services
        .AddSingleton<LoginAccounts>()
        .AddSingleton(provider => new Acknowledgements(provider.GetRequiredService<IGatewayStore>().Settings))
        .AddSingleton(provider => new ImportedLogins(provider.GetRequiredService<IGatewayStore>().Settings, provider.GetRequiredService<AccountRegistry>()))
        .AddSingleton(provider => new AccountTransfer(provider.GetRequiredService<AccountRegistry>(), provider.GetRequiredService<AccountService>(), provider.GetRequiredService<IAccountStore>(), provider.GetRequiredService<ISecretProtector>()))
        .AddSingleton(PassphraseCost.Default)
        .AddSingleton<AccountExport>()
        .AddSingleton<AccountImport>()
        .AddSingleton<LoginFileReader>()
        .AddSingleton<LoginsOnHost>()
        .AddSingleton<LoginSaving>()
        .AddSingleton<DevicePolling>()
        .AddSingleton<LoginService>()
        .AddSingleton<RepeatedAttempts>()
        .AddSingleton(provider => new CredentialFileIndex(provider.GetRequiredService<IGatewayStore>().Settings, provider.GetRequiredService<AccountRegistry>()))
        .AddSingleton<CredentialFileService>();

    private static IServiceCollection AddImports(this IServiceCollection services) => services
        .AddSingleton<FoundLogins>()
        .AddSingleton<ISystemReader, CliProxyReader>()
        .AddSingleton<ISystemReader>(LoginFolders.Kiro)
        .AddSingleton<ISystemReader>(LoginFolders.Codex)
        .AddSingleton<ISystemReader>(LoginFolders.Antigravity)
        .AddSingleton<ISystemReader, LiteLlmReader>()
        .AddSingleton<ISystemReader, ClaudeCodeRouterReader>()
        .AddSingleton(provider => new SystemImportService(
            provider.GetServices<ISystemReader>(), provider.GetRequiredService<FoundLogins>(), provider.GetRequiredService<LoginService>(), provider.GetRequiredService<SettingsService>(), provider.GetRequiredService<AuditTrail>(),
            Environment.GetEnvironmentVariable));

    private static IServiceCollection AddKeys(this IServiceCollection services) => services.AddSingleton<ClientKeyService>().AddSingleton<KeyHolderService>().AddSingleton<ClientDirectory>().AddSingleton<ClientConnector>();

    private static IServiceCollection AddUsage(this IServiceCollection services) => services.AddSingleton<UsageReport>().AddSingleton<PriceList>().AddSingleton<UsageHistory>()
        .AddSingleton(provider => new UsageQueue(() => provider.GetRequiredService<Func<GatewayConfig>>()().CliProxy.UsageQueueRetention, provider.GetRequiredService<TimeProvider>()));

    private static IServiceCollection AddFlows(this IServiceCollection services) => services
        .AddSingleton<FlowLookup>()
        .AddSingleton<FlowArchive>()
        .AddSingleton<ConversationArchive>()
        .AddSingleton<FlowExporter>()
        .AddSingleton(provider => new EventJournal(provider.GetRequiredService<FlowRecorder>(), provider.GetRequiredService<IGatewayStore>()))
        .AddSingleton<FlowEvents>()
        .AddSingleton<FlowReplay>();

    private static IServiceCollection AddSettings(this IServiceCollection services) => services
        .AddSingleton(provider =>
        {
            var paths = provider.GetRequiredService<ManagementPaths>();
            return new ConfigFile(paths.ConfigFile, paths.ConfigBackups, provider.GetService<ConfigWatcher>(), provider.GetRequiredService<ConfigLoader>(), provider.GetRequiredService<TimeProvider>());
        })
        .AddSingleton<SurfaceState>()
        .AddSingleton<SettingsSchema>()
        .AddSingleton<PanelState>()
        .AddSingleton(provider => new ConfigHistory(
            provider.GetRequiredService<IGatewayStore>().Settings, provider.GetRequiredService<ISecretProtector>(), provider.GetRequiredService<ConfigFile>(), provider.GetRequiredService<TimeProvider>()))
        .AddSingleton(provider => new ConfigHistoryFollower(
            provider.GetRequiredService<ConfigHistory>(), provider.GetRequiredService<ConfigFile>(), provider.GetService<ConfigWatcher>(), Log(provider)))
        .AddSingleton<ConfigHistoryService>()
        .AddSingleton<SettingsService>()
        .AddSingleton(provider => new ConfiguredSecretHashing(
            provider.GetRequiredService<Func<GatewayConfig>>(), provider.GetRequiredService<ConfigFile>(), provider.GetRequiredService<SettingsService>(), provider.GetService<ConfigWatcher>(), Log(provider)))
        .AddSingleton<ClaudeCodeSettings>();

    private static IServiceCollection AddUpkeep(this IServiceCollection services) => services
        .AddSingleton<HealthReporter>()
        .AddSingleton<BackupService>()
        .AddSingleton(provider => new WaitingRestore(provider.GetRequiredService<ManagementPaths>(), provider.GetRequiredService<IGatewayStore>(), provider.GetRequiredService<TimeProvider>(), Log(provider)))
        .AddSingleton<RestoreService>()
        .AddSingleton<RestartService>()
        .AddSingleton(provider => new EmulatorService(
            provider.GetService<IEmulatorLauncher>(), provider.GetRequiredService<ConfigLoader>(), provider.GetRequiredService<AccountRegistry>(), provider.GetRequiredService<AuditTrail>(), provider.GetRequiredService<TimeProvider>()));

    private static IServiceCollection AddModels(this IServiceCollection services) => services.AddSingleton<ModelDirectory>().AddSingleton<OfferedModels>().AddSingleton<RouteExplainer>();

    private static ILogger Log(IServiceProvider provider) => provider.GetRequiredService<ILoggerFactory>().CreateLogger("Management");
}
