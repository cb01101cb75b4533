using Dragoman.Gateway.Configuration;
using Dragoman.Gateway.Providers;

namespace Dragoman.Server.DataFolders;

/// <summary>The configuration that the gateway started with, and where it comes from.</summary>
/// <param name="Loaded">What was read, with the address that the start gave in place of the configured one. Its listeners hold until the end.</param>
/// <param name="Followed">The file that is followed: the configuration's, or where one would be put; null for a text of its own.</param>
/// <param name="Providers">The providers that its accounts may have.</param>
/// <param name="Loader">Reads configurations of these providers.</param>
internal sealed record ConfigSource(ConfigResult Loaded, string? Followed, ProviderRegistry Providers, ConfigLoader Loader)
{
    /// <summary>The configuration.</summary>
    public GatewayConfig Config => Loaded.Config!;
}
