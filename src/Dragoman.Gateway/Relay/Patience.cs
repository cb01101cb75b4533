namespace Dragoman.Gateway.Relay;

/// <summary>
/// Cancels an attempt when the client leaves, or when the upstream is silent for longer than allowed. Saying that something came
/// (<see cref="Expect"/>) is one write of a field: the timer looks at it only when it fires.
/// </summary>
internal sealed class Patience : IDisposable
{
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _source;
    private readonly ITimer _timer;
    private long _deadline;
    private long _due;

    public Patience(TimeProvider time, TimeSpan limit, CancellationToken clientGone)
    {
        _time = time;
        _source = CancellationTokenSource.CreateLinkedTokenSource(clientGone);
        _deadline = _due = DeadlineOf(limit);
        _timer = time.CreateTimer(static state => ((Patience)state!).Look(), this, limit, Timeout.InfiniteTimeSpan);
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
        // Only a shorter limit than the one before (the first sign of life has come) has to wake the timer earlier.
        if (deadline >= Volatile.Read(ref _due)) return;
        Volatile.Write(ref _due, deadline);
        _timer.Change(limit, Timeout.InfiniteTimeSpan);
    }

    public void Dispose()
    {
        _timer.Dispose();
        _source.Dispose();
    }

    private long DeadlineOf(TimeSpan limit) => _time.GetTimestamp() + (long)(limit.TotalSeconds * _time.TimestampFrequency);

    private void Look()
    {
        var left = Volatile.Read(ref _deadline) - _time.GetTimestamp();
        try
        {
            if (left > 0)
            {
                Volatile.Write(ref _due, Volatile.Read(ref _deadline));
                _timer.Change(TimeSpan.FromSeconds(Math.Max(0.001, (double)left / _time.TimestampFrequency)), Timeout.InfiniteTimeSpan);
                return;
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
