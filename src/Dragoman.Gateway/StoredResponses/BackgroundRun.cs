using System.IO.Pipelines;
using System.Text.Json;
using Dragoman.Gateway.Persistence;
using Dragoman.Gateway.Requests;
using Dragoman.Protocols;
using Dragoman.Protocols.Json;
using Dragoman.Protocols.OpenAiResponses.Upstream;

namespace Dragoman.Gateway.StoredResponses;

/// <summary>
/// A response made without a client: the relay's channel ends here, its events are kept under the response's own id and numbers, and
/// whoever asks sees how far it is.
/// </summary>
public sealed class BackgroundRun : IResponseChannel, IDisposable
{
    private static readonly JsonSlice True = JsonSlice.Create("true"u8);
    private readonly BackgroundRunDependencies _parts;
    private readonly PreparedTurn _turn;
    private readonly RequestEnvelope _head;
    private readonly Fence? _fence;
    private readonly CancellationTokenSource _cancel;
    private readonly SemaphoreSlim _gate = new(1, 1);
    private readonly AnswerFrames _frames = new();
    private readonly CallbackPipeWriter _pipe;
    private readonly JsonSlice _created;
    private readonly DateTimeOffset _started;
    private readonly EventLog _events = new();
    private readonly MemoryShare _share;
    private JsonSlice _response;
    private string _status = "queued";

    /// <summary>Queues it; <paramref name="pending"/> is the response object as it stands then, <paramref name="fence"/> the lease it is made under, or null.</summary>
    public BackgroundRun(BackgroundRunDependencies parts, string owner, string id, PreparedTurn turn, RequestEnvelope head, JsonSlice pending, Fence? fence)
    {
        _parts = parts;
        _share = new MemoryShare(parts.Memory);
        _turn = turn;
        _head = head;
        _fence = fence;
        _started = parts.Time.GetUtcNow();
        Owner = owner;
        Id = id;
        _response = pending;
        Queued = pending.Bytes;
        _created = ResponsesJsonEditor.FieldOf(pending.Bytes, "created_at"u8);
        _cancel = CancellationTokenSource.CreateLinkedTokenSource(parts.Stopping);
        _pipe = new CallbackPipeWriter(TakeAsync);
        Publish("response.created", pending);
        Publish("response.queued", pending);
    }

    /// <summary>Whose it is.</summary>
    public string Owner { get; }

    /// <summary>Its id, from the beginning.</summary>
    public string Id { get; }

    /// <summary>The response object as it stood before anything was done.</summary>
    public ReadOnlyMemory<byte> Queued { get; }

    /// <summary>Its events, growing.</summary>
    public EventLog Events => _events;

    /// <inheritdoc/>
    public PipeWriter Body => _pipe;

    /// <inheritdoc/>
    public bool HasBegun => _frames.Status != 0;

    /// <summary>There is no connection to break off.</summary>
    public void Abort()
    {
    }

    /// <inheritdoc/>
    public void Begin(int status, string contentType, AnswerHeaders headers) => _frames.Begin(status, contentType);

    /// <summary>How it stands now.</summary>
    public StoredResponse Snapshot() => new()
    {
        Owner = Owner,
        Id = Id,
        Status = Volatile.Read(ref _status),
        Response = _response.Bytes,
        Input = _turn.Input,
        ParentId = _turn.ParentId,
        Created = _started,
        Background = true,
        Events = _events,
    };

    /// <summary>Makes it; never throws.</summary>
    public async Task RunAsync(ClientRequest request)
    {
        try
        {
            await _parts.Pipeline.HandleAsync(request, this, _cancel.Token);
            await EndAsync(_cancel.IsCancellationRequested ? "cancelled" : null);
        }
        catch (Exception)
        {
            // The pipeline has recorded it; here only the response has to come to an end.
            await EndAsync(_cancel.IsCancellationRequested ? "cancelled" : null);
        }
        finally
        {
            Dispose();
        }
    }

    /// <summary>Stops it, unless it is done already.</summary>
    public Task CancelAsync() => StopAsync("cancelled");

    /// <summary>Stops it because another process has reported it as failed.</summary>
    public Task AbandonAsync() => StopAsync("failed");

