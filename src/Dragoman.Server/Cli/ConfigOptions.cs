using System.CommandLine;
using Dragoman.Gateway.Configuration;

namespace Dragoman.Server.Cli;

/// <summary>The options by which every command finds the configuration.</summary>
internal sealed class ConfigOptions
{
    public Option<string?> Config { get; } = new("--config", "-c") { Description = "The configuration file. Default: config.yaml in the data folder, then in this folder." };

    public Option<string?> Data { get; } = new("--data") { Description = "The folder for what lasts. Default: $DRAGOMAN_DATA, then ~/.dragoman." };

    /// <summary>Loads the configuration and prints what is wrong with it; null when it cannot be used.</summary>
    public static GatewayConfig? Load(string? config, string? data)
    {
        var file = DataFolder.ConfigFile(config, DataFolder.Resolve(data));
        if (file is null || !File.Exists(file))
        {
            Console.Error.WriteLine(file is null ? "dragoman: there is no config.yaml in the data folder or here; say where it is with --config." : $"dragoman: there is no file '{file}'.");
            return null;
        }

        var result = ConfigLoader.Load(File.ReadAllText(file), Path.GetFileName(file));
        foreach (var problem in result.Problems) Console.Error.WriteLine(problem.ToString());
        return result.Config;
    }
}
