using System.Collections.Concurrent;
using Dragoman.Gateway.AccountManagement;
using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Forwarding.Transport;
using Dragoman.Gateway.Persistence;
using Dragoman.Gateway.Providers;
using Microsoft.Extensions.Logging;

namespace Dragoman.Gateway.Quotas;

/// <summary>
/// Asks vendors' usage pages how the quotas of accounts stand: one node for all (a lease), one question at a time for each vendor, at the vendor's pace, seldom for accounts that nobody uses, and after a
/// refusal later and later. What it learns orders accounts, ends cooldowns that the vendor has lifted early, and is shown with its age.
/// </summary>
public sealed partial class QuotaPoller : IAsyncDisposable
{
    private const string LeaseName = "job:quotas";
    private static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan LeaseTerm = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromHours(2);
    private static readonly TimeSpan Idle = TimeSpan.FromMinutes(30);

    /// <summary>An account that nobody uses is asked so many times more seldom.</summary>
    private const int IdleFactor = 6;

    /// <summary>How soon a person may ask again.</summary>
    private static readonly TimeSpan ByHand = TimeSpan.FromSeconds(30);

    private readonly AccountRegistry _registry;
    private readonly CooldownTracker _cooldowns;
    private readonly AccountLoadTracker _loads;
    private readonly QuotaBook _book;
    private readonly VendorContexts _vendors;
    private readonly ICredentialRenewal _renewal;
    private readonly ILeaseStore _leases;
    private readonly string _node;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly ConcurrentDictionary<string, int> _failures = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, SemaphoreSlim> _byProvider = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _looking;
    private Lease? _lease;

    /// <summary>Begins to ask.</summary>
    /// <param name="registry">The accounts.</param>
    /// <param name="cooldowns">Where windows are noted.</param>
    /// <param name="loads">Which accounts are used.</param>
    /// <param name="book">Where the rest is noted.</param>
    /// <param name="vendors">How vendors are reached.</param>
    /// <param name="renewal">Renews a login that has expired.</param>
    /// <param name="leases">Makes one of the nodes ask.</param>
    /// <param name="node">This process's name, which no other has.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Where it is reported what did not work.</param>
    public QuotaPoller(
        AccountRegistry registry, CooldownTracker cooldowns, AccountLoadTracker loads, QuotaBook book, VendorContexts vendors, ICredentialRenewal renewal, ILeaseStore leases, string node, TimeProvider time, ILogger<QuotaPoller> logger)
    {
        (_registry, _cooldowns, _loads, _book, _vendors, _renewal, _leases, _node, _time, _logger) = (registry, cooldowns, loads, book, vendors, renewal, leases, node, time, logger);
        _looking = Task.Run(LookAsync);
    }

    /// <summary>Asks the vendor of an account now, because a person wants to know; not within half a minute of the last question unless that is insisted on, and not while the vendor wants to be left alone.</summary>
    /// <param name="accountId">The account.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <param name="insists">Whether it is asked also where it was asked a moment ago.</param>
    /// <returns>What is known now; null where the account's vendor has no usage page, or the account cannot be used.</returns>
    public async Task<QuotaSnapshot?> AskAsync(string accountId, CancellationToken cancellationToken, bool insists = false)
    {
        if (_registry.Entries.FirstOrDefault(entry => entry.Id == accountId && entry.Problem is null) is not { Account: { } account } || ReaderOf(account) is not var (provider, reader)) return null;
        var known = _book.Find(accountId);
        var now = _time.GetUtcNow();
        if (known is not null && ((!insists && now - known.AskedAt < ByHand) || (known.Problem is not null && known.NextAt > now))) return known;
        return await AskAsync(account, provider, reader, cancellationToken);
    }

    /// <summary>Stops asking.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _looking;
        if (_lease is { } lease)
        {
            try
            {
                await _leases.ReleaseAsync(lease, CancellationToken.None);
            }
            catch (StoreException)
            {
                // It runs out by itself.
            }
        }

