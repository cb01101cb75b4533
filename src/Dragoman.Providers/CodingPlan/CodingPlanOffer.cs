using Dragoman.Gateway.Providers;
using Dragoman.Protocols;
using Dragoman.Providers.Abstractions;

namespace Dragoman.Providers.CodingPlan;

/// <summary>A plan that a vendor sells keys for: a row of data. Those that ship are in <c>offers.json</c>; owners may add others and replace these.</summary>
/// <param name="Id">The id that accounts refer to.</param>
/// <param name="Name">What people call it.</param>
/// <param name="Host">The scheme and host that all of its addresses begin with, without a slash at the end.</param>
/// <param name="Paths">The path before that of an operation, by protocol, the usual protocol first.</param>
internal sealed record CodingPlanOffer(string Id, string Name, string Host, IReadOnlyList<KeyValuePair<Protocol, string>> Paths)
{
    /// <summary>The protocols by which it tells its models.</summary>
    public IReadOnlyList<Protocol> Lists { get; init; } = [];

    /// <summary>Whose models it serves, as the catalog names the vendor; null for models of several.</summary>
    public string? Vendor { get; init; }

    /// <summary>Where keys are made; null where nobody has said.</summary>
    public string? KeysPage { get; init; }

    /// <summary>What the vendor says about third-party use; null where nobody has said.</summary>
    public ThirdPartyUse? ThirdPartyUse { get; init; }

    /// <summary>Codes, types and words of refusals that say that the plan is used up.</summary>
    public IReadOnlyList<string> QuotaSigns { get; init; } = [];

    /// <summary>Codes, types and words of refusals that say that the plan does not have the model.</summary>
    public IReadOnlyList<string> ModelSigns { get; init; } = [];

    /// <summary>The path of its usage page, behind the host; null where keys can read none.</summary>
    public string? UsagePath { get; init; }

    /// <summary>How the page is read.</summary>
    public UsageMap Usage { get; init; } = new();

    /// <summary>The path before that of an operation; null where the plan is not served by the protocol.</summary>
    public string? PathOf(Protocol protocol)
    {
        foreach (var (known, path) in Paths)
            if (known == protocol) return path;
        return null;
    }

    /// <summary>
    /// Where an account asks what is left. The page moves with the account's address: where that ends as the vendor's does, the page is beside it; where it does not, nobody knows, and the key is sent nowhere else.
    /// </summary>
    /// <param name="baseUrl">The account's address.</param>
    /// <param name="protocol">The account's protocol.</param>
    public string? UsageAddressOf(string baseUrl, Protocol protocol)
        => UsagePath is { } page && PathOf(protocol) is { } path && baseUrl.EndsWith(path, StringComparison.OrdinalIgnoreCase) ? baseUrl[..^path.Length] + page : null;
}
