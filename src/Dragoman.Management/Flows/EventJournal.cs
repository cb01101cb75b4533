using System.Globalization;
using System.Security.Cryptography;
using Dragoman.Gateway.Flows;
using Dragoman.Gateway.Persistence;

namespace Dragoman.Management.Flows;

/// <summary>
/// What happened of late, numbered, so that a listener that was away for a moment goes on where it was. Flows and changes of the store are followed from the first listener on; the last few thousand are kept
/// in memory, once for all listeners. Numbers are of this process: of another one's it is only known that they are not its own.
/// </summary>
public sealed class EventJournal(FlowRecorder recorder, IGatewayStore store) : IAsyncDisposable
{
    /// <summary>How many events are kept.</summary>
    public const int Kept = 4_096;

    private readonly string _process = RandomNumberGenerator.GetHexString(8, lowercase: true);
    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _closing = new();
    private readonly (string Name, object Data)[] _ring = new (string, object)[Kept];
    private TaskCompletionSource _more = NewSignal();
    private Task? _following;
    private long _last;

    /// <summary>Begins to listen, from the call on.</summary>
    /// <param name="after">The id of the last event that the listener had; null for none.</param>
    public EventJournalReader Listen(string? after)
    {
        lock (_gate)
        {
            if (_following is not { IsCompleted: false })
            {
                // What happened while nobody followed is not known: nobody can go on from before it.
                if (_following is not null) _last += Kept + 1;
                _following = FollowAsync();
            }

            return new EventJournalReader(this, after is null ? _last : PositionOf(after));
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync();
        if (_following is { } following) await following.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _closing.Dispose();
    }

    /// <summary>The id of an event.</summary>
    internal string IdOf(long number) => $"{_process}-{number.ToString(CultureInfo.InvariantCulture)}";

    /// <summary>
    /// The events behind a place. The place of a reader that is too far behind, or that never was one of this process, is the newest: what is between is lost to it.
    /// Waits while there is none; null when the store or the recorder has closed.
    /// </summary>
    internal async Task<(IReadOnlyList<(string Name, object Data)> Events, long Position, bool IsReset)?> ReadAsync(long position, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task more, following;
            lock (_gate)
            {
                if (position < 0 || position > _last || _last - position > Kept) return ([], _last, true);
                if (position < _last)
                {
                    var events = new List<(string, object)>();
                    for (var number = position + 1; number <= _last; number++) events.Add(_ring[number % Kept]);
                    return (events, _last, false);
                }

                (more, following) = (_more.Task, _following!);
            }

            if (await Task.WhenAny(more, following).WaitAsync(cancellationToken) == following) return null;
        }
    }

    /// <summary>The place behind an event; -1 for one that this process never told of.</summary>
    private long PositionOf(string id)
        => id.StartsWith(_process + "-", StringComparison.Ordinal) && long.TryParse(id.AsSpan(_process.Length + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number <= _last ? number : -1;

    private async Task FollowAsync()
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(_closing.Token);
        // Both are listened to before this returns for the first time.
        Task[] both = [FollowFlowsAsync(ended.Token), FollowChangesAsync(ended.Token)];
        await Task.WhenAny(both);
        await ended.CancelAsync();
        await Task.WhenAll(both).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task FollowFlowsAsync(CancellationToken cancellationToken)
    {
        using var listener = recorder.Feed.Listen();
        await foreach (var flow in listener.Flows.ReadAllAsync(cancellationToken))
        {
            if (listener.TakeMissed() is > 0 and var missed) Add("missed", new MissedView(missed));
            // What crossed the wires, and the words of it, are not kept for late listeners.
            Add("flow", new JournaledFlow(flow with { Bodies = [], SearchText = "" }, FlowView.From(flow)));
        }
    }

    private async Task FollowChangesAsync(CancellationToken cancellationToken)
    {
        await foreach (var change in store.Changes.ListenAsync(cancellationToken)) Add("change", new ChangeView(change.Kind, change.Id));
    }

    private void Add(string name, object data)
    {
        TaskCompletionSource more;
        lock (_gate)
        {
            _ring[++_last % Kept] = (name, data);
            (more, _more) = (_more, NewSignal());
        }

        more.SetResult();
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}

/// <summary>A listener's place among the events.</summary>
public sealed class EventJournalReader
{
    private readonly EventJournal _journal;
    private long _read;
    private long _reported;

    internal EventJournalReader(EventJournal journal, long position) => (_journal, _read, _reported) = (journal, position, position);

    /// <summary>The id of the last event that was reported: who goes on after it misses nothing. Null where the listener is still to be told that it has to begin anew.</summary>
    public string? LastId => Interlocked.Read(ref _reported) is >= 0 and var number ? _journal.IdOf(number) : null;

    /// <summary>Reports events until it is cancelled; <c>reset</c> (<see cref="ResetView"/>) where some are lost to this listener.</summary>
    public Task ReportAsync(Func<string, object, ValueTask> report, CancellationToken cancellationToken) => ReportAsync(null, report, cancellationToken);

    /// <summary>Reports flows that fit, and what was missed of them, until it is cancelled; <c>reset</c> where some are lost to this listener.</summary>
    /// <param name="fits">Which flows; null for every event of any kind.</param>
    /// <param name="report">Takes the events.</param>
    /// <param name="cancellationToken">The listener leaves.</param>
    internal async Task ReportAsync(Func<FlowRecord, bool>? fits, Func<string, object, ValueTask> report, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(report);
        while (await _journal.ReadAsync(_read, cancellationToken) is { } part)
        {
            if (part.IsReset) await report("reset", new IdentifiedEvent(_journal.IdOf(part.Position), new ResetView("Some events are not known any more; read anew what you show.")));
            var number = part.Position - part.Events.Count;
            foreach (var (name, data) in part.Events)
            {
                number++;
                var flow = data as JournaledFlow;
                if (fits is null || name == "missed" || (flow is not null && fits(flow.Record))) await report(name, new IdentifiedEvent(_journal.IdOf(number), flow?.View ?? data));
                Interlocked.Exchange(ref _reported, number);
            }

            _read = part.Position;
            Interlocked.Exchange(ref _reported, part.Position);
        }
    }
}

/// <summary>A flow in the journal.</summary>
/// <param name="Record">What filters are asked of, without bodies and words of them.</param>
/// <param name="View">What listeners are told.</param>
internal sealed record JournaledFlow(FlowRecord Record, FlowView View);

/// <summary>Events were lost to the listener, which was away for too long or was told of them by another process.</summary>
/// <param name="Message">What to do, for people.</param>
public sealed record ResetView(string Message);
