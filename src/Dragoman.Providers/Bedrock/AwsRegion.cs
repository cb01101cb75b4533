using Dragoman.Gateway.Settings;

namespace Dragoman.Providers.Bedrock;

/// <summary>Finds the AWS region of an entry: its own key, the environment, the profile. There is no silent default.</summary>
internal static class AwsRegion
{
    /// <summary>The region; null when none is known or it is malformed (reported).</summary>
    public static string? Read(SettingsReader entry, string? profile, bool hasEndpoint, Func<string, string?> environment)
    {
        if (entry.Text("region") is { Length: > 0 } region)
        {
            if (IsRegion(region)) return region;
            entry.ErrorAt("region", $"'{region}' is not an AWS region.", "Write it like us-east-1.");
            return null;
        }

        var found = Known(environment("AWS_REGION")) ?? Known(environment("AWS_DEFAULT_REGION")) ?? OfProfile(profile, environment);
        if (found is not null) return found;
        // An address of one's own says where to go; the region is then only part of the signature.
        if (hasEndpoint) return "us-east-1";
        entry.ErrorAt("region", "The AWS region is not known.", "Add region: us-east-1 (or yours), or set AWS_REGION.");
        return null;
    }

    /// <summary>Where Bedrock answers in a region.</summary>
    public static string Endpoint(string region)
        => $"https://bedrock-runtime.{region}.amazonaws.com{(region.StartsWith("cn-", StringComparison.Ordinal) ? ".cn" : "")}";

    /// <summary>The region that one of AWS's own addresses names; null for any other address.</summary>
    public static string? OfHost(string url)
    {
        if (!Uri.TryCreate(url, UriKind.Absolute, out var uri)) return null;
        var parts = uri.Host.Split('.');
        return parts.Length >= 4 && parts[0].StartsWith("bedrock", StringComparison.Ordinal) && parts[2] == "amazonaws" ? parts[1] : null;
    }

    private static string? Known(string? region) => string.IsNullOrWhiteSpace(region) ? null : region.Trim();

    /// <summary>Whether a text can be a region: it becomes a part of hosts' names.</summary>
    public static bool IsRegion(string text)
    {
        var parts = text.Split('-');
        return parts.Length >= 3 && parts[^1].Length is 1 or 2 && parts[^1].All(char.IsAsciiDigit) && parts.SkipLast(1).All(part => part.Length > 1 && part.All(char.IsAsciiLetterLower));
    }

    /// <summary>The <c>region</c> of a profile in the user's AWS configuration file.</summary>
    private static string? OfProfile(string? profile, Func<string, string?> environment)
    {
        profile ??= Known(environment("AWS_PROFILE")) ?? "default";
        var home = Known(environment("HOME")) ?? Known(environment("USERPROFILE"));
        var file = Known(environment("AWS_CONFIG_FILE")) ?? (home is null ? null : Path.Combine(home, ".aws", "config"));
        try
        {
            if (file is null || !File.Exists(file)) return null;
            var inside = false;
            foreach (var raw in File.ReadLines(file))
            {
                var line = raw.Trim();
                if (line.StartsWith('[')) inside = line.Trim('[', ']', ' ') is var section && (section == $"profile {profile}" || section == profile);
                else if (inside && line.Split('=', 2) is [var key, var value] && key.Trim() == "region" && IsRegion(value.Trim())) return value.Trim();
            }
        }
        catch (Exception ex) when (ex is IOException or UnauthorizedAccessException)
        {
            // Then the region has to be written.
        }

        return null;
    }
}
