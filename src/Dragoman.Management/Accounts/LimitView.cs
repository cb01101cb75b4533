using Dragoman.Gateway.AccountManagement;

namespace Dragoman.Management.Accounts;

/// <summary>Cooldowns and quotas.</summary>
/// <param name="Limits">Those that are cooling down first, in the order in which they end.</param>
public sealed record LimitListView(IReadOnlyList<LimitView> Limits);

/// <summary>An account or model that is cooling down, or whose upstream reported its quotas.</summary>
/// <param name="AccountId">The account's id.</param>
/// <param name="Account">Its label.</param>
/// <param name="Provider">Its provider.</param>
/// <param name="Model">The upstream's model; absent for the account as a whole.</param>
/// <param name="CoolingDown">Whether it is cooling down now: where the upstream stated the time nothing is sent there, otherwise it is tried after the others.</param>
/// <param name="Until">When the cooldown ends.</param>
/// <param name="Reason">Why.</param>
/// <param name="IsUpstreamHint">Whether the upstream stated the time itself.</param>
/// <param name="Quotas">The quotas the upstream reported last.</param>
public sealed record LimitView(string AccountId, string Account, string Provider, string? Model, bool CoolingDown, DateTimeOffset? Until, string? Reason, bool IsUpstreamHint, IReadOnlyList<QuotaView> Quotas)
{
    internal static LimitView From(AccountEntry account, CooldownView cooldown)
        => new(account.Id, account.Label, account.Account!.Provider, cooldown.Model, cooldown.CoolingDown, cooldown.Until, cooldown.Reason, cooldown.IsUpstreamHint, cooldown.Quotas);
}
