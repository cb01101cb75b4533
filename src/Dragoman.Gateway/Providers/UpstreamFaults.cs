namespace Dragoman.Gateway.Providers;

/// <summary>The codes of faults on the way to an upstream, which no upstream has told.</summary>
public static class UpstreamFaults
{
    /// <summary>It was silent for too long.</summary>
    public const string Timeout = "upstream_timeout";

    /// <summary>It could not be reached: its name is not known, or nobody listens.</summary>
    public const string Unreachable = "upstream_unreachable";

    /// <summary>The connection broke.</summary>
    public const string ConnectionLost = "upstream_connection_lost";
}
