using System.Runtime.CompilerServices;
using Dragoman.Gateway.Requests;

namespace Dragoman.Management.Usage;

/// <summary>
/// The usage of requests that have just ended, for programs that collect it. Every reader has a place of its own: what one takes is still there for the others. Bounded by number and by age; what
/// lasts is in the ledger. In memory: a restart begins anew.
/// </summary>
/// <param name="retention">How long a record stays.</param>
/// <param name="time">The clock.</param>
public sealed class UsageQueue(Func<TimeSpan> retention, TimeProvider time) : IRequestObserver
{
    private const int MostRecords = 10_000;
    private const int MostReaders = 256;

    private readonly Lock _gate = new();
    private readonly Queue<(long Number, DateTimeOffset At, UsageRecord Record)> _records = new();
    private readonly Dictionary<string, (long Next, DateTimeOffset Seen)> _readers = new(StringComparer.Ordinal);
    private TaskCompletionSource _arrived = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _next;

    /// <inheritdoc/>
    public void Ended(CompletedRequest ended, bool booked)
    {
        ArgumentNullException.ThrowIfNull(ended);
        Add(UsageRecord.From(ended));
    }

    /// <summary>Adds a record.</summary>
    public void Add(UsageRecord record)
    {
        ArgumentNullException.ThrowIfNull(record);
        TaskCompletionSource arrived;
        lock (_gate)
        {
            Expire();
            if (_records.Count == MostRecords) _records.Dequeue();
            _records.Enqueue((_next++, time.GetUtcNow(), record));
            (arrived, _arrived) = (_arrived, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        }

        arrived.TrySetResult();
    }

    /// <summary>Takes the oldest records that this reader has not had.</summary>
    /// <param name="reader">Who reads.</param>
    /// <param name="count">How many at most.</param>
    public IReadOnlyList<UsageRecord> Take(string reader, int count)
    {
        ArgumentNullException.ThrowIfNull(reader);
        lock (_gate)
        {
            Expire();
            var from = _readers.TryGetValue(reader, out var known) ? known.Next : 0;
            var taken = new List<UsageRecord>();
            var next = from;
            foreach (var (number, _, record) in _records)
            {
                if (number < from) continue;
                if (taken.Count == count) break;
                taken.Add(record);
                next = number + 1;
            }

            if (!_readers.ContainsKey(reader) && _readers.Count >= MostReaders) _readers.Remove(_readers.MinBy(static pair => pair.Value.Seen).Key);
            _readers[reader] = (next, time.GetUtcNow());
            return taken;
        }
    }

    /// <summary>The records that come from now on, each as it comes.</summary>
    /// <param name="cancellationToken">Ends it.</param>
    public async IAsyncEnumerable<UsageRecord> FollowAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        long next;
        lock (_gate) next = _next;
        while (true)
        {
            Task arrived;
            List<UsageRecord> fresh;
            lock (_gate)
            {
                arrived = _arrived.Task;
                fresh = [.. _records.Where(entry => entry.Number >= next).Select(static entry => entry.Record)];
                next = _next;
            }

            foreach (var record in fresh) yield return record;
            await arrived.WaitAsync(cancellationToken);
        }
    }

    private void Expire()
    {
        var oldest = time.GetUtcNow() - retention();
        while (_records.TryPeek(out var first) && first.At < oldest) _records.Dequeue();
    }
}
