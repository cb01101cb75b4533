using Dragoman.Gateway.CredentialRefresh;
using Dragoman.Gateway.Forwarding;
using Dragoman.Gateway.Forwarding.Attempts;

namespace Dragoman.Management.Accounts;

/// <summary>Asks the upstream of an account for its list of models: a question that costs nothing and shows whether it is there and takes the credential.</summary>
public sealed class AccountProber(AccountDirectory directory, ForwardingServices forwarding, CredentialRenewal renewal, TimeProvider time)
{
    /// <summary>Asks. An upstream that refuses or is silent is a result, not an error.</summary>
    /// <param name="name">The account's id or label.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<ManagementResult<AccountProbeView>> ProbeAsync(string name, CancellationToken cancellationToken)
    {
        if (directory.Find(name) is not { } entry) return AccountDirectory.Unknown(name);
        if (entry is not { Account: { } account, Problem: null }) return ManagementError.Conflict(entry.Problem ?? $"The account '{entry.Label}' cannot be read.", "account_not_usable");
        var started = time.GetTimestamp();
        if (await renewal.EnsureAsync(account, cancellationToken) is { } error) return new AccountProbeView(entry.Id, false, null, Took(), error.Message, null);
        var finding = await UpstreamProbe.CheckAsync(forwarding.Http, forwarding.Providers[account.Provider], account, cancellationToken);
        return new AccountProbeView(entry.Id, finding.Good, finding.Status, Took(), finding.Words, finding.Models);

        double Took() => Math.Round(time.GetElapsedTime(started).TotalMilliseconds, 1);
    }
}

/// <summary>What a question for an account's models showed.</summary>
/// <param name="AccountId">The account.</param>
/// <param name="Ok">Whether nothing speaks against the account.</param>
/// <param name="Status">The status of the upstream's answer; absent where none came.</param>
/// <param name="LatencyMs">How long it took, in milliseconds.</param>
/// <param name="Words">What was found, for people.</param>
/// <param name="Models">The models that it lists; absent where it does not tell all of them.</param>
public sealed record AccountProbeView(string AccountId, bool Ok, int? Status, double LatencyMs, string Words, IReadOnlyList<string>? Models);
