using Dragoman.Gateway.Requests;

namespace Dragoman.Gateway.Routing.Selection;

/// <summary>The offers of one priority, in the order of the configuration.</summary>
/// <param name="Priority">The priority.</param>
/// <param name="Key">What names the tier over all requests and configurations: the cursor of a strategy hangs on it.</param>
/// <param name="Offers">The offers.</param>
internal sealed record Tier(int Priority, string Key, IReadOnlyList<ModelTarget> Offers)
{
    /// <summary>Whether some of its accounts are only assumed to serve the model.</summary>
    public bool HasAssumed { get; } = Offers.Any(offer => offer.IsAssumed);

    /// <summary>Whether its accounts have different weights.</summary>
    public bool IsWeighted { get; } = Offers.Count > 1 && Offers.Any(offer => offer.Account.Weight != Offers[0].Account.Weight);
}
