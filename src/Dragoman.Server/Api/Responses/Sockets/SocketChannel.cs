using System.IO.Pipelines;
using Dragoman.Gateway.Requests;
using Dragoman.Gateway.StoredResponses;
using Dragoman.Protocols;
using Dragoman.Protocols.Json;

namespace Dragoman.Server.Api.Responses.Sockets;

/// <summary>Sends the events of one answer as frames. Whatever happens upstream, exactly one frame ends the turn.</summary>
internal sealed class SocketChannel : IResponseChannel, IDisposable
{
    private readonly SocketWriter _writer;
    private readonly string? _streamId;
    private readonly Func<JsonSlice, EventLog?, ValueTask> _finished;
    private readonly AnswerFrames _frames = new();
    private readonly CallbackPipeWriter _pipe;
    private AnswerHeaders _headers = new();
    private bool _ended;

    /// <param name="writer">The connection.</param>
    /// <param name="streamId">The queue, or null.</param>
    /// <param name="finished">Takes the final response object (its own bytes) before the client hears of it.</param>
    public SocketChannel(SocketWriter writer, string? streamId, Func<JsonSlice, EventLog?, ValueTask> finished)
    {
        _writer = writer;
        _streamId = streamId;
        _finished = finished;
        _pipe = new CallbackPipeWriter(TakeAsync);
    }

    public PipeWriter Body => _pipe;

    public bool HasBegun => _frames.Status != 0;

    public void Begin(int status, string contentType, AnswerHeaders headers)
    {
        _frames.Begin(status, contentType);
        _headers = headers;
    }

    public void Abort() => _writer.Abort();

    /// <summary>Ends the turn where the answer itself did not.</summary>
    public async ValueTask EndAsync(CancellationToken gone)
    {
        if (_ended) return;
        _ended = true;
        if (_frames.Status >= 400)
        {
            await _writer.SendAsync(SocketErrors.Create(_frames.Status, _frames.Whole, _headers), _streamId, gone);
        }
        else if (_frames.WholeResponse() is { IsEmpty: false } whole)
        {
            // An upstream that does not stream: its answer is reported as events all the same.
            var status = InputItems.TextOf(whole, "status"u8) ?? "completed";
            await _finished(whole, null);
            foreach (var data in EventReplay.From(whole, status).From(0).Events) await _writer.SendAsync(data, _streamId, gone);
        }
        else
        {
            var error = new WireError(ErrorKind.Api, "The upstream's answer was interrupted before it was complete.") { Status = 502, Code = "server_error" };
            await _writer.SendAsync(SocketErrors.Create(error), _streamId, gone);
        }
    }

    public void Dispose()
    {
        _pipe.Dispose();
        _frames.Dispose();
    }

    private async ValueTask TakeAsync(ReadOnlyMemory<byte> bytes, CancellationToken gone)
    {
        if (_ended) return;
        _frames.Append(bytes.Span);
        while (!_ended && _frames.TryRead(out var data, out var kind))
        {
            if (kind == AnswerFrameKind.Error)
            {
                _ended = true;
                await _writer.SendAsync(SocketErrors.Create(data), _streamId, gone);
                return;
            }

            if (kind == AnswerFrameKind.Terminal)
            {
                _ended = true;
                await _finished(AnswerFrames.ResponseOf(data).Detach(), null);
            }

            await _writer.SendAsync(data, _streamId, gone);
        }
    }
}
