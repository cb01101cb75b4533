using Dragoman.Server.Surfaces.Abstractions;
using Dragoman.Server.Surfaces.Antigravity;
using Dragoman.Server.Surfaces.Bedrock;
using Dragoman.Server.Surfaces.CliProxy;
using Dragoman.Server.Surfaces.Codex;
using Dragoman.Server.Surfaces.Kiro;
using Dragoman.Server.Surfaces.Kiro.Admin;

namespace Dragoman.Server.Surfaces;

/// <summary>The surfaces of other systems: one line each.</summary>
internal static class SurfacesModule
{
    /// <summary>Registers every surface.</summary>
    public static IServiceCollection AddSurfaces(this IServiceCollection services)
    {
        services.AddSingleton<SurfaceEndpoint>();
        services.AddSingleton<SurfaceMap>();
        services.AddSingleton<BedrockHealth>().AddSingleton<BedrockModels>().AddSingleton<ISurface, BedrockSurface>();
        services.AddKiroSurface().AddKiroAdmin();
        services.AddCliProxy();
        services.AddSingleton<LogStream>();
        services.AddCodexSurface();
        services.AddAntigravitySurface();
        return services;
    }
}
