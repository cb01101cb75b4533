using Dragoman.Management.Hosting;
using Dragoman.Server.Surfaces.Abstractions;
using Dragoman.Server.Surfaces.CliProxy.Amp;
using Dragoman.Server.Surfaces.CliProxy.Management;
using Dragoman.Server.Surfaces.CliProxy.Relay;
using Dragoman.Server.Surfaces.CliProxy.Resp;
using Dragoman.Server.Surfaces.CliProxy.Shared;

namespace Dragoman.Server.Surfaces.CliProxy;

/// <summary>What the surface of CLIProxyAPI is made of.</summary>
internal static class CliProxyModule
{
    /// <summary>Registers it.</summary>
    public static IServiceCollection AddCliProxy(this IServiceCollection services) => services
        .AddSingleton<ISurface, CliProxySurface>()
        .AddSingleton<RespConnections>()
        .AddSingleton<ICliProxyRoutes, RelayRoutes>()
        .AddSingleton<AuthIndexes>()
        .AddManagementRoutes()
        .AddAmp();

    private static IServiceCollection AddManagementRoutes(this IServiceCollection services) => services
        .AddSingleton<ConfigEdits>()
        .AddSingleton<ScalarRoutes>()
        .AddSingleton<ICliProxyRoutes>(static provider => provider.GetRequiredService<ScalarRoutes>())
        .AddSingleton<ICliProxyRoutes, SecretKeyRoutes>()
        .AddSingleton<ICliProxyRoutes, ConfigRoutes>()
        .AddSingleton<ICliProxyRoutes, ApiKeyRoutes>()
        .AddSingleton<ICliProxyRoutes, KeySectionRoutes>()
        .AddSingleton<ICliProxyRoutes, CompatibilityRoutes>()
        .AddSingleton<ICliProxyRoutes, ChannelMapRoutes>()
        .AddSingleton<ICliProxyRoutes, AmpSettingsRoutes>()
        .AddSingleton<AuthFileJson>()
        .AddSingleton<AuthFileUpload>()
        .AddSingleton<KeySectionToggle>()
        .AddSingleton<ICliProxyRoutes, AuthFileRoutes>()
        .AddSingleton<ICliProxyRoutes, VertexImportRoutes>()
        .AddSingleton<LoginChannels>()
        .AddSingleton<LoginStates>()
        .AddSingleton<ICliProxyRoutes, LoginRoutes>()
        .AddSingleton<ICliProxyRoutes, LoginCallbackRoutes>()
        .AddSingleton<UsageSnapshot>()
        .AddSingleton<ICliProxyRoutes, UsageRoutes>()
        .AddSingleton<ICliProxyRoutes, LogRoutes>()
        .AddSingleton<RequestLogText>()
        .AddSingleton<ICliProxyRoutes, RequestLogRoutes>()
        .AddSingleton<ICliProxyRoutes, ModelRoutes>()
        .AddSingleton<ICliProxyRoutes, ApiCallRoutes>()
        .AddSingleton(static provider => new PanelFile(provider.GetRequiredService<ManagementPaths>(), Environment.GetEnvironmentVariable))
        .AddSingleton<ICliProxyRoutes, PanelRoutes>();

    private static IServiceCollection AddAmp(this IServiceCollection services)
    {
        services.AddHttpForwarder();
        return services.AddSingleton<AmpUpstream>().AddSingleton<AmpModels>().AddSingleton<AmpProxy>().AddSingleton<AmpModelCalls>().AddSingleton<ICliProxyRoutes, AmpRoutes>();
    }
}
