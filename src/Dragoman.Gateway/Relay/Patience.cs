namespace Dragoman.Gateway.Relay;

/// <summary>
/// Cancels an attempt when the client leaves, or when the upstream is silent for longer than allowed. Saying that something came
/// (<see cref="Expect"/>) is one write of a field, unless the new deadline lies before the timer's next look. A limit of zero is none.
/// </summary>
internal sealed class Patience : IDisposable
{
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _source;
    private readonly ITimer _timer;
    private readonly Lock _lock = new();
    private long _deadline;
    private long _nextLook;

    public Patience(TimeProvider time, TimeSpan limit, CancellationToken clientGone)
    {
        _time = time;
        _source = CancellationTokenSource.CreateLinkedTokenSource(clientGone);
        _deadline = DeadlineOf(limit);
        _nextLook = _deadline;
        _timer = time.CreateTimer(static state => ((Patience)state!).Look(), this, limit > TimeSpan.Zero ? limit : Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Cancelled when the client has left or the limit has passed.</summary>
    public CancellationToken Token => _source.Token;

    /// <summary>Whether it was the limit.</summary>
    public bool RanOut { get; private set; }

    /// <summary>From now, the next sign of life may take so long.</summary>
    public void Expect(TimeSpan limit)
    {
        var deadline = DeadlineOf(limit);
        Volatile.Write(ref _deadline, deadline);
        // Either the timer that is looking right now sees the new deadline, or this sees that it has to be set.
        Interlocked.MemoryBarrier();
        if (deadline < Volatile.Read(ref _nextLook)) LookAt(deadline);
    }

    public void Dispose()
    {
        _timer.Dispose();
        _source.Dispose();
    }

    private long DeadlineOf(TimeSpan limit) => limit <= TimeSpan.Zero ? long.MaxValue : _time.GetTimestamp() + (long)(limit.TotalSeconds * _time.TimestampFrequency);

    /// <summary>The idle limit is often much shorter than the one for the first byte: the timer must not sleep through it.</summary>
    private void LookAt(long deadline)
    {
        lock (_lock)
        {
            if (deadline >= _nextLook) return;
            _nextLook = deadline;
            SetTimer(deadline - _time.GetTimestamp());
        }
    }

    private void SetTimer(long left)
        => _timer.Change(TimeSpan.FromSeconds(Math.Max(0.001, (double)left / _time.TimestampFrequency)), Timeout.InfiniteTimeSpan);

    private void Look()
    {
        try
        {
            lock (_lock)
            {
                Volatile.Write(ref _nextLook, long.MaxValue);
                Interlocked.MemoryBarrier();
                var deadline = Volatile.Read(ref _deadline);
                if (deadline == long.MaxValue) return;
                var left = deadline - _time.GetTimestamp();
                if (left > 0)
                {
                    _nextLook = deadline;
                    SetTimer(left);
                    return;
                }
            }

            RanOut = true;
            _source.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // The attempt ended while the timer fired.
        }
    }
}
