using Dragoman.Gateway.Persistence;
using Microsoft.Extensions.Logging;

namespace Dragoman.Gateway.Flows;

/// <summary>
/// Lets go what has been kept long enough: flows and their bodies by age and size, and with them whatever else in the store only grows. Runs
/// every ten minutes, on one node at a time; each part in small transactions, so that nobody waits for it.
/// </summary>
public sealed partial class RetentionJob : IAsyncDisposable
{
    private const string LeaseName = "job:retention";
    private static readonly TimeSpan First = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan Term = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan Audit = TimeSpan.FromDays(90);
    private static readonly TimeSpan Reservations = TimeSpan.FromDays(7);
    private static readonly TimeSpan QuotaReadings = TimeSpan.FromDays(35);
    private static readonly TimeSpan CooldownRetention = TimeSpan.FromDays(30);

    private readonly IGatewayStore _store;
    private readonly Func<FlowsOptions> _options;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly string _holder = $"retention-{Guid.NewGuid():N}";
    private readonly CancellationTokenSource _stop = new();
    private readonly ITimer _timer;
    private Task _running = Task.CompletedTask;

    /// <summary>A job that runs until it is disposed.</summary>
    public RetentionJob(IGatewayStore store, Func<FlowsOptions> options, TimeProvider time, ILogger log)
    {
        ArgumentNullException.ThrowIfNull(time);
        _store = store;
        _options = options;
        _time = time;
        _log = log;
        _timer = time.CreateTimer(static state => ((RetentionJob)state!).Tick(), this, First, Interval);
    }

    /// <summary>One run now; null when another node is at it, or the store is away.</summary>
    public async Task<RetentionReport?> RunAsync(CancellationToken cancellationToken = default)
    {
        try
        {
            if (await _store.Leases.TryTakeAsync(LeaseName, _holder, Term, cancellationToken).ConfigureAwait(false) is not { } lease) return null;
            try
            {
                return await PruneAsync(lease, cancellationToken).ConfigureAwait(false);
            }
            finally
            {
                await _store.Leases.ReleaseAsync(lease, CancellationToken.None).ConfigureAwait(false);
            }
        }
        catch (StoreException ex)
        {
            LogFailed(ex.Message);
            return null;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _timer.DisposeAsync().ConfigureAwait(false);
        await _stop.CancelAsync().ConfigureAwait(false);
        await _running.ConfigureAwait(false);
        _stop.Dispose();
    }

    private void Tick()
    {
        if (_running.IsCompleted && !_stop.IsCancellationRequested) _running = RunQuietlyAsync();
    }

    private async Task RunQuietlyAsync()
    {
        try
        {
            await RunAsync(_stop.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // The gateway stops; the next start goes on.
        }
    }

    private async Task<RetentionReport?> PruneAsync(Lease lease, CancellationToken cancellationToken)
    {
        var now = _time.GetUtcNow();
        var options = _options();
        var flows = await _store.Flows.PruneAsync(
            new FlowRetention(Before(now, options.Retention), Before(now, options.BodiesRetention), options.MaxBytes > 0 ? options.MaxBytes : null), cancellationToken).ConfigureAwait(false);
        // The first run after a long time can outlast the term; if another node has taken over, it does the rest.
        if (await _store.Leases.RenewAsync(lease, Term, cancellationToken).ConfigureAwait(false) is null) return null;
        var report = new RetentionReport(
            flows.Flows,
            flows.Bodies,
            await _store.Audit.PruneAsync(now - Audit, cancellationToken).ConfigureAwait(false),
            await _store.Budgets.PruneAsync(now - Reservations, cancellationToken).ConfigureAwait(false),
            await _store.Responses.PruneAsync(now, cancellationToken).ConfigureAwait(false),
            await _store.Cooldowns.PruneAsync(now - CooldownRetention, cancellationToken).ConfigureAwait(false));
        await _store.QuotaHistory.PruneAsync(now - QuotaReadings, cancellationToken).ConfigureAwait(false);
        if (report.Flows + report.Bodies > 0) LogPruned(report.Flows, report.Bodies);
        return report;
    }

    private static DateTimeOffset? Before(DateTimeOffset now, TimeSpan age) => age > TimeSpan.Zero ? now - age : null;

    [LoggerMessage(45, LogLevel.Information, "Retention let go of {Flows} flow(s), and of the bodies of {Bodies} more.")]
    private partial void LogPruned(int flows, int bodies);

    [LoggerMessage(46, LogLevel.Warning, "Retention could not be done; it is tried again later: {Problem}")]
    private partial void LogFailed(string problem);
}

/// <summary>What a run of retention let go.</summary>
/// <param name="Flows">Flows.</param>
/// <param name="Bodies">Flows that lost only their bodies.</param>
/// <param name="Audit">Entries of the audit log.</param>
/// <param name="Reservations">Settled reservations and windows that ended.</param>
/// <param name="Responses">Expired answers of <c>/v1/responses</c>.</param>
/// <param name="Cooldowns">Targets that were not seen for long.</param>
public sealed record RetentionReport(int Flows, int Bodies, int Audit, int Reservations, int Responses, int Cooldowns);
