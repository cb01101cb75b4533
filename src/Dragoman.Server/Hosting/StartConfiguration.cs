using Dragoman.Gateway.Configuration;
using Dragoman.Server.DataFolders;
using Dragoman.Server.Lifetime;

namespace Dragoman.Server.Hosting;

/// <summary>Reads the configuration that the gateway starts with.</summary>
internal static class StartConfiguration
{
    private const string Usual = "config.yaml";

    /// <summary>Reads it: a text, a file, or the built-in defaults.</summary>
    /// <exception cref="StartException">It cannot be used.</exception>
    public static ConfigSource Load(StartOptions options)
    {
        var providers = options.Providers(options.Time);
        var loader = new ConfigLoader(providers);
        var result = options switch
        {
            { ConfigText: { } text } => loader.Load(text, Path.GetFileName(options.ConfigFile ?? Usual)),
            { ConfigFile: { } file } => loader.LoadFile(file),
            _ => loader.Load("", Usual),
        };
        if (!result.IsUsable) throw new StartException($"The configuration '{options.ConfigFile ?? Usual}' cannot be used.", result.Problems);
        var followed = options.ConfigText is not null ? null : options.ConfigFile ?? new DataFolderOptions(options.DataFolder).PathOf(Usual);
        return new ConfigSource(result with { Config = result.Config!.WithAddress(options.Host, options.Port) }, followed, providers, loader);
    }
}
