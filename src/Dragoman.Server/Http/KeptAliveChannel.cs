using System.Buffers;
using System.IO.Pipelines;
using Dragoman.Gateway.Requests;

namespace Dragoman.Server.Http;

/// <summary>
/// The way back of a whole answer that begins with empty lines while it is awaited (<c>nonstream-keepalive-interval</c>), so that nobody on the way takes the silence for a dead connection: JSON may have
/// white space before it. With the first of them the head has gone: the status is 200 whatever comes, and only the flow is named.
/// </summary>
internal sealed class KeptAliveChannel : IResponseChannel, IDisposable
{
    private readonly Lock _gate = new();
    private readonly IResponseChannel _inner;
    private readonly string _flow;
    private readonly ITimer _timer;
    private Task _line = Task.CompletedTask;
    private bool _isSent;
    private bool _isOver;

    /// <summary>Begins to wait.</summary>
    /// <param name="inner">The way back.</param>
    /// <param name="flow">The request's id in the gateway's records.</param>
    /// <param name="interval">How long it may be silent.</param>
    /// <param name="time">The clock.</param>
    public KeptAliveChannel(IResponseChannel inner, string flow, TimeSpan interval, TimeProvider time)
    {
        (_inner, _flow) = (inner, flow);
        Body = new Writer(this);
        _timer = time.CreateTimer(static state => ((KeptAliveChannel)state!).Tick(), this, interval, interval);
    }

    /// <inheritdoc/>
    public PipeWriter Body { get; }

    /// <inheritdoc/>
    public bool HasBegun { get; private set; }

    /// <inheritdoc/>
    public void Begin(int status, string contentType, AnswerHeaders headers)
    {
        lock (_gate)
        {
            HasBegun = _isOver = true;
            if (!_isSent) _inner.Begin(status, contentType, headers);
        }

        _timer.Dispose();
    }

    /// <inheritdoc/>
    public void Abort() => _inner.Abort();

    /// <summary>Sends nothing any more.</summary>
    public void Dispose()
    {
        lock (_gate) _isOver = true;
        _timer.Dispose();
    }

    private void Tick()
    {
        lock (_gate)
        {
            // A line that the client has not taken yet says as much as two.
            if (_isOver || !_line.IsCompleted) return;
            _line = SendAsync();
        }
    }

    private async Task SendAsync()
    {
        try
        {
            if (!_isSent) _inner.Begin(200, "application/json", new AnswerHeaders { Flow = _flow });
            _isSent = true;
            _inner.Body.Write("\n"u8);
            await _inner.Body.FlushAsync();
        }
        catch (Exception)
        {
            // The client has left, which whoever awaits the answer is told by its own token.
        }
    }

    /// <summary>The pipe, whose flushes wait for that of a line.</summary>
    private sealed class Writer(KeptAliveChannel channel) : DelegatingPipeWriter(() => channel._inner.Body)
    {
        public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
            => channel._line.IsCompleted ? Inner.FlushAsync(cancellationToken) : BehindAsync(cancellationToken);

        private async ValueTask<FlushResult> BehindAsync(CancellationToken cancellationToken)
        {
            await channel._line.WaitAsync(cancellationToken);
            return await Inner.FlushAsync(cancellationToken);
        }
    }
}
