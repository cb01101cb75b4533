using Dragoman.Gateway.Accounts;

namespace Dragoman.Gateway.Routing.Selection;

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