        foreach (var turn in _byProvider.Values) turn.Dispose();
        _stopping.Dispose();
    }

    private async Task LookAsync()
    {
        using var timer = new PeriodicTimer(LookInterval, _time);
        try
        {
            while (await timer.WaitForNextTickAsync(_stopping.Token))
            {
                try
                {
                    await AskDueAsync();
                }
                catch (StoreException ex)
                {
                    // Without the store nobody knows whether another node asks.
                    LogStore(ex.Message);
                }
            }
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // The gateway stops.
        }
    }

    private async Task<bool> IsMineAsync()
    {
        _lease = _lease is { } held ? await _leases.RenewAsync(held, LeaseTerm, _stopping.Token) : await _leases.TryTakeAsync(LeaseName, _node, LeaseTerm, _stopping.Token);
        return _lease is not null;
    }

    /// <summary>Asks what is due. Where nothing is, the store is not asked for the lease: a gateway without plans leaves it alone.</summary>
    private async Task AskDueAsync()
    {
        var entries = _registry.Entries;
        var ids = entries.Select(entry => entry.Id).ToHashSet(StringComparer.Ordinal);
        var due = entries.Where(IsDue).Select(entry => entry.Account!).ToList();
        if ((due.Count == 0 && _book.Gone(ids).Count == 0) || !await IsMineAsync()) return;
        await _book.KeepAsync(ids, _stopping.Token);
        // Each vendor's accounts one after the other; a vendor that is slow keeps the others' waiting no longer than one look.
        await Task.WhenAll(due.GroupBy(account => account.Provider, StringComparer.Ordinal).Select(AskInTurnAsync));
    }

    private bool IsDue(AccountEntry entry)
    {
        var now = _time.GetUtcNow();
        if (entry is not { Problem: null, Account: { Enabled: true } account } || _book.Find(entry.Id)?.NextAt > now || ReaderOf(account) is not var (provider, _)) return false;
        // One that has expired and is renewed only on use is left until somebody uses it.
        return provider.Refresher is not { OnlyOnUse: true } || !(account.Credential.ExpiresAt <= now);
    }

    private async Task AskInTurnAsync(IEnumerable<Account> accounts)
    {
        foreach (var account in accounts)
            if (ReaderOf(account) is var (provider, reader)) await AskAsync(account, provider, reader, _stopping.Token);
    }

    private (ProviderModule Provider, IQuotaReader Reader)? ReaderOf(Account account)
        => _registry.Providers.TryGet(account.Provider, out var provider) && provider.QuotaReader is { } reader && reader.Covers(account) ? (provider, reader) : null;

    private async Task<QuotaSnapshot> AskAsync(Account account, ProviderModule provider, IQuotaReader reader, CancellationToken cancellationToken)
    {
        var turn = _byProvider.GetOrAdd(account.Provider, static _ => new SemaphoreSlim(1));
        await turn.WaitAsync(cancellationToken);
        try
        {
            var asked = _time.GetUtcNow();
            var report = await ReadAsync(account, provider, reader, cancellationToken);
            return await TakeAsync(account, reader, report, asked, cancellationToken);
        }
        finally
        {
            turn.Release();
        }
    }

    private async Task<QuotaReport> ReadAsync(Account account, ProviderModule provider, IQuotaReader reader, CancellationToken cancellationToken)
    {
        try
        {
            if (await _renewal.EnsureAsync(account, cancellationToken) is { } error) return QuotaReport.Failed(error.Message);
            var version = account.Cell.Current.Version;
            var report = await reader.ReadAsync(account, _vendors.For(provider, account), cancellationToken);
            if (!report.IsRejected || provider.Refresher is null) return report;
            account.Cell.Reject(version);
            if (await _renewal.EnsureAsync(account, cancellationToken) is { } refused) return QuotaReport.Failed(refused.Message);
            return account.Cell.Current.Version == version ? report : await reader.ReadAsync(account, _vendors.For(provider, account), cancellationToken);
        }
        catch (HttpRequestException ex)
        {
            return QuotaReport.Failed(ex.Message);
        }
        catch (Exception ex) when (ex is not OperationCanceledException)
        {
            // An answer of a form that nobody foresaw must not end the polling of all others.
            LogFault(account.Label, ex);
            return QuotaReport.Failed("The vendor's answer could not be read; the gateway's log says more.");
        }
    }

    private async Task<QuotaSnapshot> TakeAsync(Account account, IQuotaReader reader, QuotaReport report, DateTimeOffset asked, CancellationToken cancellationToken)
    {
        var now = _time.GetUtcNow();
        var known = _book.Find(account.Id);
        TimeSpan pause;
        if (report.Problem is null)
        {
            _failures.TryRemove(account.Id, out _);
            if (report.Account.Count > 0) _cooldowns.Observe(account, null, report.Account);
            foreach (var (model, windows) in report.Models) _cooldowns.Observe(account, model, windows);
            if (_cooldowns.EndExhausted(account, asked)) LogLifted(account.Label);
            pause = IsInUse(account, now) ? reader.Interval : reader.Interval * IdleFactor;
        }
        else
        {
            var failures = _failures.AddOrUpdate(account.Id, 1, static (_, count) => Math.Min(count + 1, 10));
            LogFailed(account.Label, report.Problem);
            var backOff = reader.Interval * Math.Pow(2, failures - 1);
            pause = report.RetryAfter > backOff ? report.RetryAfter.Value : backOff < LongestPause ? backOff : LongestPause;
        }

        // Up to a tenth more, so that accounts do not come in step.
        pause *= 1 + (0.1 * AccountSpread.Of(account.Id));
        var snapshot = report.Problem is null
            ? new QuotaSnapshot(asked, now, report.Plan ?? known?.Plan, report.Facts, null, now + pause)
            : new QuotaSnapshot(asked, known?.AnsweredAt, known?.Plan, known?.Facts ?? report.Facts, report.Problem, now + pause);
        await _book.SaveAsync(account.Id, snapshot, cancellationToken);
        return snapshot;
    }

    private bool IsInUse(Account account, DateTimeOffset now)
        => now - _loads.Report(account.Id).LastUsed < Idle || _cooldowns.IsCoolingDown(account);

    [LoggerMessage(87, LogLevel.Information, "The usage page of {Account} did not answer: {Reason}")]
    private partial void LogFailed(string account, string reason);

    [LoggerMessage(88, LogLevel.Information, "The vendor has given {Account} room before the stated time: its cooldown has ended.")]
    private partial void LogLifted(string account);

    [LoggerMessage(89, LogLevel.Error, "The usage page of {Account} could not be read.")]
    private partial void LogFault(string account, Exception fault);

    [LoggerMessage(91, LogLevel.Warning, "Usage pages are not asked: the store does not answer ({Message}).")]
    private partial void LogStore(string message);
}
