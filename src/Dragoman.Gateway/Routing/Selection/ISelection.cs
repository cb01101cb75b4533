using Dragoman.Gateway.Requests;

namespace Dragoman.Gateway.Routing.Selection;

/// <summary>A strategy: the order in which accounts of equal priority are tried.</summary>
internal interface ISelection
{
    /// <summary>Its name, as configured.</summary>
    string Name { get; }

    /// <summary>What it does, in a sentence for people.</summary>
    string Explanation { get; }

    /// <summary>Orders what is available.</summary>
    /// <param name="tier">All offers of the priority; their places do not change from request to request.</param>
    /// <param name="available">The places in the tier that may be used, ascending, at least one; to be put in order.</param>
    /// <param name="request">The request.</param>
    /// <param name="dryRun">Whether nothing may move on.</param>
    void Order(Tier tier, List<int> available, RouteRequest request, bool dryRun);
}

/// <summary>Where strategies remember whose turn it is, by tier. Bounded: arbitrary names could otherwise fill it.</summary>
internal sealed class Cursors
{
    private const int Most = 8_192;

    private readonly System.Collections.Concurrent.ConcurrentDictionary<string, Cursor> _byTier = new(StringComparer.Ordinal);

    /// <summary>The cursor of a tier; a fresh one, not kept, when only looking at a tier that has none.</summary>
    public Cursor Get(Tier tier, bool dryRun)
    {
        if (_byTier.TryGetValue(tier.Key, out var cursor)) return cursor;
        if (dryRun) return new Cursor();
        if (_byTier.Count >= Most) _byTier.Clear();
        return _byTier.GetOrAdd(tier.Key, static _ => new Cursor());
    }

    /// <summary>Whose turn it was last.</summary>
    internal sealed class Cursor
    {
        /// <summary>The place in the tier; −1 before the first.</summary>
        public int Last { get; set; } = -1;

        /// <summary>The turns by weight, where weights differ.</summary>
        public SmoothWeightedRoundRobin Weighted { get; } = new();
    }
}

/// <summary>Turning lists.</summary>
internal static class Rotation
{
    /// <summary>Turns the list so that the first place at or after <paramref name="from"/> comes first.</summary>
    public static void StartAt(List<int> places, int from)
    {
        var start = places.FindIndex(place => place >= from);
        if (start <= 0) return;
        places.Reverse(0, start);
        places.Reverse(start, places.Count - start);
        places.Reverse();
    }
}
