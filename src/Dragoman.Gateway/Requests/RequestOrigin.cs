namespace Dragoman.Gateway.Requests;

/// <summary>How a request reached the gateway: for its records and traces.</summary>
/// <param name="Path">The path it came under; of one that the gateway itself makes, what it is for (<c>replay of …</c>).</param>
public sealed record RequestOrigin(string Path)
{
    /// <summary>Where a request without a path comes from.</summary>
    public static RequestOrigin Unknown { get; } = new("");

    /// <summary>The host the client addressed, without a port; null when none was named.</summary>
    public string? Host { get; init; }

    /// <summary>The port the client addressed; null when none was named.</summary>
    public int? Port { get; init; }

    /// <summary>The client's <c>traceparent</c> header (W3C Trace Context); null for none.</summary>
    public string? TraceParent { get; init; }

    /// <summary>The client's <c>tracestate</c> header; null for none.</summary>
    public string? TraceState { get; init; }
}
