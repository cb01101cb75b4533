namespace Dragoman.Gateway.Accounts;

/// <summary>A share of every quota window that an account keeps for some client keys (people before bots): below it, requests of other keys go elsewhere.</summary>
/// <param name="Share">The share, 0 to 1.</param>
/// <param name="Keys">The names or ids of the keys it is kept for, without regard to case.</param>
public sealed record QuotaReserve(double Share, IReadOnlyList<string> Keys)
{
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
