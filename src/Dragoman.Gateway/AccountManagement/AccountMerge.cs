namespace Dragoman.Gateway.AccountManagement;

/// <summary>What becomes of an account that comes from another host.</summary>
public enum AccountMergeAction
{
    /// <summary>It is not here: it is added.</summary>
    Add,

    /// <summary>It is here with an older credential: that is replaced, and all else stays.</summary>
    Renew,

    /// <summary>It is here with a newer credential, which stays.</summary>
    Keep,

    /// <summary>It is here with the same credential: there is nothing to do.</summary>
    Same,

    /// <summary>It is in the configuration file, which is not written.</summary>
    Configured,

    /// <summary>It cannot be read here.</summary>
    Invalid,
}

/// <summary>What becomes of an account that comes from another host, and why.</summary>
/// <param name="Action">What.</param>
/// <param name="Reason">Why, for people.</param>
/// <param name="Here">The account that it is here; null where there is none.</param>
public sealed record AccountMerge(AccountMergeAction Action, string Reason, AccountEntry? Here = null);
