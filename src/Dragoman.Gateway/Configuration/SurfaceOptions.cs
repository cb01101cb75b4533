namespace Dragoman.Gateway.Configuration;

/// <summary><c>surfaces</c>: what the surfaces that stand in for other systems may do.</summary>
public sealed record SurfaceOptions
{
    /// <summary><c>write-user-files</c>: callers on the gateway's own machine may have files of other programs in its owner's home folder shown and changed (Claude Code's settings).</summary>
    public bool WriteUserFiles { get; init; }
}
