using Dragoman.Gateway.Accounts;

namespace Dragoman.Gateway.Requests;

/// <summary>The one account that may answer a request: no other takes its place, and nothing is bound to it by the answer.</summary>
/// <param name="Account">The account's id or label.</param>
/// <param name="Force">
/// Whether it is asked once, whatever is known of it (the test of an account); else it is asked as it ever is, and not while its upstream's limit
/// lasts (a replay).
/// </param>
public sealed record AccountPin(string Account, bool Force)
{
    /// <summary>Whether it is this account.</summary>
    public bool Matches(Account account)
    {
        ArgumentNullException.ThrowIfNull(account);
        return account.Id == Account || account.Label == Account;
    }
}
