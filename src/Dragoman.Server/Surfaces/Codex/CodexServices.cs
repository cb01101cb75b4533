using Dragoman.Server.Surfaces.Abstractions;

namespace Dragoman.Server.Surfaces.Codex;

/// <summary>Registers the surface.</summary>
internal static class CodexServices
{
    /// <summary>Registers the surface and what it is made of.</summary>
    public static IServiceCollection AddCodexSurface(this IServiceCollection services) => services
        .AddSingleton<CodexDirectory>()
        .AddSingleton<CodexJson>()
        .AddSingleton<CodexAccounts>()
        .AddSingleton<CodexLogins>()
        .AddSingleton<CodexQuotas>()
        .AddSingleton<CodexSettings>()
        .AddSingleton<CodexClaudeSettings>()
        .AddSingleton<CodexClientRules>()
        .AddSingleton<CodexModels>()
        .AddSingleton<CodexLogs>()
        .AddSingleton<ISurface, CodexSurface>();
}
