namespace Dragoman.Protocols.Conversation;

/// <summary>A request body that is about to be passed to an upstream of the same protocol, and what a scan of its top level found.</summary>
public readonly ref struct PassthroughBody
{
    /// <summary>The body.</summary>
    public required ReadOnlySpan<byte> Bytes { get; init; }

    /// <summary>The model that is asked.</summary>
    public required UpstreamModel Model { get; init; }

    /// <summary>Where the value of the system text stands; empty where it is not there.</summary>
    public Range System { get; init; }

    /// <summary>Where the value of the turns stands; empty where they are not there.</summary>
    public Range Turns { get; init; }

    /// <summary>Whether the turns are a member named <c>messages</c>.</summary>
    public bool HasMessages { get; init; }

    /// <summary>Where the value of <c>tool_choice</c> stands; empty where it is not there.</summary>
    public Range ToolChoice { get; init; }

    /// <summary>Where the value of <c>stream_options</c> stands; empty where it is not there.</summary>
    public Range StreamOptions { get; init; }

    /// <summary>Whether a stream is asked for.</summary>
    public bool Stream { get; init; }

    /// <summary>Whether the client itself asks for usage inside the stream (<c>stream_options.include_usage</c>).</summary>
    public bool IncludesUsage { get; init; }

    /// <summary>Whether the body continues a conversation that the upstream holds.</summary>
    public bool ContinuesThread { get; init; }

    /// <summary>Whether the host is the protocol's own vendor, which takes what others do not.</summary>
    public bool IsVendor { get; init; }
}
