namespace Dragoman.Gateway.Models;

/// <summary>The offers of one priority, in the order of the configuration.</summary>
/// <param name="Priority">The priority.</param>
/// <param name="Key">What names the tier over all requests and configurations: the cursor of a strategy hangs on it.</param>
/// <param name="Offers">The offers.</param>
internal sealed record Tier(int Priority, string Key, IReadOnlyList<Offer> Offers)
{
    /// <summary>Whether some of its accounts are only assumed to serve the model.</summary>
    public bool HasAssumed { get; } = Offers.Any(offer => offer.IsAssumed);

    /// <summary>Whether its accounts have different weights.</summary>
    public bool IsWeighted { get; } = Offers.Count > 1 && Offers.Any(offer => offer.Account.Weight != Offers[0].Account.Weight);
}

/// <summary>What a requested name means under one configuration; the same for every request, so it is kept.</summary>
internal sealed class Resolution
{
    /// <summary>The name that sessions and cursors hang on: without suffixes, so that <c>m(high)</c> and <c>m</c> share them.</summary>
    public required string BaseName { get; init; }

    /// <summary>The offers by priority, the highest first.</summary>
    public IReadOnlyList<Tier> Tiers { get; init; } = [];

    /// <summary>Who was left out by configuration.</summary>
    public IReadOnlyList<Exclusion> Excluded { get; init; } = [];

    /// <summary>The value of a thinking suffix, or null.</summary>
    public string? Suffix { get; init; }

    /// <summary>Strategy, affinity and fallbacks that hold for the name.</summary>
    public required Configuration.RoutePolicy Policy { get; init; }

    /// <summary>How the name was read.</summary>
    public required IReadOnlyList<string> Steps { get; init; }

    /// <summary>Known names close to the one asked for, when nobody serves it.</summary>
    public IReadOnlyList<string> Nearest { get; init; } = [];
}
