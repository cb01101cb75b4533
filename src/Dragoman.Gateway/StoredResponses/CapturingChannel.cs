using System.IO.Pipelines;
using Dragoman.Gateway.Requests;
using Dragoman.Protocols.Json;

namespace Dragoman.Gateway.StoredResponses;

/// <summary>
/// Passes an answer on unchanged and keeps its final <c>response</c> object. It is kept before its last bytes leave, so that a client
/// that asks for it at once finds it.
/// </summary>
public sealed class CapturingChannel : TeePipeWriter, IResponseChannel, IDisposable
{
    private readonly IResponseChannel _inner;
    private readonly Func<JsonSlice, EventLog?, ValueTask> _keep;
    private readonly AnswerFrames _frames = new();
    private readonly EventLog _events = new();
    private JsonSlice _final;
    private bool _kept;

    /// <param name="inner">The way to the client.</param>
    /// <param name="keep">Takes the final object (its own bytes) and the events, once.</param>
    public CapturingChannel(IResponseChannel inner, Func<JsonSlice, EventLog?, ValueTask> keep)
        : base(inner.Body)
    {
        _inner = inner;
        _keep = keep;
    }

    /// <inheritdoc/>
    public PipeWriter Body => this;

    /// <inheritdoc/>
    public void Abort() => _inner.Abort();

    /// <inheritdoc/>
    public bool HasBegun => _inner.HasBegun;

    /// <inheritdoc/>
    public void Begin(int status, string contentType, AnswerHeaders headers)
    {
        _frames.Begin(status, contentType);
        _inner.Begin(status, contentType, headers);
    }

    /// <inheritdoc/>
    protected override void Observe(ReadOnlySpan<byte> written)
    {
        if (_frames.Status == 200 && _final.IsEmpty) Take(written);
    }

    /// <inheritdoc/>
    protected override async ValueTask BeforeFlushAsync()
    {
        if (_kept || (_final.IsEmpty && !TakeWhole())) return;
        _kept = true;
        _events.End();
        await _keep(_final, _frames.IsStream && !_events.IsTooLarge ? _events : null);
    }

    /// <inheritdoc/>
    public void Dispose() => _frames.Dispose();

    private void Take(ReadOnlySpan<byte> bytes)
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
