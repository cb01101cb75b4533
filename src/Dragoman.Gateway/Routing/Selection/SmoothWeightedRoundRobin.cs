namespace Dragoman.Gateway.Routing.Selection;

/// <summary>
/// Smooth weighted round-robin: with every turn each of those available gains its weight in credit, and who has most goes first and pays
/// what all gained. So an account of weight 3 gets three turns of four beside one of weight 1, and never three in a row with nobody between where it can be helped.
/// </summary>
internal sealed class SmoothWeightedRoundRobin
{
    private readonly Dictionary<(string Account, string Model), long> _credits = [];

    /// <summary>Orders the places by credit and takes the turn. Not safe for many threads; the cursor it hangs on is locked.</summary>
    public void Order(Tier tier, List<int> available, bool dryRun)
    {
        long total = 0;
        var ranked = new List<(int Place, long Credit)>(available.Count);
        foreach (var place in available)
        {
            var weight = tier.Offers[place].Account.Weight;
            total += weight;
            ranked.Add((place, _credits.GetValueOrDefault(KeyOf(tier, place)) + weight));
        }

        // Who has no weight is asked when nobody else can.
        ranked.Sort((one, other) => (WeightOf(tier, one), -one.Credit, one.Place).CompareTo((WeightOf(tier, other), -other.Credit, other.Place)));
        for (var index = 0; index < available.Count; index++)
        {
            var (place, credit) = ranked[index];
            available[index] = place;
            if (!dryRun) _credits[KeyOf(tier, place)] = index == 0 ? credit - total : credit;
        }

        // Accounts come and go with configurations.
        if (_credits.Count > 4 * tier.Offers.Count + 16) _credits.Clear();
    }

    private static int WeightOf(Tier tier, (int Place, long Credit) item) => tier.Offers[item.Place].Account.Weight > 0 ? 0 : 1;

    private static (string, string) KeyOf(Tier tier, int place) => (tier.Offers[place].Account.Id, tier.Offers[place].Model.Id);
}
