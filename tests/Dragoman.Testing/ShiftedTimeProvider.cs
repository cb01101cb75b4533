namespace Dragoman.Testing;

/// <summary>The real clock, whose long timers (half an hour and more, where a test does not say otherwise) go off when a test turns it on.</summary>
public sealed class ShiftedTimeProvider(TimeSpan? longFrom = null) : TimeProvider
{
    private readonly TimeSpan _long = longFrom ?? TimeSpan.FromMinutes(30);
    private readonly Lock _gate = new();
    private readonly HashSet<Turned> _waiting = [];
    private TimeSpan _turned;

    public override DateTimeOffset GetUtcNow()
    {
        lock (_gate) return base.GetUtcNow() + _turned;
    }

    public override long GetTimestamp()
    {
        lock (_gate) return base.GetTimestamp() + (long)(_turned.TotalSeconds * TimestampFrequency);
    }

    public void Turn(TimeSpan by)
    {
        Turned[] due;
        lock (_gate)
        {
            _turned += by;
            due = [.. _waiting.Where(timer => timer.Due <= by)];
            _waiting.ExceptWith(due);
        }

        foreach (var timer in due) timer.GoOff();
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new Turned(this, callback, state, base.CreateTimer(callback, state, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan));
        timer.Change(dueTime, period);
        return timer;
    }

    private sealed class Turned(ShiftedTimeProvider clock, TimerCallback callback, object? state, ITimer real) : ITimer
    {
        public TimeSpan Due { get; private set; }

        public void GoOff() => callback(state);

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (clock._gate)
            {
                Due = dueTime;
                if (dueTime < clock._long)
                {
                    clock._waiting.Remove(this);
                    return real.Change(dueTime, period);
                }

                clock._waiting.Add(this);
                return real.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            }
        }

        public void Dispose()
        {
            lock (clock._gate) clock._waiting.Remove(this);
            real.Dispose();
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
