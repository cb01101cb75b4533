namespace Dragoman.Gateway.Requests;

/// <summary>How much of a request is recorded; each holds all that stands before it.</summary>
public enum FlowMode
{
    /// <summary>Nothing.</summary>
    Off,

    /// <summary>Who asked what, who was tried and why, what came of it and what it cost; nothing that was said.</summary>
    Metadata,

    /// <summary>The bodies too, redacted and capped.</summary>
    Full,
}
