using Dragoman.Gateway.Requests;

namespace Dragoman.Gateway.Routing.Selection;

/// <summary>
/// The first that can, until it cannot. Among equals those that speak the client's protocol come first, because nothing is translated
/// then; after that the order of the configuration counts.
/// </summary>
internal sealed class FillFirstSelection : ISelection
{
    /// <inheritdoc/>
    public string Name => "fill-first";

    /// <inheritdoc/>
    public string Explanation => "the first that can, accounts that speak the client's own protocol before others";

    /// <inheritdoc/>
    public void Order(Tier tier, List<int> available, RouteRequest request, bool dryRun)
        => available.Sort((one, other) =>
        {
            var distance = tier.Offers[one].DistanceFrom(request.Source).CompareTo(tier.Offers[other].DistanceFrom(request.Source));
            return distance != 0 ? distance : one.CompareTo(other);
        });
}
