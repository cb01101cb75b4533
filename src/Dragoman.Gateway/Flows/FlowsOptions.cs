using Dragoman.Gateway.Requests;

namespace Dragoman.Gateway.Flows;

/// <summary><c>flows</c>: what is recorded of requests, and for how long.</summary>
public sealed record FlowsOptions
{
    /// <summary><c>mode</c>.</summary>
    public FlowMode Mode { get; init; } = FlowMode.Metadata;

    /// <summary><c>max-body-kb</c>: the most that is kept of one body, in bytes here. Of longer ones the first three quarters and the last are kept.</summary>
    public int MaxBodyBytes { get; init; } = 256 << 10;

    /// <summary><c>retention-days</c>: how long a flow is kept; zero for ever.</summary>
    public TimeSpan Retention { get; init; } = TimeSpan.FromDays(30);

    /// <summary><c>bodies-retention-days</c>: how long its bodies are; zero for as long as the flow.</summary>
    public TimeSpan BodiesRetention { get; init; } = TimeSpan.FromDays(7);

    /// <summary><c>max-size-mb</c>: above this the oldest bodies go, then the oldest flows; in bytes here, zero for no limit. Indexes come on top.</summary>
    public long MaxBytes { get; init; } = 2048L << 20;
}
