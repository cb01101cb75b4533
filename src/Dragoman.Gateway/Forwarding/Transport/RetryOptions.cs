namespace Dragoman.Gateway.Forwarding.Transport;

/// <summary>How often and how patiently a request is tried again.</summary>
public sealed record RetryOptions
{
    /// <summary><c>request-retry</c>: further rounds after every candidate failed once.</summary>
    public int Rounds { get; init; } = 3;

    /// <summary><c>max-retry-credentials</c>: how many candidates a round tries; 0 for all.</summary>
    public int MaxCandidates { get; init; }

    /// <summary><c>max-retry-interval</c>: the longest cooldown that is waited for between rounds; zero never waits.</summary>
    public TimeSpan MaxWait { get; init; } = TimeSpan.FromSeconds(30);
}
