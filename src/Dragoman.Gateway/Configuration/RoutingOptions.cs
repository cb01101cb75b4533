namespace Dragoman.Gateway.Configuration;

/// <summary>How an account is chosen among those of equal priority.</summary>
public enum RoutingStrategy
{
    /// <summary>Each in its turn, per model.</summary>
    RoundRobin,

    /// <summary>The first that can, until it cannot; good for draining one account before the next.</summary>
    FillFirst,

    /// <summary>A conversation stays with the account that answered it; best for prompt caches.</summary>
    Sticky,
}

/// <summary><c>routing</c>.</summary>
public sealed record RoutingOptions
{
    /// <summary><c>strategy</c>: <c>round-robin</c>, <c>fill-first</c> or <c>sticky</c>.</summary>
    public RoutingStrategy Strategy { get; init; }

    /// <summary><c>session-affinity</c>: conversations stay with their account whatever the strategy.</summary>
    public bool SessionAffinity { get; init; }

    /// <summary><c>session-affinity-ttl</c>: how long after its last use a conversation is remembered.</summary>
    public TimeSpan SessionAffinityTtl { get; init; } = TimeSpan.FromHours(1);
}

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

/// <summary>Whether and how long failing lanes rest; the rules are in <c>Accounts/README.md</c>.</summary>
public sealed record CoolingOptions
{
    /// <summary><c>disable-cooling</c>: nothing ever rests.</summary>
    public bool Disabled { get; init; }

    /// <summary><c>transient-error-cooldown-seconds</c>: the longest rest after passing faults; zero for none.</summary>
    public TimeSpan TransientCap { get; init; } = TimeSpan.FromSeconds(60);
}
