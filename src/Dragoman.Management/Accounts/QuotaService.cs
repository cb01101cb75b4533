using Dragoman.Gateway.Quotas;
using Dragoman.Management.Audit;

namespace Dragoman.Management.Accounts;

/// <summary>Asks a vendor's usage page because a person wants to know now.</summary>
public sealed class QuotaService(AccountDirectory directory, QuotaPoller poller, AuditTrail audit)
{
    /// <summary>Asks, unless it was asked half a minute ago (and that is not insisted on) or wants to be left alone; then what is known is shown.</summary>
    /// <param name="name">The account's id or label.</param>
    /// <param name="actor">Who asks.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <param name="insists">Whether it is asked also where it was asked a moment ago.</param>
    public async Task<ManagementResult<AccountView>> AskAsync(string name, Actor actor, CancellationToken cancellationToken, bool insists = false)
    {
        if (directory.Find(name) is not { } found) return AccountDirectory.Unknown(name);
        if (await poller.AskAsync(found.Id, cancellationToken, insists) is not { } known)
            return ManagementError.Conflict($"The provider of '{found.Label}' has no usage page that can be asked, or the account cannot be used.", "no_usage_page", "What answers say of quotas is in the account's cooldowns.");
        await audit.RecordAsync(actor, "account.quota", found.Id, known.Problem is null ? AuditTrail.Done : AuditTrail.Failed, $"'{found.Label}'");
        return directory.Describe(found);
    }
}

/// <summary>What the vendor's usage page said of an account.</summary>
/// <param name="Plan">The plan, as the vendor names it now.</param>
/// <param name="Facts">Credits, overage and the like, in the vendor's units.</param>
/// <param name="AskedAt">When it was asked last.</param>
/// <param name="AnsweredAt">When it answered last; absent for never.</param>
/// <param name="NextAt">When it is asked again, at the earliest.</param>
/// <param name="Problem">Why the last question was not answered.</param>
public sealed record QuotaPageView(string? Plan, IReadOnlyDictionary<string, string> Facts, DateTimeOffset AskedAt, DateTimeOffset? AnsweredAt, DateTimeOffset NextAt, string? Problem)
{
    internal static QuotaPageView? From(QuotaSnapshot? known) => known is null ? null : new QuotaPageView(known.Plan, known.Facts, known.AskedAt, known.AnsweredAt, known.NextAt, known.Problem);
}
