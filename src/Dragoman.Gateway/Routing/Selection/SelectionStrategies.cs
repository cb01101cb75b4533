using Dragoman.Gateway.Accounts;

namespace Dragoman.Gateway.Routing.Selection;

/// <summary>The strategies there are; each remembers whose turn it is for the whole gateway.</summary>
internal sealed class SelectionStrategies(AccountLoadTracker gauges, CooldownTracker cooldowns, Func<HybridOptions> hybrid)
{
    private readonly ISelection _roundRobin = new RoundRobinSelection();
    private readonly ISelection _fillFirst = new FillFirstSelection();
    private readonly ISelection _sticky = new StickySelection();
    private readonly ISelection _leastUsed = new LeastUsedSelection(gauges, cooldowns, hybrid);
    private readonly ISelection _best = new HybridSelection(gauges, cooldowns, hybrid);

    public ISelection this[RoutingStrategy strategy] => strategy switch
    {
        RoutingStrategy.FillFirst => _fillFirst,
        RoutingStrategy.Sticky => _sticky,
        RoutingStrategy.LeastUsed => _leastUsed,
        RoutingStrategy.Hybrid => _best,
        _ => _roundRobin,
    };
}
