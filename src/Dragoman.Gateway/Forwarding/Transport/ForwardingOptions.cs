using Dragoman.Gateway.Forwarding.Payload;

namespace Dragoman.Gateway.Forwarding.Transport;

/// <summary>How patient the relay is, and how it keeps clients waiting.</summary>
public sealed record ForwardingOptions
{
    /// <summary>How long an attempt may take until the upstream's first byte of the answer's body.</summary>
    public TimeSpan FirstByteTimeout { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How long a started answer may be silent.</summary>
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How long a streaming client hears nothing before it gets a keep-alive; zero for never.</summary>
    public TimeSpan KeepAlive { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>How long a write to a streaming client may wait for the client to take it; zero for no limit.</summary>
    public TimeSpan ClientWriteTimeout { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>The most bytes that one frame of an upstream's stream may have.</summary>
    public int MaxFrameBytes { get; init; } = 16 << 20;

    /// <summary>The most bytes that a whole answer may have, and the content of a streamed one that is translated.</summary>
    public int MaxAnswerBytes { get; init; } = 64 << 20;

    /// <summary>Whether keep-alives are the protocol's own pings where it has them, and not SSE comments.</summary>
    public bool KeepAliveAsPing { get; init; }

    /// <summary>How many further rounds over the candidates are made after all have failed.</summary>
    public int RequestRetry { get; init; } = 1;

    /// <summary>The longest wait for a cooldown to end before another round; zero for no waiting.</summary>
    public TimeSpan MaxRetryInterval { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How often the same candidate is tried again after a passing fault.</summary>
    public int TransientRetries { get; init; } = 1;

    /// <summary>The most attempts a request may make of the accounts of one model, over all rounds; those refused for a limit are not counted.</summary>
    public int MaxAttempts { get; init; } = 12;

    /// <summary>How many candidates a round tries; 0 for all.</summary>
    public int MaxCandidates { get; init; }

    /// <summary>How many rounds a streamed request gets over and above <see cref="RequestRetry"/>.</summary>
    public int BootstrapRetries { get; init; }

    /// <summary>Members that are set in, or taken out of, the bodies of requests.</summary>
    public PayloadRules Payload { get; init; } = PayloadRules.None;

    /// <summary>Whether all harmless headers of the upstream's answer are given to the client, and not only ids and limits.</summary>
    public bool PassthroughHeaders { get; init; }
}
