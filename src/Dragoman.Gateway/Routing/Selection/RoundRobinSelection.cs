using Dragoman.Gateway.Requests;

namespace Dragoman.Gateway.Routing.Selection;

/// <summary>Each in its turn, per model, by weight where weights differ. All take part whatever their protocol: evenness is what the owner asked for.</summary>
internal sealed class RoundRobinSelection : ISelection
{
    private readonly Cursors _cursors = new();

    /// <inheritdoc/>
    public string Name => "round-robin";

    /// <inheritdoc/>
    public string Explanation => "each in its turn";

    /// <inheritdoc/>
    public void Order(Tier tier, List<int> available, RouteRequest request, bool dryRun)
    {
        if (tier.Offers.Count == 1) return;
        var cursor = _cursors.Get(tier, dryRun);
        lock (cursor)
        {
            if (tier.IsWeighted)
            {
                cursor.Weighted.Order(tier, available, dryRun);
                return;
            }

            Rotation.StartAt(available, cursor.Last + 1);
            if (!dryRun) cursor.Last = available[0];
        }
    }
}
