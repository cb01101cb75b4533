namespace Dragoman.Gateway.Configuration;

/// <summary><c>telemetry</c>: what is reported of requests' traces. Whether and where to anything is exported is the environment's to say (<c>OTEL_*</c>).</summary>
public sealed record TelemetryOptions
{
    /// <summary><c>propagate</c>: upstreams are sent the trace's context (<c>traceparent</c>), so that their spans join it. Off, because providers need not know.</summary>
    public bool Propagate { get; init; }
}
