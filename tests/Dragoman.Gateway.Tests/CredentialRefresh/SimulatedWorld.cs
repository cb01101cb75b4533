namespace Dragoman.Gateway.Tests.CredentialRefresh;

/// <summary>
/// Runs asynchronous code on one thread and a clock that jumps from one timer to the next: every run of one seed is the same. What waits for a timer is the only thing
/// that time passes for.
/// </summary>
internal sealed class SimulatedWorld : SynchronizationContext
{
    private readonly Queue<(SendOrPostCallback Callback, object? State)> _ready = new();
    private readonly PriorityQueue<SimulatedTimer, (DateTimeOffset Due, long Number)> _timers = new();
    private long _number;

    /// <summary>The true time.</summary>
    public DateTimeOffset Now { get; private set; } = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>A clock that is off by so much; timers run by true time.</summary>
    public TimeProvider ClockWith(TimeSpan skew) => new SkewedClock(this, skew);

    public override void Post(SendOrPostCallback d, object? state) => _ready.Enqueue((d, state));

    public override void Send(SendOrPostCallback d, object? state) => d(state);

    public override SynchronizationContext CreateCopy() => this;

    /// <summary>Runs until the task is done.</summary>
    public void Run(Func<Task> main)
    {
        var before = Current;
        SetSynchronizationContext(this);
        try
        {
            var task = main();
            while (!task.IsCompleted)
            {
                if (_ready.TryDequeue(out var next)) next.Callback(next.State);
                else if (_timers.TryDequeue(out var timer, out var due)) timer.Fire(due.Due);
                else throw new InvalidOperationException("Everybody waits, and for nothing.");
            }

            task.GetAwaiter().GetResult();
        }
        finally
        {
            SetSynchronizationContext(before);
        }
    }

    private sealed class SkewedClock(SimulatedWorld world, TimeSpan skew) : TimeProvider
    {
        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override DateTimeOffset GetUtcNow() => world.Now + skew;

        public override long GetTimestamp() => world.Now.Ticks;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            var timer = new SimulatedTimer(world, callback, state);
            timer.Change(dueTime, period);
            return timer;
        }
    }

    private sealed class SimulatedTimer(SimulatedWorld world, TimerCallback callback, object? state) : ITimer
    {
        private DateTimeOffset? _due;

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            _due = dueTime < TimeSpan.Zero ? null : world.Now + dueTime;
            if (_due is { } due) world._timers.Enqueue(this, (due, world._number++));
            return true;
        }

        public void Fire(DateTimeOffset due)
        {
            // A timer that was changed or ended meanwhile stands in the queue once more than it counts.
            if (_due != due) return;
            _due = null;
            if (due > world.Now) world.Now = due;
            callback(state);
        }

        public void Dispose() => _due = null;

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
