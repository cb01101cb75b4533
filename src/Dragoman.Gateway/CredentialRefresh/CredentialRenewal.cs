using System.Collections.Concurrent;
using Dragoman.Gateway.AccountManagement;
using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Forwarding.Transport;
using Dragoman.Gateway.Persistence;
using Dragoman.Gateway.Providers;
using Dragoman.Protocols;
using Microsoft.Extensions.Logging;

namespace Dragoman.Gateway.CredentialRefresh;

/// <summary>
/// Keeps the logins of accounts usable: renews those of the store ahead of their end (a little earlier or later for each, so that many do not come at once), and at once
/// where a request finds one expired or the upstream has refused it. Of accounts in the file those are renewed, by request only, whose renewal spends nothing.
/// </summary>
public sealed class CredentialRenewal : ICredentialRenewal, IAsyncDisposable
{
    private static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(30);

    /// <summary>How long a stopping process waits for new tokens to be saved.</summary>
    private static readonly TimeSpan DrainLimit = TimeSpan.FromSeconds(40);

    private readonly AccountRegistry _registry;
    private readonly TimeProvider _time;
    private readonly CredentialRefresher _refresher;
    private readonly FileCredentialRefresher _ofFile;
    private readonly CancellationTokenSource _stopping = new();
    private readonly ConcurrentDictionary<string, DateTimeOffset> _notBefore = new(StringComparer.Ordinal);
    private readonly Task _looking;
    private int _disposed;

    /// <summary>Begins to keep the logins of a registry.</summary>
    /// <param name="registry">The accounts.</param>
    /// <param name="store">Where they and the leases are.</param>
    /// <param name="secrets">Opens and wraps their secrets.</param>
    /// <param name="vendors">How vendors are reached.</param>
    /// <param name="node">This process's name, which no other has.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Where it is reported what did not work.</param>
    /// <param name="options">The times of a refresh.</param>
    public CredentialRenewal(AccountRegistry registry, IGatewayStore store, ISecretProtector secrets, VendorContexts vendors, string node, TimeProvider time, ILogger<CredentialRenewal> logger, RefreshOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(registry);
        ArgumentNullException.ThrowIfNull(store);
        _registry = registry;
        _time = time;
        options ??= new RefreshOptions();
        _refresher = new CredentialRefresher(store.Accounts, store.Leases, new StoredCredentials(registry, secrets, vendors), options, node, time, logger, _stopping.Token);
        _ofFile = new FileCredentialRefresher(registry.Providers, vendors, options, time, _stopping.Token);
        _looking = Task.Run(LookAsync);
    }

    /// <inheritdoc/>
    public async ValueTask<WireError?> EnsureAsync(Account account, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(account);
        var current = account.Cell.Current;
        if (!current.IsRejected && !(current.Credential.ExpiresAt <= _time.GetUtcNow())) return null;
        if (current.Credential is not OAuthCredential) return null;
        var isOfFile = _ofFile.Renews(account);
        if (account.Origin != AccountOrigin.Store && !isOfFile) return null;
        var result = isOfFile ? await _ofFile.RefreshAsync(account, current.Version, cancellationToken) : await _refresher.RefreshAsync(account.Id, current.Version, cancellationToken);
        return result.Outcome switch
        {
            RefreshOutcome.Renewed => null,
            RefreshOutcome.NeedsSignIn => AccountErrors.NeedsSignIn(account, isOfFile ? $"Its credential is refused: {result.Reason}." : result.Reason ?? $"{StoredAccount.SignInProblem}."),
            _ => new WireError(ErrorKind.Unavailable, $"The login of the account '{account.Label}' could not be renewed: {result.Reason}") { Code = "login_not_renewed", RetryAfter = result.RetryAfter },
        };
    }

    /// <summary>Renews a login now, whether or not it is due.</summary>
    /// <param name="account">The account.</param>
    /// <param name="cancellationToken">Stops waiting; the renewal itself goes on.</param>
    public Task<RefreshResult> RenewAsync(Account account, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(account);
        return _refresher.RefreshAsync(account.Id, account.Cell.Current.Version, cancellationToken);
    }

    /// <summary>Renews the logins that are due now, and waits until that is done; a renewal that is under way already is waited for. This happens every half minute by itself.</summary>
    public Task RenewDueAsync() => Task.WhenAll(_registry.Entries.Where(IsDue).Select(entry => RenewDueAsync(entry.Account!)).ToList());

    /// <summary>Stops looking, and waits for new tokens that are on their way.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0) return;
        await _stopping.CancelAsync();
        await _looking;
        using var limit = new CancellationTokenSource(DrainLimit, _time);
        try
        {
            await _refresher.DrainAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            // What has not come by now is found interrupted by the next process.
        }

        _stopping.Dispose();
    }

    private async Task LookAsync()
    {
        using var timer = new PeriodicTimer(LookInterval, _time);
        try
        {
            do
            {
                await RenewDueAsync();
            }
            while (await timer.WaitForNextTickAsync(_stopping.Token));
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // The gateway stops.
        }
    }

    private bool IsDue(AccountEntry entry)
    {
        if (entry is not { Origin: AccountOrigin.Store, Account: { Enabled: true } account, Problem: null } || account.Credential is not OAuthCredential { RefreshToken: not null } login) return false;
        if (!_registry.Providers.TryGet(account.Provider, out var provider) || provider.Refresher is not { OnlyOnUse: false } refresher) return false;
        var now = _time.GetUtcNow();
        if (_notBefore.TryGetValue(account.Id, out var notBefore) && now < notBefore) return false;
        return login.ExpiresAt is { } end && now >= end - refresher.Margin - (refresher.Margin * AccountSpread.Of(account.Id));
    }

    private async Task RenewDueAsync(Account account)
    {
        var result = await _refresher.RefreshAsync(account.Id, account.Cell.Current.Version, _stopping.Token);
        if (result.Outcome == RefreshOutcome.Renewed) _notBefore.TryRemove(account.Id, out _);
        else _notBefore[account.Id] = _time.GetUtcNow() + (result.RetryAfter ?? LookInterval * 2);
    }
}
