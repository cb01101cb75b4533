using Dragoman.Server.Surfaces.Abstractions;

namespace Dragoman.Server.Surfaces.Kiro;

/// <summary>Registers this surface.</summary>
internal static class KiroServices
{
    /// <summary>Registers the surface with the routes of its resources, in the order in which they are documented.</summary>
    public static IServiceCollection AddKiroSurface(this IServiceCollection services) => services
        .AddSingleton<KiroAccounts>().AddSingleton<KiroImports>().AddSingleton<KiroLogins>().AddSingleton<KiroRates>().AddSingleton<KiroSettings>().AddSingleton<KiroHistory>().AddSingleton<KiroStatistics>().AddSingleton<KiroFlows>()
        .AddSingleton<IKiroRoutes, KiroStatusRoutes>()
        .AddSingleton<IKiroRoutes, KiroAccountRoutes>()
        .AddSingleton<IKiroRoutes, KiroAccountTransferRoutes>()
        .AddSingleton<IKiroRoutes, KiroTokenRoutes>()
        .AddSingleton<IKiroRoutes, KiroDeviceLoginRoutes>()
        .AddSingleton<IKiroRoutes, KiroSocialLoginRoutes>()
        .AddSingleton<IKiroRoutes, KiroRemoteLoginRoutes>()
        .AddSingleton<IKiroRoutes, KiroFlowRoutes>()
        .AddSingleton<IKiroRoutes, KiroFlowExportRoutes>()
        .AddSingleton<IKiroRoutes, KiroConfigRoutes>()
        .AddSingleton<IKiroRoutes, KiroToolRoutes>()
        .AddSingleton<IKiroRoutes, KiroPageRoutes>()
        .AddSingleton<IKiroRoutes, KiroModelRoutes>()
        .AddSingleton<IKiroRoutes, KiroMessageRoutes>()
        .AddSingleton<ISurface, KiroSurface>();
}
