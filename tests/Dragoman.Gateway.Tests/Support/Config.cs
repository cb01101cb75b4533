using Dragoman.Gateway.Configuration;
using Dragoman.Gateway.Providers;
using Dragoman.Gateway.Settings;
using Dragoman.Providers;

namespace Dragoman.Gateway.Tests.Support;

/// <summary>Configurations from text.</summary>
internal static class Config
{
    /// <summary>The providers that ship.</summary>
    public static ProviderRegistry Providers { get; } = ProviderModules.CreateRegistry(TimeProvider.System);

    /// <summary>Reads; no environment but what is given.</summary>
    public static ConfigResult Read(string yaml, params (string Name, string Value)[] environment)
        => new ConfigLoader(Providers, name => environment.FirstOrDefault(pair => pair.Name == name).Value).Load(yaml, "config.yaml");

    /// <summary>Reads what must be usable.</summary>
    public static GatewayConfig Load(string yaml, params (string Name, string Value)[] environment)
    {
        var result = Read(yaml, environment);
        result.Config.ShouldNotBeNull(string.Join('\n', result.Problems));
        return result.Config;
    }

    /// <summary>The errors of what must not be usable.</summary>
    public static IReadOnlyList<ConfigDiagnostic> Errors(string yaml, params (string Name, string Value)[] environment)
    {
        var result = Read(yaml, environment);
        result.Config.ShouldBeNull();
        return [.. result.Problems.Where(problem => problem.Severity == DiagnosticSeverity.Error)];
    }

    /// <summary>The warnings.</summary>
    public static IReadOnlyList<ConfigDiagnostic> Warnings(string yaml)
        => [.. Read(yaml).Problems.Where(problem => problem.Severity == DiagnosticSeverity.Warning)];
}
