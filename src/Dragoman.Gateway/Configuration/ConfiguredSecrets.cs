namespace Dragoman.Gateway.Configuration;

/// <summary>The secrets of a configuration that must not stand in a recorded body.</summary>
public static class ConfiguredSecrets
{
    /// <summary>Client keys, the accounts' credentials and the values of their headers, and the management secret.</summary>
    public static IEnumerable<string> From(GatewayConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        foreach (var key in config.ApiKeys) yield return key;
        if (config.Management.SecretKey is { } secret) yield return secret;
        foreach (var account in config.Accounts)
        {
            foreach (var part in account.Cell.Secrets) yield return part;
            foreach (var (name, value) in account.Headers)
                if (HoldsSecret(name)) yield return value;
        }
    }

    private static bool HoldsSecret(string header)
        => header.Contains("auth", StringComparison.OrdinalIgnoreCase) || header.Contains("key", StringComparison.OrdinalIgnoreCase)
            || header.Contains("token", StringComparison.OrdinalIgnoreCase) || header.Contains("cookie", StringComparison.OrdinalIgnoreCase) || header.Contains("secret", StringComparison.OrdinalIgnoreCase);
}
