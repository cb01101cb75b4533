using System.Collections.Concurrent;
using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Persistence;
using Dragoman.Gateway.Providers;
using Dragoman.Protocols.Json;
using Microsoft.Extensions.Logging;

namespace Dragoman.Gateway.CredentialRefresh;

/// <summary>
/// Renews logins so that none is lost, however many nodes, kills and broken connections there are. Many vendors take a refresh token once: whoever uses one that was
/// spent already is locked out. So one node at a time renews a login (a lease), it writes down beforehand which token it is about to spend (the intent), and new
/// tokens are durable before anybody uses them. The successor of the stored token is always saved, also by a node whose lease has passed on meanwhile: nobody else has
/// it. A refusal is recorded only by the node that has the lease. Nothing is ever deleted.
/// </summary>
internal sealed partial class CredentialRefresher(IAccountStore accounts, ILeaseStore leases, IStoredCredentials credentials, RefreshOptions options, string node, TimeProvider time, ILogger logger, CancellationToken stopping)
{
    /// <summary>How the problem of an account begins whose owner has to sign in again; a successful refresh or a new login takes it away.</summary>
    public const string SignIn = StoredAccount.SignInProblem;

    private readonly ConcurrentDictionary<string, Task<RefreshResult>> _running = new(StringComparer.Ordinal);
    private long _number;

    /// <summary>
    /// Renews an account's login, unless that was done since. Who asks while it is under way waits for the same exchange; who stops waiting does not end it.
    /// </summary>
    /// <param name="accountId">The account.</param>
    /// <param name="seen">The version of the credential that is to be replaced.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public Task<RefreshResult> RefreshAsync(string accountId, long seen, CancellationToken cancellationToken)
    {
        if (credentials.CellOf(accountId) is not { } cell) return Task.FromResult(new RefreshResult(RefreshOutcome.NotRenewable, "There is no such account."));
        if (IsNewer(cell, seen)) return Task.FromResult(RefreshResult.Renewed);
        var begun = new TaskCompletionSource<RefreshResult>(TaskCreationOptions.RunContinuationsAsynchronously);
        var running = _running.GetOrAdd(accountId, begun.Task);
        if (running == begun.Task) _ = RunAsync(accountId, cell, seen, begun);
        return running.WaitAsync(cancellationToken);
    }

    /// <summary>Waits for the exchanges that are under way, so that a stopping gateway loses no new tokens; ends early when <paramref name="cancellationToken"/> is cancelled.</summary>
    public Task DrainAsync(CancellationToken cancellationToken) => Task.WhenAll(_running.Values).WaitAsync(cancellationToken);

    private async Task RunAsync(string accountId, CredentialCell cell, long seen, TaskCompletionSource<RefreshResult> done)
    {
        RefreshResult result;
        try
        {
            result = await WithLeaseAsync(accountId, cell, seen);
        }
        catch (StoreException ex)
        {
            result = new RefreshResult(RefreshOutcome.Failed, $"The store does not answer: {ex.Message}", options.SavePause);
        }
        catch (OperationCanceledException)
        {
            result = new RefreshResult(RefreshOutcome.Failed, "The gateway is stopping.");
        }
        catch (Exception ex)
        {
            LogFault(accountId, ex);
            result = new RefreshResult(RefreshOutcome.Failed, "Renewing the login failed; the gateway's log says more.");
        }

        _running.TryRemove(new KeyValuePair<string, Task<RefreshResult>>(accountId, done.Task));
        done.SetResult(result);
    }

    private async Task<RefreshResult> WithLeaseAsync(string accountId, CredentialCell cell, long seen)
    {
        var holder = $"{node}/{Interlocked.Increment(ref _number)}";
        var started = time.GetTimestamp();
        while (true)
        {
            if (await leases.TryTakeAsync($"refresh:{accountId}", holder, options.LeaseTerm, stopping) is { } lease)
            {
                try
                {
                    if (await RenewAsync(accountId, cell, seen, lease) is { } result) return result;
                }
                finally
                {
                    await GiveBackAsync(lease);
                }
            }
            else if (time.GetElapsedTime(started) > options.WaitLimit)
            {
                return new RefreshResult(RefreshOutcome.Failed, "Another node has been renewing the login for too long.", options.PollInterval);
            }

            await Task.Delay(options.PollInterval, time, stopping);
            await credentials.TakeAsync(stopping);
            if (IsNewer(cell, seen)) return RefreshResult.Renewed;
        }
    }

