using System.Collections.Concurrent;
using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Forwarding;
using Dragoman.Gateway.Forwarding.Attempts;

namespace Dragoman.Management.Accounts;

/// <summary>Whether an account's upstream answers, by its list of models. What was found holds for half a minute, and all who ask meanwhile share one question.</summary>
public sealed class AccountReachability(ForwardingServices forwarding, TimeProvider time)
{
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(30);
    private readonly ConcurrentDictionary<string, (DateTimeOffset At, Account Account, Task<UpstreamFinding> Finding)> _known = new(StringComparer.Ordinal);

    /// <summary>Asks, or says what was found a moment ago.</summary>
    /// <param name="account">The account.</param>
    /// <param name="cancellationToken">Gives up waiting; the question goes on.</param>
    public Task<UpstreamFinding> CheckAsync(Account account, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(account);
        var now = time.GetUtcNow();
        var entry = _known.AddOrUpdate(
            account.Id,
            _ => (now, account, AskAsync(account)),
            (_, known) => ReferenceEquals(known.Account, account) && now - known.At < Fresh ? known : (now, account, AskAsync(account)));
        return entry.Finding.WaitAsync(cancellationToken);
    }

    private Task<UpstreamFinding> AskAsync(Account account) => UpstreamProbe.CheckAsync(forwarding.Http, forwarding.Providers[account.Provider], account, CancellationToken.None);
}
