namespace Dragoman.Gateway.Forwarding.Transport;

/// <summary>
/// Cancels an attempt when the client leaves, or when the upstream is silent for longer than allowed. Saying that something came
/// (<see cref="Expect"/>) is one write of a field: the clock is looked at with the heartbeat.
/// </summary>
internal sealed class ActivityTimeout : ITimerCallback, IDisposable
{
    private readonly TimeProvider _time;
    private readonly SharedTimer _timer;
    private readonly SharedTimer.Registration _registration;
    private readonly CancellationTokenSource _source;
    private readonly CancellationToken _stopping;
    private long _deadline;

    public ActivityTimeout(TimeProvider time, SharedTimer timer, TimeSpan limit, CancellationToken clientGone, CancellationToken stopping = default)
    {
        _time = time;
        _timer = timer;
        _source = CancellationTokenSource.CreateLinkedTokenSource(clientGone, stopping);
        _stopping = stopping;
        _deadline = DeadlineOf(limit);
        _registration = timer.Join(this);
    }

    /// <summary>Cancelled when the client has left, the limit has passed, or the gateway stops.</summary>
    public CancellationToken Token => _source.Token;

    /// <summary>Whether the gateway stops: what is open ends now.</summary>
    public bool Stopped => _stopping.IsCancellationRequested;

    /// <summary>Whether it was the limit.</summary>
    public bool RanOut { get; private set; }

    /// <summary>From now, the next sign of life may take so long.</summary>
    public void Expect(TimeSpan limit) => Volatile.Write(ref _deadline, DeadlineOf(limit));

    /// <summary>Nothing is waited for until the next <see cref="Expect"/>: what now takes its time is not the upstream.</summary>
    public void Pause() => Volatile.Write(ref _deadline, long.MaxValue);

    public void OnTick()
    {
        if (RanOut || Volatile.Read(ref _deadline) > _time.GetTimestamp()) return;
        RanOut = true;
        try
        {
            // Off this thread: what waits for the token goes on right where it is cancelled.
            _ = _source.CancelAsync();
        }
        catch (ObjectDisposedException)
        {
            // The attempt ended at this very moment.
        }
    }

    public void Dispose()
    {
        _timer.Remove(_registration);
        _source.Dispose();
    }

    /// <summary>A limit of zero is none.</summary>
    private long DeadlineOf(TimeSpan limit) => limit <= TimeSpan.Zero ? long.MaxValue : _time.GetTimestamp() + (long)(limit.TotalSeconds * _time.TimestampFrequency);
}
