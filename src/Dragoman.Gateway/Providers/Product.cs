namespace Dragoman.Gateway.Providers;

/// <summary>How the gateway names itself to upstreams: by its own name.</summary>
public static class Product
{
    /// <summary>The version of this build.</summary>
    public static string Version { get; } = typeof(Product).Assembly.GetName().Version?.ToString(3) ?? "0.0.0";

    /// <summary>The user agent sent upstream.</summary>
    public static string UserAgent { get; } = "dragoman/" + Version;
}
