using Dragoman.Gateway.Requests;

namespace Dragoman.Gateway.Routing.Selection;

/// <summary>
/// Conversations stay where they are (the router sees to that by their bindings). New ones are dealt out in turn, so that accounts share
/// the load; requests that name no conversation stay together with the account used last, which is what keeps its prompt cache warm.
/// </summary>
internal sealed class StickySelection : ISelection
{
    private readonly RoundRobinSelection _turns = new();
    private readonly Cursors _cursors = new();

    /// <inheritdoc/>
    public string Name => "sticky";

    /// <inheritdoc/>
    public string Explanation => "a conversation stays with its account, new ones go round";

    /// <inheritdoc/>
    public void Order(Tier tier, List<int> available, RouteRequest request, bool dryRun)
    {
        if (tier.Offers.Count == 1) return;
        if (request.SessionKey is not null)
        {
            _turns.Order(tier, available, request, dryRun);
            return;
        }

        var cursor = _cursors.Get(tier, dryRun);
        lock (cursor)
        {
            Rotation.StartAt(available, Math.Max(0, cursor.Last));
            if (!dryRun) cursor.Last = available[0];
        }
    }
}
