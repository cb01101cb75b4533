namespace Dragoman.Gateway.Accounts;

/// <summary>Keeps regular work on many accounts from coming all at once.</summary>
internal static class AccountSpread
{
    /// <summary>A number from 0 to 1 that is the account's own, on every node and after every start.</summary>
    public static double Of(string accountId)
    {
        var hash = 17u;
        foreach (var letter in accountId) hash = (hash * 31) + letter;
        return hash % 1_000 / 1_000.0;
    }
}