    private async Task StopAsync(string status)
    {
        await EndAsync(status);
        try
        {
            await _cancel.CancelAsync();
        }
        catch (ObjectDisposedException)
        {
            // It ended by itself in the meantime.
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _cancel.Dispose();
        _share.Dispose();
        _frames.Dispose();
        _pipe.Dispose();
    }

    private async ValueTask TakeAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken);
        try
        {
            if (_status is not ("queued" or "in_progress")) return;
            _frames.Append(bytes.Span);
            while (_frames.TryRead(out var data, out var kind)) await TakeAsync(data, kind);
        }
        finally
        {
            _gate.Release();
        }
    }

    private async ValueTask TakeAsync(ReadOnlyMemory<byte> data, AnswerFrameKind kind)
    {
        var response = kind is AnswerFrameKind.Progress or AnswerFrameKind.Terminal ? AnswerFrames.ResponseOf(data) : default;
        if (response.IsEmpty)
        {
            var changed = Changed(new JsonSlice(data), [("sequence_number", NextNumber())]).Bytes;
            // Without room for them, those who follow miss the deltas; the final object has it all.
            if (_share.TryTake(changed.Length)) _events.Add(changed, isDelta: true);
            return;
        }

        var type = AnswerFrames.TypeOf(data);
        // Ours was told when it was queued.
        if (type is "response.created" or "response.queued") return;
        _response = Own(response);
        if (kind == AnswerFrameKind.Progress)
        {
            Volatile.Write(ref _status, "in_progress");
            Publish(type, _response);
            return;
        }

        await FinishAsync(InputItems.TextOf(_response, "status"u8) ?? "completed", type);
    }

    /// <summary>The answer is over; where it brought no end of its own, it gets one here.</summary>
    private async Task EndAsync(string? asked)
    {
        await _gate.WaitAsync(CancellationToken.None);
        try
        {
            if (_status is not ("queued" or "in_progress")) return;
            if (asked is null && _frames.Status == 200 && _frames.WholeResponse() is { IsEmpty: false } whole)
            {
                _response = Own(whole);
                await FinishAsync(InputItems.TextOf(_response, "status"u8) ?? "completed", null);
                return;
            }

            var status = asked ?? "failed";
            _response = Changed(_response, status == "failed" ? [("status", InputItems.Quote(status)), ("error", ErrorOf())] : [("status", InputItems.Quote(status))]);
            await FinishAsync(status, status == "failed" ? "response.failed" : "response.incomplete");
        }
        finally
        {
            _gate.Release();
        }
    }

    private async ValueTask FinishAsync(string status, string? type)
    {
        Publish(type ?? (status == "completed" ? "response.completed" : $"response.{status}"), _response);
        Volatile.Write(ref _status, status);
        await _parts.Responses.KeepAsync(Owner, _turn, _head, _response, _events.IsTooLarge ? null : _events, Id, _fence);
        _parts.Runs.Remove(this);
        _events.End();
    }

    /// <summary>Why it failed: the error that was told in place of an answer, in the short form of a response object.</summary>
    private JsonSlice ErrorOf()
    {
        var code = default(JsonSlice);
        var message = default(JsonSlice);
        try
        {
            var error = _frames.Whole.IsEmpty ? default : ResponsesJsonEditor.FieldOf(_frames.Whole, "error"u8);
            if (error.IsObject)
            {
                code = ResponsesJsonEditor.FieldOf(error.Bytes, "code"u8);
                message = ResponsesJsonEditor.FieldOf(error.Bytes, "message"u8);
            }
        }
        catch (Exception ex) when (ex is JsonException or WireException)
        {
            // An error page; its text says nothing to a program.
        }

        return Changed(JsonSlice.Create("{}"u8),
        [
            ("code", code.IsString ? code : JsonSlice.Create("\"server_error\""u8)),
            ("message", message.IsString ? message : JsonSlice.Create("\"The upstream's answer was interrupted before it was complete.\""u8)),
        ]);
    }

    private JsonSlice Own(JsonSlice response) => Changed(response, [("id", InputItems.Quote(Id)), ("background", True), ("created_at", _created), ("store", True)]);

    private JsonSlice NextNumber() => JsonSlice.Parse(_events.Count.ToString(System.Globalization.CultureInfo.InvariantCulture));

    private void Publish(string type, JsonSlice response)
        => _events.Add(Changed(JsonSlice.Create("{}"u8), [("type", InputItems.Quote(type)), ("sequence_number", NextNumber()), ("response", response)]).Bytes);

    private static JsonSlice Changed(JsonSlice source, (string Name, JsonSlice Value)[] changes)
    {
        using var buffer = new PooledBuffer(source.Bytes.Length + 256);
        JsonObjectPatch.Write(source, changes, buffer);
        return new JsonSlice(buffer.WrittenSpan.ToArray());
    }
}
