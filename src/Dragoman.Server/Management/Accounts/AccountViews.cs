using Dragoman.Gateway.AccountManagement;

namespace Dragoman.Server.Management.Accounts;

/// <summary>Finds accounts, and shows them with all that is known of them.</summary>
internal sealed class AccountViews(AccountRegistry accounts, Dragoman.Gateway.Routing.Router router, TimeProvider time)
{
    /// <summary>Every account.</summary>
    public IEnumerable<AccountView> All()
    {
        var cooldowns = router.Cooldowns.Report().ToLookup(report => report.AccountId);
        return accounts.Entries.Select(entry => AccountView.From(entry, router.Load, cooldowns, time.GetUtcNow()));
    }

    /// <summary>One account.</summary>
    public AccountView Of(AccountEntry entry)
        => AccountView.From(entry, router.Load, router.Cooldowns.Report().Where(report => report.AccountId == entry.Id).ToLookup(report => report.AccountId), time.GetUtcNow());

    /// <summary>The account of an id, else of a label.</summary>
    public AccountEntry? Find(string name)
    {
        var entries = accounts.Entries;
        return entries.FirstOrDefault(entry => entry.Id == name && entry.Problem is null) ?? entries.FirstOrDefault(entry => entry.Id == name)
            ?? entries.FirstOrDefault(entry => entry.Label.Equals(name, StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>The error for an account that does not exist.</summary>
    public static ManagementError Unknown(string id) => ManagementError.NotFound($"There is no account '{id}'.");
}
