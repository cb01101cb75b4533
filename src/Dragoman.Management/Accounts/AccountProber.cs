using System.Collections.Concurrent;
using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.CredentialRefresh;
using Dragoman.Gateway.Forwarding;
using Dragoman.Gateway.Forwarding.Attempts;

namespace Dragoman.Management.Accounts;

/// <summary>Asks the upstream of an account for its list of models: a question that costs nothing and shows whether it is there and takes the credential.</summary>
public sealed class AccountProber(AccountDirectory directory, ForwardingServices forwarding, CredentialRenewal renewal, TimeProvider time)
{
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(30);
    private readonly ConcurrentDictionary<string, Known> _known = new(StringComparer.Ordinal);

    /// <summary>Asks now. An upstream that refuses or is silent is a result, not an error.</summary>
    /// <param name="name">The account's id or label.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<ManagementResult<AccountProbeView>> ProbeAsync(string name, CancellationToken cancellationToken)
    {
        if (directory.Find(name) is not { } entry) return AccountDirectory.Unknown(name);
        if (entry is not { Account: { } account, Problem: null }) return ManagementError.Conflict(entry.Problem?.Text ?? $"The account '{entry.Label}' cannot be read.", "account_not_usable");
        var started = time.GetTimestamp();
        var finding = await AskAsync(account, cancellationToken);
        return new AccountProbeView(entry.Id, finding.Good, finding.Status, Math.Round(time.GetElapsedTime(started).TotalMilliseconds, 1), finding.Words, finding.Models);
    }

    /// <summary>What was found within the last half minute, or asks: for pages that anybody may open, and all who ask meanwhile share one question.</summary>
    /// <param name="account">The account.</param>
    /// <param name="cancellationToken">Gives up waiting; the question goes on.</param>
    public Task<UpstreamFinding> CheckAsync(Account account, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(account);
        var now = time.GetUtcNow();
        var known = _known.AddOrUpdate(
            account.Id,
            static (_, asked) => new Known(asked.Now, asked.Account, asked.Ask(asked.Account)),
            static (_, known, asked) => ReferenceEquals(known.Account, asked.Account) && asked.Now - known.At < Fresh ? known : new Known(asked.Now, asked.Account, asked.Ask(asked.Account)),
            (Now: now, Account: account, Ask: (Func<Account, Lazy<Task<UpstreamFinding>>>)(one => new Lazy<Task<UpstreamFinding>>(() => AskAsync(one, CancellationToken.None)))));
        return known.Finding.Value.WaitAsync(cancellationToken);
    }

    private async Task<UpstreamFinding> AskAsync(Account account, CancellationToken cancellationToken)
        => await renewal.EnsureAsync(account, cancellationToken) is { } error
            ? new UpstreamFinding(false, error.Message)
            : await UpstreamProbe.CheckAsync(forwarding.Http, forwarding.Providers[account.Provider], account, cancellationToken);

    private sealed record Known(DateTimeOffset At, Account Account, Lazy<Task<UpstreamFinding>> Finding);
}

/// <summary>What a question for an account's models showed.</summary>
/// <param name="AccountId">The account.</param>
/// <param name="Ok">Whether nothing speaks against the account.</param>
/// <param name="Status">The status of the upstream's answer; absent where none came.</param>
/// <param name="LatencyMs">How long it took, in milliseconds.</param>
/// <param name="Words">What was found, for people.</param>
/// <param name="Models">The models that it lists; absent where it does not tell all of them.</param>
public sealed record AccountProbeView(string AccountId, bool Ok, int? Status, double LatencyMs, string Words, IReadOnlyList<string>? Models);
