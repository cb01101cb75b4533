using System.Reflection;

namespace Dragoman.Gateway.Providers;

/// <summary>How the gateway names itself to upstreams: by its own name.</summary>
public static class Product
{
    /// <summary>The version of this build.</summary>
    public static string Version { get; } = typeof(Product).Assembly.GetName().Version?.ToString(3) ?? "0.0.0";

    /// <summary>The commit that the running program was built from, as Git's hash; null where it was not built in a checkout.</summary>
    public static string? Commit { get; } = ReadCommit();

    /// <summary>The user agent sent upstream.</summary>
    public static string UserAgent { get; } = "dragoman/" + Version;

    private static string? ReadCommit()
    {
        using var resource = Assembly.GetEntryAssembly()?.GetManifestResourceStream("commit");
        if (resource is null) return null;
        using var reader = new StreamReader(resource);
        return reader.ReadToEnd().Trim() is { Length: > 0 } commit ? commit : null;
    }
}
