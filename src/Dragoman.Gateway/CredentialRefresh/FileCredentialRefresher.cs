using System.Collections.Concurrent;
using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Forwarding.Transport;
using Dragoman.Gateway.Providers;

namespace Dragoman.Gateway.CredentialRefresh;

/// <summary>
/// Renews the logins of accounts in the configuration file whose renewal spends nothing (<see cref="ITokenRefresher.SpendsNothing"/>). Each node does it for itself, and the new token stays in memory: the file is
/// its owner's. Who asks while it is under way waits for the same exchange.
/// </summary>
internal sealed class FileCredentialRefresher(ProviderRegistry providers, VendorContexts vendors, RefreshOptions options, TimeProvider time, CancellationToken stopping)
{
    private readonly ConcurrentDictionary<string, Task<RefreshResult>> _running = new(StringComparer.Ordinal);

    /// <summary>Whether the login of an account is renewed here.</summary>
    public bool Renews(Account account)
        => account is { Origin: AccountOrigin.Config, Credential: OAuthCredential { RefreshToken.Length: > 0 } } && providers.TryGet(account.Provider, out var provider) && provider.Refresher is { SpendsNothing: true };

    /// <summary>Renews an account's login, unless that was done since.</summary>
    /// <param name="account">The account.</param>
    /// <param name="seen">The version of the credential that is to be replaced.</param>
    /// <param name="cancellationToken">Stops waiting; the exchange itself goes on.</param>
    public Task<RefreshResult> RefreshAsync(Account account, long seen, CancellationToken cancellationToken)
    {
        if (account.Cell.Current.Version > seen) return Task.FromResult(RefreshResult.Renewed);
        var begun = new TaskCompletionSource<RefreshResult>(TaskCreationOptions.RunContinuationsAsynchronously);
        var running = _running.GetOrAdd(account.Id, begun.Task);
        if (running == begun.Task) _ = RunAsync(account, seen, begun);
        return running.WaitAsync(cancellationToken);
    }

    private async Task RunAsync(Account account, long seen, TaskCompletionSource<RefreshResult> done)
    {
        RefreshResult result;
        try
        {
            result = await ExchangeAsync(account, seen);
        }
        catch (Exception ex) when (ex is HttpRequestException or IOException or OperationCanceledException or InvalidDataException)
        {
            result = new RefreshResult(RefreshOutcome.Failed, "The token endpoint could not be reached.");
        }
        catch (Exception ex)
        {
            done.SetException(ex);
            return;
        }
        finally
        {
            _running.TryRemove(new KeyValuePair<string, Task<RefreshResult>>(account.Id, done.Task));
        }

        done.SetResult(result);
    }

    private async Task<RefreshResult> ExchangeAsync(Account account, long seen)
    {
        var current = account.Cell.Current;
        if (current.Version > seen) return RefreshResult.Renewed;
        if (current.Credential is not OAuthCredential login || !providers.TryGet(account.Provider, out var provider) || provider.Refresher is not { } refresher)
            return new RefreshResult(RefreshOutcome.NotRenewable, "The account's credential is none that is renewed.");
        using var limit = new CancellationTokenSource(options.ExchangeTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, stopping);
        var answer = await refresher.RefreshAsync(account, login, vendors.For(provider, account), either.Token);
        switch (answer.Outcome)
        {
            case TokenRefreshOutcome.Renewed:
                account.Cell.TrySwap(current.Version, answer.Credential!);
                return RefreshResult.Renewed;
            case TokenRefreshOutcome.Refused:
                return new RefreshResult(RefreshOutcome.NeedsSignIn, answer.Reason, answer.RetryAfter);
            default:
                return new RefreshResult(RefreshOutcome.Failed, answer.Reason, answer.RetryAfter);
        }
    }
}
