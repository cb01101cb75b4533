namespace Dragoman.Server.Lifetime;

/// <summary>Counts the open requests, so that a stop can refuse new ones and wait for those that are open.</summary>
internal sealed class GracefulShutdown : IDisposable
{
    private readonly CancellationTokenSource _begun = new();
    private readonly CancellationTokenSource _hurried = new();
    private readonly CancellationTokenSource _cutOff = new();
    private readonly TaskCompletionSource _empty = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _open;
    private volatile bool _draining;

    /// <summary>Whether new requests are refused.</summary>
    public bool IsDraining => _draining;

    /// <summary>Cancelled when new requests are refused from now on: what waits idly for more (a socket between two turns) ends.</summary>
    public CancellationToken Begun => _begun.Token;

    /// <summary>Cancelled when open answers shall end now: each is told so in its client's protocol.</summary>
    public CancellationToken Hurried => _hurried.Token;

    /// <summary>Cancelled when the grace is over: what runs without a connection of its own (background responses, sockets) ends.</summary>
    public CancellationToken Ended => _cutOff.Token;

    /// <summary>How many requests are open.</summary>
    public int Open => Volatile.Read(ref _open);

    /// <summary>Counts a request until the result is disposed.</summary>
    public Opened Track()
    {
        Enter();
        return new Opened(this);
    }

    /// <summary>A request begins; <see cref="Leave"/> follows.</summary>
    public void Enter() => Interlocked.Increment(ref _open);

    /// <summary>A request is over.</summary>
    public void Leave()
    {
        if (Interlocked.Decrement(ref _open) == 0 && _draining) _empty.TrySetResult();
    }

    /// <summary>Refuses new requests from now on; the task ends when the last open one has.</summary>
    public Task BeginAsync()
    {
        _draining = true;
        _begun.Cancel();
        if (Open == 0) _empty.TrySetResult();
        return _empty.Task;
    }

    /// <summary>Asks open answers to end now; the task ends when the last one has.</summary>
    public async Task HurryAsync()
    {
        _draining = true;
        // Off this thread: what waits for the token goes on right where it is cancelled.
        await _hurried.CancelAsync();
        if (Open == 0) _empty.TrySetResult();
        await _empty.Task;
    }

    /// <summary>The grace is over.</summary>
    public void Abort()
    {
        _draining = true;
        _begun.Cancel();
        _hurried.Cancel();
        _cutOff.Cancel();
    }

    public void Dispose()
    {
        _begun.Dispose();
        _hurried.Dispose();
        _cutOff.Dispose();
    }

    /// <summary>An open request.</summary>
    internal readonly struct Opened(GracefulShutdown owner) : IDisposable
    {
        public void Dispose() => owner.Leave();
    }
}
