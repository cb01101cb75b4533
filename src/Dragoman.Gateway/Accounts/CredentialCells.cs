using System.Collections.Concurrent;

namespace Dragoman.Gateway.Accounts;

/// <summary>
/// The cells of all accounts, by account id. An account that is read anew (a changed file, a changed store) keeps its cell as long as it stays the same account:
/// its id, its provider and the credential's identity are what makes it the same.
/// </summary>
public sealed class CredentialCells
{
    private readonly ConcurrentDictionary<(AccountOrigin Origin, string Id), Account> _accounts = new();

    /// <summary>The cell of an account; null where there is no such account. Of two with the same id that of the file is used, as everywhere.</summary>
    public CredentialCell? Find(string accountId)
        => _accounts.TryGetValue((AccountOrigin.Config, accountId), out var known) || _accounts.TryGetValue((AccountOrigin.Store, accountId), out known) ? known.Cell : null;

    /// <summary>An account that was read anew, with the cell that is kept for it; with its own where it is another account than before.</summary>
    /// <param name="read">The account as it was read.</param>
    /// <param name="sourceVersion">The version that its source counts; 0 for the file.</param>
    internal Account Attach(Account read, long sourceVersion)
    {
        var key = (read.Origin, read.Id);
        if (_accounts.TryGetValue(key, out var known) && IsSame(known, read))
        {
            known.Cell.TakeSource(read.Credential, sourceVersion);
            read = read with { Cell = known.Cell };
        }

        return _accounts[key] = read;
    }

    /// <summary>Forgets the cells of accounts of an origin that are gone.</summary>
    internal void Retain(AccountOrigin origin, IEnumerable<string> ids)
    {
        var kept = ids.ToHashSet(StringComparer.Ordinal);
        foreach (var key in _accounts.Keys)
            if (key.Origin == origin && !kept.Contains(key.Id)) _accounts.TryRemove(key, out _);
    }

    private static bool IsSame(Account known, Account read)
    {
        var current = known.Credential;
        return known.Provider == read.Provider && current.Kind == read.Credential.Kind && current.Identity == read.Credential.Identity;
    }
}
