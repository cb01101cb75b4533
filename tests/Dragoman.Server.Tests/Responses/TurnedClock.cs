namespace Dragoman.Server.Tests.Responses;

/// <summary>The real clock, whose long timers (half an hour and more) go off when a test turns it on.</summary>
internal sealed class TurnedClock : TimeProvider
{
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(30);
    private readonly Lock _gate = new();
    private readonly List<Waiting> _waiting = [];
    private TimeSpan _turned;

    public override DateTimeOffset GetUtcNow()
    {
        lock (_gate) return base.GetUtcNow() + _turned;
    }

    public void Turn(TimeSpan by)
    {
        Waiting[] due;
        lock (_gate)
        {
            _turned += by;
            due = [.. _waiting.Where(waiting => waiting.Due <= by)];
            _waiting.RemoveAll(waiting => waiting.Due <= by);
        }

        foreach (var waiting in due) waiting.Callback(waiting.State);
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        if (dueTime < Long) return base.CreateTimer(callback, state, dueTime, period);
        var waiting = new Waiting(callback, state, dueTime);
        lock (_gate) _waiting.Add(waiting);
        return waiting;
    }

    private sealed record Waiting(TimerCallback Callback, object? State, TimeSpan Due) : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period) => true;

        public void Dispose()
        {
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
