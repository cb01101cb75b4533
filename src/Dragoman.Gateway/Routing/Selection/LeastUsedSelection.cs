using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Requests;

namespace Dragoman.Gateway.Routing.Selection;

/// <summary>
/// The one that does least: fewest requests under way, then fewest tokens and requests of the last five minutes, each for its weight; equals
/// in turn. An account whose quota is nearly used up comes behind the others.
/// </summary>
internal sealed class LeastUsedSelection(AccountLoadTracker gauges, CooldownTracker cooldowns, Func<HybridOptions> options) : ISelection
{
    private readonly RoundRobinSelection _turns = new();

    /// <inheritdoc/>
    public string Name => "least-used";

    /// <inheritdoc/>
    public string Explanation => "the one that has least to do";

    /// <inheritdoc/>
    public void Order(Tier tier, List<int> available, RouteRequest request, bool dryRun)
    {
        if (available.Count == 1) return;
        _turns.Order(tier, available, request, dryRun);
        var numbers = options();
        var ranked = new List<(bool Critical, double Running, double Tokens, double Requests, int Turn, int Place)>(available.Count);
        foreach (var place in available)
        {
            var offer = tier.Offers[place];
            var load = gauges.Get(offer.Account).Load(offer.Account, numbers);
            var share = Math.Max(0.001, offer.Account.Weight);
            var critical = cooldowns.QuotaLeft(offer.Account, offer.Model.Id) * 100 <= numbers.CriticalQuota;
            ranked.Add((critical, load.Running / share, load.RecentTokens / share, load.RecentRequests / share, ranked.Count, place));
        }

        ranked.Sort();
        for (var index = 0; index < available.Count; index++) available[index] = ranked[index].Place;
    }
}
