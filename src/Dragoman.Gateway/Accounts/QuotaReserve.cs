using Dragoman.Gateway.Catalog;

namespace Dragoman.Gateway.Accounts;

/// <summary>A share of every quota window that an account keeps for some client keys (people before bots), or for nobody: below it, requests of other keys go elsewhere.</summary>
/// <param name="Share">The share, 0 to 1; null leaves it to what holds for the account's provider.</param>
/// <param name="Keys">The names or ids of the keys it is kept for, without regard to case; none for nobody.</param>
public sealed record QuotaReserve(double? Share, IReadOnlyList<string> Keys)
{
    /// <summary>The shares of single models, by the upstream's name or a pattern of it; the first that fits counts before <see cref="Share"/>.</summary>
    public IReadOnlyList<(string Model, double Share)> Models { get; init; } = [];

    /// <summary>The share that is kept of a model's quotas; null where the account does not say.</summary>
    /// <param name="model">The upstream's name of the model.</param>
    public double? ShareOf(string model)
    {
        foreach (var (pattern, share) in Models)
            if (Wildcard.Matches(pattern, model)) return share;
        return Share;
    }

    /// <summary>Whether a key may use what is kept.</summary>
    /// <param name="name">The key's name; empty for nobody's.</param>
    /// <param name="id">The key's id.</param>
    public bool IsFor(string name, string id)
    {
        foreach (var key in Keys)
            if (key.Equals(name, StringComparison.OrdinalIgnoreCase) || key.Equals(id, StringComparison.OrdinalIgnoreCase)) return true;
        return false;
    }
}
