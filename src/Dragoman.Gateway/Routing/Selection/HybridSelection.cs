using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Requests;

namespace Dragoman.Gateway.Routing.Selection;

/// <summary>
/// The one with the best score of health, rate, quota and idleness. Who falls short of a threshold comes behind all who do not: first those
/// whose quota is critical, then those in poor health, last those whose bucket is empty.
/// </summary>
internal sealed class HybridSelection(AccountLoadTracker gauges, CooldownTracker cooldowns, Func<HybridOptions> options) : ISelection
{
    private const double UnknownQuota = 50;
    private const double MostIdle = 3_600;

    /// <inheritdoc/>
    public string Name => "hybrid";

    /// <inheritdoc/>
    public string Explanation => "the best score of health, rate, quota and idleness";

    /// <inheritdoc/>
    public void Order(Tier tier, List<int> available, RouteRequest request, bool dryRun)
    {
        if (available.Count == 1) return;
        var numbers = options();
        var ranked = new List<(int Shortcoming, double Score, int Place)>(available.Count);
        foreach (var place in available)
        {
            var offer = tier.Offers[place];
            var load = gauges.Get(offer.Account).Load(offer.Account, numbers);
            var quota = cooldowns.QuotaLeft(offer.Account, offer.Model.Id) * 100;
            ranked.Add((ShortcomingOf(load, quota, numbers), -ScoreOf(load, quota, numbers), place));
        }

        ranked.Sort();
        for (var index = 0; index < available.Count; index++) available[index] = ranked[index].Place;
    }

    private static int ShortcomingOf(GaugeLoad load, double? quota, HybridOptions numbers)
        => load.Bucket <= 0 ? 3 : load.Health < numbers.MinHealth ? 2 : quota <= numbers.CriticalQuota ? 1 : 0;

    private static double ScoreOf(GaugeLoad load, double? quota, HybridOptions numbers)
        => load.Health * numbers.HealthWeight + Math.Max(0, load.Bucket) * 100 * numbers.BucketWeight + (quota ?? UnknownQuota) * numbers.QuotaWeight
            + Math.Min(load.Idle.TotalSeconds, MostIdle) * numbers.IdleWeight;
}
