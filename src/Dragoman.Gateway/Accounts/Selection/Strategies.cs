using Dragoman.Gateway.Configuration;

namespace Dragoman.Gateway.Accounts.Selection;

/// <summary>The strategies there are; each remembers whose turn it is for the whole gateway.</summary>
internal sealed class Strategies(Gauges gauges, Lanes lanes, Func<HybridOptions> hybrid)
{
    private readonly ISelection roundRobin = new RoundRobinSelection();
    private readonly ISelection fillFirst = new FillFirstSelection();
    private readonly ISelection sticky = new StickySelection();
    private readonly ISelection leastUsed = new LeastUsedSelection(gauges, lanes, hybrid);
    private readonly ISelection best = new HybridSelection(gauges, lanes, hybrid);

    public ISelection this[RoutingStrategy strategy] => strategy switch
    {
        RoutingStrategy.FillFirst => fillFirst,
        RoutingStrategy.Sticky => sticky,
        RoutingStrategy.LeastUsed => leastUsed,
        RoutingStrategy.Hybrid => best,
        _ => roundRobin,
    };
}
