using Dragoman.Gateway.Configuration;
using Dragoman.Providers;

namespace Dragoman.Cli.Options;

/// <summary>Finds the configuration for a command.</summary>
internal static class ConfigOptions
{
    /// <summary>Loads the configuration and prints what is wrong with it; null when it cannot be used.</summary>
    public static GatewayConfig? Load(string? config, string? data)
    {
        var file = DataFolder.ConfigFile(config, DataFolder.Resolve(data));
        if (file is null)
        {
            Console.Error.WriteLine("dragoman: no gateway runs here, and there is no config.yaml in the data folder or in this one; say where it is with --config, or where the gateway is with --url.");
            return null;
        }

        var result = ProviderModules.ConfigLoader.LoadFile(file);
        foreach (var problem in result.Problems) Console.Error.WriteLine(problem.ToString());
        return result.Config;
    }
}
