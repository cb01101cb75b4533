namespace Dragoman.Server.Http;

/// <summary>Ends the reading of a body from which nothing has come for too long, however much came before.</summary>
internal sealed class ReadTimeout : IDisposable
{
    private readonly TimeSpan _limit;
    private readonly CancellationTokenSource _source;
    private readonly ITimer? _timer;
    private volatile bool _ranOut;

    public ReadTimeout(TimeSpan limit, TimeProvider time, CancellationToken cancellationToken)
    {
        _limit = limit;
        _source = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        if (limit > TimeSpan.Zero) _timer = time.CreateTimer(_ => RunOut(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Cancelled when the client has left, or nothing came in time.</summary>
    public CancellationToken Token => _source.Token;

    /// <summary>Whether it was the time.</summary>
    public bool RanOut => _ranOut;

    /// <summary>From now, the next bytes may take so long as the limit says.</summary>
    public void Expect() => _timer?.Change(_limit, Timeout.InfiniteTimeSpan);

    /// <summary>Nothing is waited for until the next <see cref="Expect"/>.</summary>
    public void Pause() => _timer?.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

    public void Dispose()
    {
        _timer?.Dispose();
        _source.Dispose();
    }

    private void RunOut()
    {
        _ranOut = true;
        try
        {
            _source.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // The last bytes came at this very moment.
        }
    }
}
