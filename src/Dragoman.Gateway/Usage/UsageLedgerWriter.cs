using Dragoman.Gateway.Persistence;
using Dragoman.Gateway.Requests;
using Microsoft.Extensions.Logging;

namespace Dragoman.Gateway.Usage;

/// <summary>
/// Writes the usage of every request into the ledger, behind the answer: in batches, tried again while the store is away, within a bound
/// beyond which entries are dropped and counted. Budgets book theirs themselves; what they could not book is done here too.
/// </summary>
public sealed class UsageLedgerWriter : IRequestObserver, IAsyncDisposable
{
    private static readonly TimeSpan LongestFlush = TimeSpan.FromSeconds(5);

    private static readonly WriteBehindOptions Policy = new()
    {
        Name = "Usage",
        Capacity = 100_000,
        Gather = TimeSpan.FromMilliseconds(200),
        FirstPause = TimeSpan.FromMilliseconds(500),
        RetriesWhileClosing = true,
        // It is money: an entry is given up for nothing that the store says.
        RetriesRefusals = true,
    };

    private readonly WriteBehindQueue<Line> _lines;
    private readonly LastUsedTracker _lastUse;
    private readonly IGatewayStore _store;

    /// <summary>Starts to write.</summary>
    public UsageLedgerWriter(IGatewayStore store, TimeProvider time, ILogger log)
    {
        _store = store;
        _lastUse = new LastUsedTracker(store.Keys, time, log);
        _lines = new WriteBehindQueue<Line>(Policy, WriteAsync, time, log);
    }

    /// <summary>Entries that wait to be written.</summary>
    public int Waiting => _lines.Waiting;

    /// <summary>Entries that were lost because the store was away for too long, or could not be written.</summary>
    public long Dropped => _lines.Dropped + _lines.Refused;

    /// <summary>Why nothing can be written at present; null while all is well.</summary>
    public string? Problem => _lines.Problem;

    /// <inheritdoc/>
    public void Ended(CompletedRequest ended, bool booked)
    {
        ArgumentNullException.ThrowIfNull(ended);
        if (ended.Request.Client.KeyId.Length > 0) _lastUse.Note(ended.Request.Client.KeyId, ended.StartedAt);
        if (!booked) _lines.TryAdd(new Line(ended.Used, LineKind.Append));
    }

    /// <summary>Books a request whose budget could not be settled, or released, when it ended.</summary>
    public void SettleLater(UsageEntry used, bool release) => _lines.TryAdd(new Line(used, release ? LineKind.Release : LineKind.Settle));

    /// <summary>Writes what waits, now; returns when it is in the ledger, or after a while where the store is away.</summary>
    public async Task FlushAsync(CancellationToken cancellationToken)
    {
        await Task.WhenAny(_lines.FlushAsync(evenAfterFailure: true), Task.Delay(LongestFlush, cancellationToken));
        await Task.WhenAny(_lastUse.FlushAsync(), Task.Delay(LongestFlush, cancellationToken));
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _lines.DisposeAsync();
        await _lastUse.DisposeAsync();
    }

    /// <summary>Writes a batch. Every write may be repeated: the ledger knows each request once.</summary>
    private async Task WriteAsync(IReadOnlyList<Line> batch, CancellationToken cancellationToken)
    {
        await _store.Usage.AppendAsync([.. batch.Where(line => line.Kind is LineKind.Append or LineKind.Release).Select(line => line.Entry)], cancellationToken);
        foreach (var line in batch)
        {
            if (line.Kind == LineKind.Settle) await _store.Budgets.SettleAsync(line.Entry, cancellationToken);
            else if (line.Kind == LineKind.Release) await _store.Budgets.ReleaseAsync(line.Entry.RequestId, cancellationToken);
        }
    }

    private enum LineKind
    {
        Append,
        Settle,
        Release,
    }

    private sealed record Line(UsageEntry Entry, LineKind Kind);
}
