namespace Dragoman.Server.Observability;

/// <summary>Counts the open requests, so that a stop can refuse new ones and wait for those that are open.</summary>
internal sealed class Draining
{
    private readonly TaskCompletionSource _empty = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _open;
    private volatile bool _draining;

    /// <summary>Whether new requests are refused.</summary>
    public bool IsDraining => _draining;

    /// <summary>How many requests are open.</summary>
    public int Open => Volatile.Read(ref _open);

    /// <summary>Counts a request until the result is disposed.</summary>
    public Opened Enter()
    {
        Interlocked.Increment(ref _open);
        return new Opened(this);
    }

    /// <summary>Refuses new requests from now on; the task ends when the last open one has.</summary>
    public Task BeginAsync()
    {
        _draining = true;
        if (Open == 0) _empty.TrySetResult();
        return _empty.Task;
    }

    /// <summary>An open request.</summary>
    internal readonly struct Opened(Draining owner) : IDisposable
    {
        public void Dispose()
        {
            if (Interlocked.Decrement(ref owner._open) == 0 && owner._draining) owner._empty.TrySetResult();
        }
    }
}
