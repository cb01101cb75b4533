using Dragoman.Gateway.AccountManagement;
using Dragoman.Gateway.Quotas;
using Dragoman.Gateway.Routing;

namespace Dragoman.Management.Accounts;

/// <summary>Finds accounts, and shows them with all that is known of them.</summary>
public sealed class AccountDirectory(AccountRegistry accounts, Router router, QuotaBook quotas, TimeProvider time)
{
    /// <summary>Every account.</summary>
    internal IEnumerable<AccountView> All()
    {
        var cooldowns = router.Cooldowns.Report().ToLookup(report => report.AccountId);
        return accounts.Entries.Select(entry => AccountView.From(entry, router.Load, cooldowns, quotas, accounts.Providers, time.GetUtcNow()));
    }

    /// <summary>One account.</summary>
    internal AccountView Describe(AccountEntry entry)
        => AccountView.From(entry, router.Load, router.Cooldowns.Report().Where(report => report.AccountId == entry.Id).ToLookup(report => report.AccountId), quotas, accounts.Providers, time.GetUtcNow());

    /// <summary>The account of an id, else of a label.</summary>
    internal AccountEntry? Find(string name)
    {
        var entries = accounts.Entries;
        return entries.FirstOrDefault(entry => entry.Id == name && entry.Problem is null) ?? entries.FirstOrDefault(entry => entry.Id == name)
            ?? entries.FirstOrDefault(entry => entry.Label.Equals(name, StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>Every account or model that is cooling down or whose upstream reported its quotas: those that are cooling down first, in the order in which they end.</summary>
    public LimitListView ListLimits()
    {
        var now = time.GetUtcNow();
        var known = accounts.Entries.Where(entry => entry.Problem is null).ToDictionary(entry => entry.Id, StringComparer.Ordinal);
        return new LimitListView([.. router.Cooldowns.Report()
            .Where(report => known.ContainsKey(report.AccountId) && (report.State.IsCoolingDown(now) || report.Quotas.Count > 0))
            .Select(report => LimitView.From(known[report.AccountId], CooldownView.From(report, now)))
            .OrderByDescending(limit => limit.CoolingDown).ThenBy(limit => limit.Until).ThenBy(limit => limit.Account, StringComparer.OrdinalIgnoreCase)]);
    }

    /// <summary>The error of an account that is not there.</summary>
    internal static ManagementError Unknown(string id) => ManagementError.NotFound($"There is no account '{id}'.");
}
