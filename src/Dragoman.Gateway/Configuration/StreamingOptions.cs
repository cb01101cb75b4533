
namespace Dragoman.Gateway.Configuration;

/// <summary>What a keep-alive looks like.</summary>
public enum KeepAliveStyle
{
    /// <summary>An SSE comment, which every client ignores, its own stall watchdog included.</summary>
    Comment,

    /// <summary>The client protocol's own ping event, where it has one; else a comment.</summary>
    Ping,
}

/// <summary><c>streaming</c>: keep-alives to the client and time limits on the upstream. A zero switches a limit off.</summary>
public sealed record StreamingOptions
{
    /// <summary><c>keepalive-seconds</c>: how long a stream may be silent before the client gets a keep-alive; zero for never.</summary>
    public TimeSpan KeepAlive { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary><c>keepalive-style</c>: <c>comment</c> or <c>ping</c>.</summary>
    public KeepAliveStyle KeepAliveStyle { get; init; }

    /// <summary><c>nonstream-keepalive-interval</c> (top level): a newline every so often while a whole answer is awaited; zero for never. It commits status 200 early.</summary>
    public TimeSpan WholeAnswerKeepAlive { get; init; }

    /// <summary><c>bootstrap-retries</c>: how often a stream that failed before its first byte is started again over and above the rounds of <see cref="Dragoman.Gateway.Forwarding.Transport.RetryOptions"/>.</summary>
    public int BootstrapRetries { get; init; }

    /// <summary><c>first-byte-timeout-seconds</c>: how long an attempt may take to its first byte; zero for no limit.</summary>
    public TimeSpan FirstByteTimeout { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary><c>idle-timeout-seconds</c>: how long an upstream stream may be silent in its middle; zero for no limit.</summary>
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary><c>client-write-timeout-seconds</c>: how long a client may take nothing of its stream before it is cut off; zero for no limit.</summary>
    public TimeSpan ClientWriteTimeout { get; init; } = TimeSpan.FromMinutes(2);
}

/// <summary>What is logged, and where.</summary>
public sealed record LoggingOptions
{
    /// <summary><c>debug</c>: more words.</summary>
    public bool Debug { get; init; }

    /// <summary><c>logging-to-file</c>: rotated files instead of the console.</summary>
    public bool ToFile { get; init; }

    /// <summary><c>logs-max-total-size-mb</c>: the oldest files go when there is more; 0 for no limit.</summary>
    public int MaxTotalSizeMb { get; init; }
}
