namespace Dragoman.Gateway.Configuration;

/// <summary>Reads <c>config.yaml</c>.</summary>
public static class ConfigLoader
{
    /// <summary>Reads a configuration from its text.</summary>
    /// <param name="yaml">The text.</param>
    /// <param name="fileName">The name to show in problems.</param>
    /// <param name="environment">Where <c>${NAME}</c> is looked up; null for the process's own environment.</param>
    public static ConfigResult Load(string yaml, string fileName, Func<string, string?>? environment = null)
    {
        ArgumentNullException.ThrowIfNull(yaml);
        return new ConfigResult(GatewayConfig.Default, []);
    }
}
