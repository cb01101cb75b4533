using Dragoman.Server.Surfaces.Abstractions;

namespace Dragoman.Server.Surfaces.Antigravity;

/// <summary>Registers the surface.</summary>
internal static class AntigravityServices
{
    /// <summary>Registers the surface and what it is made of.</summary>
    public static IServiceCollection AddAntigravitySurface(this IServiceCollection services) => services
        .AddSingleton<AntigravityState>()
        .AddSingleton<ModelMappings>()
        .AddSingleton<AntigravityAccounts>()
        .AddSingleton<LimitRoutes>()
        .AddSingleton<AccountRoutes>()
        .AddSingleton<LoginRoutes>()
        .AddSingleton<ConfigRoutes>()
        .AddSingleton<PresetRoutes>()
        .AddSingleton<ClaudeRoutes>()
        .AddSingleton<OtherRoutes>()
        .AddSingleton<AntigravityClientRules>()
        .AddSingleton<ISurface, AntigravitySurface>();
}
