using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Catalog;
using Dragoman.Gateway.Routing.Selection;

namespace Dragoman.Gateway.Routing;

/// <summary><c>routing</c>.</summary>
public sealed record RoutingOptions
{
    private static readonly IReadOnlyDictionary<string, ProviderLimits> NoLimits = new Dictionary<string, ProviderLimits>();

    /// <summary><c>strategy</c>: <c>round-robin</c>, <c>fill-first</c>, <c>sticky</c>, <c>least-used</c> or <c>hybrid</c>.</summary>
    public RoutingStrategy Strategy { get; init; }

    /// <summary><c>session-affinity</c>: conversations stay with their account whatever the strategy.</summary>
    public bool SessionAffinity { get; init; }

    /// <summary><c>session-affinity-ttl</c>: how long after its last use a conversation is remembered.</summary>
    public TimeSpan SessionAffinityTtl { get; init; } = TimeSpan.FromHours(1);

    /// <summary><c>warm-cache-wait</c>: the longest wait for a conversation's own account when that is limited or full for a moment; zero for none. The wait is shorter where the conversation is.</summary>
    public TimeSpan WarmCacheWait { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary><c>hybrid</c>: the numbers of that strategy.</summary>
    public HybridOptions Hybrid { get; init; } = HybridOptions.Default;

    /// <summary><c>routes</c>: what holds for some models only. The first that fits a name counts.</summary>
    public IReadOnlyList<RouteRule> Routes { get; init; } = [];

    /// <summary><c>fallbacks</c>: which models stand in for which, where the route names none; <c>*</c> in the first stands for any run of characters.</summary>
    public IReadOnlyList<(string Model, IReadOnlyList<string> Fallback)> Fallbacks { get; init; } = [];

    /// <summary><c>limits</c>: what holds for the accounts of a provider, by its id.</summary>
    public IReadOnlyDictionary<string, ProviderLimits> Limits { get; init; } = NoLimits;

    /// <summary>What holds for an account by its provider.</summary>
    public ProviderLimits LimitsOf(Account account) => Limits.Count > 0 && Limits.TryGetValue((account ?? throw new ArgumentNullException(nameof(account))).Provider, out var limits) ? limits : ProviderLimits.None;

    /// <summary>What holds for a model.</summary>
    /// <param name="model">Its name as clients know it, without suffixes.</param>
    public RoutePolicy PolicyOf(string model)
    {
        var rule = Routes.FirstOrDefault(rule => rule.Models.Any(pattern => Wildcard.Matches(pattern, model)));
        return new RoutePolicy(rule?.Strategy ?? Strategy, rule?.SessionAffinity ?? SessionAffinity,
            rule is { Fallback.Count: > 0 } ? rule.Fallback : Fallbacks.FirstOrDefault(pair => Wildcard.Matches(pair.Model, model)).Fallback ?? []);
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
