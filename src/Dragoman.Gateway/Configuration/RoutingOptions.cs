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

    /// <summary>The one with the fewest requests under way, then with the least done of late.</summary>
    LeastUsed,

    /// <summary>The one with the best score of health, rate, quota and idleness (<see cref="HybridOptions"/>).</summary>
    Hybrid,
}

/// <summary><c>routing</c>.</summary>
public sealed record RoutingOptions
{
    /// <summary><c>strategy</c>: <c>round-robin</c>, <c>fill-first</c>, <c>sticky</c>, <c>least-used</c> or <c>hybrid</c>.</summary>
    public RoutingStrategy Strategy { get; init; }

    /// <summary><c>session-affinity</c>: conversations stay with their account whatever the strategy.</summary>
    public bool SessionAffinity { get; init; }

    /// <summary><c>session-affinity-ttl</c>: how long after its last use a conversation is remembered.</summary>
    public TimeSpan SessionAffinityTtl { get; init; } = TimeSpan.FromHours(1);

    /// <summary><c>hybrid</c>: the numbers of that strategy.</summary>
    public HybridOptions Hybrid { get; init; } = HybridOptions.Default;

    /// <summary><c>routes</c>: what holds for some models only. The first that fits a name counts.</summary>
    public IReadOnlyList<RouteRule> Routes { get; init; } = [];

    /// <summary><c>fallbacks</c>: which models stand in for which, where the route names none; <c>*</c> in the first stands for any run of characters.</summary>
    public IReadOnlyList<(string Model, IReadOnlyList<string> Fallback)> Fallbacks { get; init; } = [];

    /// <summary>What holds for a model.</summary>
    /// <param name="model">Its name as clients know it, without suffixes.</param>
    public RoutePolicy PolicyOf(string model)
    {
        var rule = Routes.FirstOrDefault(rule => rule.Models.Any(pattern => Models.Wildcard.Matches(pattern, model)));
        return new RoutePolicy(rule?.Strategy ?? Strategy, rule?.SessionAffinity ?? SessionAffinity,
            rule is { Fallback.Count: > 0 } ? rule.Fallback : Fallbacks.FirstOrDefault(pair => Models.Wildcard.Matches(pair.Model, model)).Fallback ?? []);
    }
}

/// <summary>An item of <c>routing.routes</c>.</summary>
public sealed record RouteRule
{
    /// <summary><c>models</c>: the names it holds for; <c>*</c> stands for any run of characters.</summary>
    public required IReadOnlyList<string> Models { get; init; }

    /// <summary><c>strategy</c>, or null for that of <c>routing</c>.</summary>
    public RoutingStrategy? Strategy { get; init; }

    /// <summary><c>session-affinity</c>, or null for that of <c>routing</c>.</summary>
    public bool? SessionAffinity { get; init; }

    /// <summary><c>fallback</c>: models that stand in, one after the other.</summary>
    public IReadOnlyList<string> Fallback { get; init; } = [];
}

/// <summary>What holds for a model after all rules are applied.</summary>
/// <param name="Strategy">How the account is chosen.</param>
/// <param name="SessionAffinity">Whether conversations stay with their account whatever the strategy.</param>
/// <param name="Fallback">Models that stand in when all its accounts are exhausted.</param>
public sealed record RoutePolicy(RoutingStrategy Strategy, bool SessionAffinity, IReadOnlyList<string> Fallback)
{
    /// <summary>Whether conversations are bound to accounts.</summary>
    public bool Binds => SessionAffinity || Strategy == RoutingStrategy.Sticky;
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
