using System.IO.Pipelines;
using Dragoman.Gateway.Requests;
using Dragoman.Protocols.Json;

namespace Dragoman.Server.Api.Responses;

/// <summary>
/// Passes an answer on unchanged and keeps its final <c>response</c> object. It is kept before its last bytes leave, so that a client
/// that asks for it at once finds it.
/// </summary>
internal sealed class CapturingChannel : PipeWriter, IResponseChannel, IDisposable
{
    private readonly IResponseChannel _inner;
    private readonly Func<JsonSlice, EventLog?, ValueTask> _keep;
    private readonly AnswerFrames _frames = new();
    private readonly EventLog _events = new();
    private ReadOnlyMemory<byte> _last;
    private JsonSlice _final;
    private bool _kept;

    /// <param name="inner">The way to the client.</param>
    /// <param name="keep">Takes the final object (its own bytes) and the events, once.</param>
    public CapturingChannel(IResponseChannel inner, Func<JsonSlice, EventLog?, ValueTask> keep)
    {
        _inner = inner;
        _keep = keep;
    }

    public PipeWriter Body => this;

    public void Abort() => _inner.Abort();

    public bool HasBegun => _inner.HasBegun;

    public void Begin(int status, string contentType, AnswerHeaders headers)
    {
        _frames.Begin(status, contentType);
        _inner.Begin(status, contentType, headers);
    }

    public override Memory<byte> GetMemory(int sizeHint = 0)
    {
        var memory = _inner.Body.GetMemory(sizeHint);
        _last = memory;
        return memory;
    }

    public override Span<byte> GetSpan(int sizeHint = 0) => ((Memory<byte>)GetMemory(sizeHint)).Span;

    public override void Advance(int bytes)
    {
        if (_frames.Status == 200 && _final.IsEmpty) Observe(_last.Span[..bytes]);
        _last = _last[bytes..];
        _inner.Body.Advance(bytes);
    }

    public override async ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
    {
        if (!_kept && (!_final.IsEmpty || TakeWhole()))
        {
            _kept = true;
            _events.End();
            await _keep(_final, _frames.IsStream && !_events.IsTooLarge ? _events : null);
        }

        return await _inner.Body.FlushAsync(cancellationToken);
    }

    public override void CancelPendingFlush() => _inner.Body.CancelPendingFlush();

    public override void Complete(Exception? exception = null) => _inner.Body.Complete(exception);

    public void Dispose() => _frames.Dispose();

    private void Observe(ReadOnlySpan<byte> bytes)
    {
        _frames.Append(bytes);
        while (_frames.TryRead(out var data, out var kind))
        {
            if (kind != AnswerFrameKind.Terminal && _events.IsTooLarge) continue;
            var own = (ReadOnlyMemory<byte>)data.ToArray();
            _events.Add(own);
            if (kind != AnswerFrameKind.Terminal) continue;
            _final = AnswerFrames.ResponseOf(own);
            return;
        }
    }

    private bool TakeWhole()
    {
        _final = _frames.WholeResponse();
        return !_final.IsEmpty;
    }
}
