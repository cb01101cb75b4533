namespace Dragoman.Management.Settings;

/// <summary>Which values of a configuration are secrets, by the names of their keys.</summary>
internal static class ConfigSecrets
{
    private static readonly string[] SecretMarkers = ["key", "secret", "token", "password", "passwd", "authorization", "cookie", "credential", "postgres", "connection"];

    /// <summary>Keys that only sound like it.</summary>
    private static readonly HashSet<string> Harmless =
        new(StringComparer.OrdinalIgnoreCase) { "key", "cert", "max-output-tokens", "max-context-tokens", "prompt-cache-key", "support-prompt-cache-key", "keepalive-seconds", "keepalive-style", "require-secret-on-loopback" };

    /// <summary>Whether the value at a path is a secret. Switches, numbers and names of environment variables are none.</summary>
    public static bool IsSecret(string path, string value)
    {
        if (value.Length == 0 || value is "true" or "false" or "null" || double.TryParse(value, System.Globalization.CultureInfo.InvariantCulture, out _)) return false;
        if (value.StartsWith("${", StringComparison.Ordinal) && value.EndsWith('}') && !value.Contains(":-", StringComparison.Ordinal)) return false;
        var steps = path.Split('.');
        if (steps.Length > 1 && steps[^2].Equals("headers", StringComparison.OrdinalIgnoreCase)) return true;
        var name = steps[^1].Split('[')[0];
        if (steps[^1].StartsWith("tokens-", StringComparison.OrdinalIgnoreCase) || steps[^1].Contains("tokens", StringComparison.OrdinalIgnoreCase)) return false;
        return !Harmless.Contains(name) && SecretMarkers.Any(word => name.Contains(word, StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>The password in an address; null when there is none.</summary>
    public static string? PasswordOf(string value)
    {
        var scheme = value.IndexOf("://", StringComparison.Ordinal);
        if (scheme < 0) return null;
        var authority = value[(scheme + 3)..].Split('/')[0];
        var at = authority.LastIndexOf('@');
        if (at < 0) return null;
        var colon = authority.IndexOf(':', StringComparison.Ordinal);
        return colon >= 0 && colon < at ? authority[(colon + 1)..at] : null;
    }
}
