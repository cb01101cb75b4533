
using Dragoman.Gateway.Settings;

namespace Dragoman.Gateway.Configuration;

/// <summary>What came of reading a configuration.</summary>
/// <param name="Config">The configuration; null when there was an error.</param>
/// <param name="Problems">Everything that was found, in the order of the file.</param>
public sealed record ConfigResult(GatewayConfig? Config, IReadOnlyList<ConfigDiagnostic> Problems)
{
    /// <summary>Whether the configuration can be used.</summary>
    public bool IsUsable => Config is not null;
}
