namespace Dragoman.Gateway.Forwarding.Transport;

/// <summary>What looks at the clock now and then.</summary>
internal interface ITimerCallback
{
    /// <summary>Looks at the clock. Must be quick, and must not throw.</summary>
    void OnTick();
}

/// <summary>
/// One timer for all that waits: attempts that may run out of patience, streams that may need a keep-alive. A timer for each of them would
/// be made and thrown away with every request, under locks that all requests share; here a request costs two links in a list.
/// </summary>
/// <remarks>Limits are met to within a beat. The timer rests while nothing waits.</remarks>
internal sealed class SharedTimer(TimeProvider time) : IDisposable
{
    private const int Stripes = 8;
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);
    private readonly Stripe[] _stripes = [.. Enumerable.Range(0, Stripes).Select(static _ => new Stripe())];
    private readonly Lock _timerLock = new();
    private ITimer? _timer;
    private int _waiting;
    private bool _isRunning;

    /// <summary>Lets something look at the clock from now on, until it is left by <see cref="Remove"/>.</summary>
    public Registration Join(ITimerCallback item)
    {
        var stripe = _stripes[Environment.CurrentManagedThreadId % Stripes];
        var node = new LinkedListNode<ITimerCallback>(item);
        lock (stripe.Lock) stripe.Items.AddLast(node);
        if (Interlocked.Increment(ref _waiting) == 1 || !Volatile.Read(ref _isRunning)) Start();
        return new Registration(stripe.Lock, node);
    }

    /// <summary>Ends it. Twice does no harm.</summary>
    public void Remove(Registration registration)
    {
        lock (registration.Lock)
        {
            if (registration.Node.List is not { } list) return;
            list.Remove(registration.Node);
        }

        Interlocked.Decrement(ref _waiting);
    }

    /// <inheritdoc/>
    public void Dispose() => _timer?.Dispose();

    private void Start()
    {
        lock (_timerLock)
        {
            if (_isRunning) return;
            _isRunning = true;
            _timer ??= time.CreateTimer(static state => ((SharedTimer)state!).Tick(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            _timer.Change(Interval, Interval);
        }
    }

    private void Tick()
    {
        if (Volatile.Read(ref _waiting) == 0)
        {
            Stop();
            return;
        }

        foreach (var stripe in _stripes) stripe.Tick();
    }

    private void Stop()
    {
        lock (_timerLock)
        {
            if (Volatile.Read(ref _waiting) != 0) return;
            _isRunning = false;
            _timer?.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>A place in the list.</summary>
    internal readonly record struct Registration(Lock Lock, LinkedListNode<ITimerCallback> Node);

    private sealed class Stripe
    {
        private readonly List<ITimerCallback> _snapshot = [];
        private int _ticking;

        public Lock Lock { get; } = new();

        public LinkedList<ITimerCallback> Items { get; } = new();

        public void Tick()
        {
            // A beat that takes longer than the interval is not begun twice.
            if (Interlocked.Exchange(ref _ticking, 1) == 1) return;
            lock (Lock) _snapshot.AddRange(Items);
            foreach (var item in _snapshot) item.OnTick();
            _snapshot.Clear();
            Volatile.Write(ref _ticking, 0);
        }
    }
}
