namespace Dragoman.Gateway.Configuration;

/// <summary>Settings of CLIProxyAPI's configuration that its own surface goes by.</summary>
public sealed record CliProxyOptions
{
    /// <summary><c>redis-usage-queue-retention-seconds</c>: how long records of usage wait for programs that collect them; a minute, an hour at most.</summary>
    public TimeSpan UsageQueueRetention { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary><c>error-logs-max-files</c>: how many failed requests are listed; 0 for all that are kept.</summary>
    public int ErrorLogsMaxFiles { get; init; } = 10;

    /// <summary><c>request-log</c>: requests are recorded with their bodies, where <c>flows.mode</c> says nothing else.</summary>
    public bool RequestLog { get; init; }
}