    /// <summary>Renews the login under a lease; null where somebody changed the account meanwhile and it has to be looked at anew.</summary>
    private async Task<RefreshResult?> RenewAsync(string accountId, CredentialCell cell, long seen, Lease lease)
    {
        if (await accounts.GetAsync(accountId, stopping) is not { } stored) return new RefreshResult(RefreshOutcome.NotRenewable, "The account was removed.");
        if (credentials.Open(stored) is not var (account, credential) || credentials.RefresherOf(stored) is not { } refresher)
            return new RefreshResult(RefreshOutcome.NotRenewable, "The account's credential is none that is renewed.");
        if (!credential.Equals(cell.Current.Credential))
        {
            // Another node has done it, or the owner has signed in.
            await credentials.TakeAsync(stopping);
            if (IsNewer(cell, seen)) return RefreshResult.Renewed;
        }

        if (stored.NeedsSignIn) return new RefreshResult(RefreshOutcome.NeedsSignIn, stored.Problem);
        if (credential.RefreshToken is not { Length: > 0 } token) return await RefuseAsync(stored, lease, "the login has no refresh token and its access token has expired", isInterrupted: false);
        var hash = TextDigest.Hex(token);
        // A refresh of this very token was begun once and its end is not known: it may be spent.
        var interrupted = stored.Refresh?.TokenHash == hash;
        if (interrupted)
        {
            // Who began it may have the successor and no store to save it in; some vendors end a login whose spent token is used again.
            await Task.Delay(options.InterruptedPause, time, stopping);
            if (await accounts.GetAsync(accountId, stopping) is not { } later || later.Version != stored.Version) return null;
        }

        stored = stored with { Refresh = new RefreshIntent(lease.Epoch, hash, time.GetUtcNow()) };
        var intended = await accounts.UpdateAsync(stored, lease.Fence, stopping);
        if (!intended.Saved) return null;
        stored = stored with { Version = intended.Version };

        var answer = await ExchangeAsync(refresher, account, credential);
        switch (answer.Outcome)
        {
            case TokenRefreshOutcome.Renewed:
                return await SaveAsync(accountId, hash, answer.Credential!);
            case TokenRefreshOutcome.Refused:
                return await RefuseAsync(stored, lease, answer.Reason ?? "the vendor does not take the login any more", interrupted);
            default:
                if (!answer.MayHaveSpent && !interrupted) await accounts.UpdateAsync(stored with { Refresh = null }, lease.Fence, stopping);
                LogFailed(accountId, answer.Reason ?? "");
                return new RefreshResult(RefreshOutcome.Failed, answer.Reason, answer.RetryAfter);
        }
    }

    /// <summary>One exchange with the vendor. Its time is its own: neither a client that leaves nor the end of the lease cuts off an answer that may hold the only good token.</summary>
    private async Task<TokenRefresh> ExchangeAsync(ITokenRefresher refresher, Account account, OAuthCredential credential)
    {
        using var limit = new CancellationTokenSource(options.ExchangeTimeout, time);
        try
        {
            return await refresher.RefreshAsync(account, credential, credentials.VendorOf(account), limit.Token);
        }
        catch (OperationCanceledException)
        {
            return TokenRefresh.Failed("The vendor did not answer in time.", mayHaveSpent: true);
        }
        catch (HttpRequestException ex)
        {
            // A connection that was refused has carried no token; of a broken one nobody knows.
            return TokenRefresh.Failed(ex.Message, mayHaveSpent: ex.HttpRequestError is not (HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError or HttpRequestError.ProxyTunnelError));
        }
    }

    /// <summary>
    /// Saves the successor of a spent token, whatever happens: until the store has it, or has another token in the place of the one that was spent. The lease is not asked
    /// for, because nobody else can have a successor of the same token.
    /// </summary>
    private async Task<RefreshResult> SaveAsync(string accountId, string spent, OAuthCredential next)
    {
        while (true)
        {
            try
            {
                if (await accounts.GetAsync(accountId, CancellationToken.None) is not { } stored) return new RefreshResult(RefreshOutcome.NotRenewable, "The account was removed.");
                if (credentials.Open(stored) is not var (_, current) || TextDigest.Hex(current.RefreshToken ?? "") != spent) break;
                var saved = await accounts.UpdateAsync(credentials.Seal(stored, next) with { Refresh = null, Problem = stored.NeedsSignIn ? null : stored.Problem }, cancellationToken: CancellationToken.None);
                if (saved.Saved || saved.Outcome == SaveOutcome.Missing) break;
            }
            catch (StoreException ex)
            {
                LogUnsaved(accountId, ex.Message);
                await Task.Delay(options.SavePause, time, CancellationToken.None);
            }
        }

        await credentials.TakeAsync(CancellationToken.None);
        return RefreshResult.Renewed;
    }

    /// <summary>The owner has to sign in again. Only the node that has the lease says so; the tokens stay where they are.</summary>
    private async Task<RefreshResult?> RefuseAsync(StoredAccount stored, Lease lease, string reason, bool isInterrupted)
    {
        var problem = AccountProblems.SignIn(reason, isInterrupted);
        var saved = await accounts.UpdateAsync(stored with { Problem = problem }, lease.Fence, stopping);
        if (!saved.Saved) return null;
        LogRefused(stored.Label, problem);
        await credentials.TakeAsync(stopping);
        return new RefreshResult(RefreshOutcome.NeedsSignIn, problem);
    }

    private async Task GiveBackAsync(Lease lease)
    {
        try
        {
            await leases.ReleaseAsync(lease, CancellationToken.None);
        }
        catch (StoreException)
        {
            // It runs out by itself.
        }
    }

    private static bool IsNewer(CredentialCell cell, long seen) => cell.Current is { IsRejected: false } current && current.Version > seen;

    [LoggerMessage(24, LogLevel.Warning, "The login of account {Account} could not be renewed: {Reason}")]
    private partial void LogFailed(string account, string reason);

    [LoggerMessage(25, LogLevel.Error, "The account {Label} needs its owner: {Problem}")]
    private partial void LogRefused(string label, string problem);

    [LoggerMessage(26, LogLevel.Error, "The new tokens of account {Account} could not be saved, it is tried again: {Reason}")]
    private partial void LogUnsaved(string account, string reason);

    [LoggerMessage(27, LogLevel.Error, "Renewing the login of account {Account} failed.")]
    private partial void LogFault(string account, Exception fault);
}
