namespace Dragoman.Server.Surfaces.Kiro.Admin;

/// <summary>Registers the admin API of the surface <c>kiro</c>.</summary>
internal static class AdminServices
{
    /// <summary>Registers the routes of its resources, in the order in which they are documented.</summary>
    public static IServiceCollection AddKiroAdmin(this IServiceCollection services) => services
        .AddSingleton<AdminIds>().AddSingleton<AdminCredentials>()
        .AddSingleton<IKiroRoutes, AdminCredentialRoutes>()
        .AddSingleton<IKiroRoutes, AdminConfigRoutes>()
        .AddSingleton<IKiroRoutes, AdminKeyRoutes>()
        .AddSingleton<IKiroRoutes, AdminStatsRoutes>()
        .AddSingleton<IKiroRoutes, AdminTraceRoutes>()
        .AddSingleton<IKiroRoutes, AdminProxyRoutes>()
        .AddSingleton<IKiroRoutes, AdminGroupRoutes>()
        .AddSingleton<IKiroRoutes, AdminLoginRoutes>()
        .AddSingleton<IKiroRoutes, AdminSystemRoutes>();
}
