using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Requests;
using Dragoman.Gateway.Routing.Selection;
using Dragoman.Gateway.Text;

namespace Dragoman.Gateway.Routing;

/// <summary>What a requested name means under one configuration; the same for every request, so it is kept.</summary>
internal sealed class ModelResolution
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
    public required RoutePolicy Policy { get; init; }

    /// <summary>How the name was read.</summary>
    public required IReadOnlyList<CodedText> Trace { get; init; }

    /// <summary>Who would serve the name if its owner did what the text says, when nobody serves it.</summary>
    public (Account Account, string Problem)? Unusable { get; init; }

    /// <summary>Known names close to the one asked for, when nobody serves it.</summary>
    public IReadOnlyList<string> Nearest { get; init; } = [];
}
