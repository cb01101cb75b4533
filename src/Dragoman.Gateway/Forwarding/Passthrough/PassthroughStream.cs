using System.Buffers;
using Dragoman.Gateway.Forwarding.Attempts;
using Dragoman.Gateway.Forwarding.Streaming;
using Dragoman.Gateway.Forwarding.Translation;
using Dragoman.Gateway.Forwarding.Transport;
using Dragoman.Gateway.Requests;
using Dragoman.Protocols;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Json;
using Dragoman.Protocols.Registry;

namespace Dragoman.Gateway.Forwarding.Passthrough;

/// <summary>
/// A stream between two speakers of the same protocol, byte for byte. The greeting is held back until the answer begins, so that a failure
/// until then can still be repaired by the next candidate; from then on every read from upstream is one write to the client, of the frames
/// that are whole. The torn end of a read waits for its rest, so that whatever happens the client has whole frames only.
/// </summary>
internal sealed class PassthroughStream : IDisposable
{
    /// <summary>So much is held back at most; a greeting repeats the whole request in some protocols.</summary>
    private const int MaxHeld = 512 * 1024;

    private readonly Attempt _attempt;
    private readonly ClientStream _stream;
    private readonly HttpResponseMessage _response;
    private readonly ActivityTimeout _timeout;
    private readonly UsageMeter _meter;
    private readonly IStreamFilter? _filter;
    private readonly PooledBuffer _held;
    private bool _isEvents;
    private bool _begun;

    private PassthroughStream(Attempt attempt, ClientStream stream, HttpResponseMessage response, ActivityTimeout timeout)
    {
        _attempt = attempt;
        _stream = stream;
        _response = response;
        _timeout = timeout;
        _meter = new UsageMeter(attempt.UpstreamProtocol, attempt.Candidate.Model, attempt.Options.MaxFrameBytes, attempt.Services.Memory);
        _held = new PooledBuffer(256, attempt.Services.Memory);
        _filter = attempt.Provider.OpenStreamFilter?.Invoke(attempt.Request.ProtocolHeaders) ?? attempt.Request.Traits.OpenPassthroughFilter(attempt.Request.Stream, attempt.Request.Head.IncludeUsage);
    }

    public static async Task<AttemptResult> RunAsync(Attempt attempt, ClientStream stream, HttpResponseMessage response, ActivityTimeout timeout)
    {
        using var relayed = new PassthroughStream(attempt, stream, response, timeout);
        return await relayed.RunAsync();
    }

    public void Dispose()
    {
        _meter.Dispose();
        _filter?.Dispose();
        _held.Dispose();
    }

    private async Task<AttemptResult> RunAsync()
    {
        try
        {
            var body = await _response.Content.ReadAsStreamAsync(_timeout.Token);
            await using (body.ConfigureAwait(false))
            {
                while (true)
                {
                    // A stream that thinks for minutes holds no buffers: an empty read waits for bytes without room for them.
                    if (_meter.IsEmpty)
                    {
                        _meter.ReturnBuffers();
                        await body.WaitForBytesAsync(_timeout.Token);
                    }

                    var room = _meter.GetMemory();
                    var count = await body.ReadAsync(room, _timeout.Token);
                    if (count == 0) break;
                    if (!_isEvents)
                    {
                        // A whole answer under a stream's label is reported as the stream that was asked for.
                        if (ResponseKind.IsJson(room.Span[..count]) == true) return await WriteWholeAsync(room[..count]);
                        ResponseKind.RefusePage(room.Span[..count]);
                        _isEvents = ResponseKind.IsJson(room.Span[..count]) is not null;
                    }

                    _meter.Observe(count);
                    // An error reported before anything else is a failed attempt like any other: somebody else may answer.
                    if (!_begun && _meter.Error is { } error) return FailAs(error);
                    // While the client takes its time nobody waits for the upstream.
                    _timeout.Pause();
                    await ForwardAsync(room[..count]);
                    if (_begun && _meter.SawEnd && _held.Length == 0) _attempt.Progress.IsDelivered = true;
                    // Nobody else is asked any more, and an answer in events is not translated.
                    if (_begun && _isEvents && _meter.HasContent) _attempt.Request.ReleaseBody(_meter.Usage.InputTokens is not null);
                    if (_meter.Error is { } told)
                    {
                        if (!_meter.ReportedError.IsNative) await ShowErrorAsync(told);
                        return new AttemptResult { Usage = _meter.GetFinalUsage(), Interrupted = told };
                    }

                    _timeout.Expect(_attempt.Options.IdleTimeout);
                }
            }

            await EndAsync();
        }
        catch (Exception ex) when (_begun && !_attempt.ClientGone.IsCancellationRequested && _attempt.Explain(ex, _timeout) is { } error)
        {
            await ShowErrorAsync(error);
            return new AttemptResult { Usage = _meter.GetFinalUsage(), Interrupted = error };
        }
        catch (Exception ex) when (_attempt.Progress.IsDelivered && _attempt.ClientGone.IsCancellationRequested && ex is OperationCanceledException or IOException)
        {
            // The client has what it asked for, and did not wait for the upstream to close.
        }
        finally
        {
            // What is known when the client leaves is all there will be.
            if (_begun)
            {
                _attempt.Progress.Usage = _meter.GetFinalUsage();
                _attempt.Progress.IsComplete = _meter.SawEnd;
                _attempt.Progress.HadContent = _meter.HasAnyContent;
            }
        }

        if (!_begun && _meter.Error is { } failure) return FailAs(failure);
        return new AttemptResult { Usage = _meter.Usage, Interrupted = _meter.Error };
    }

    /// <summary>The attempt has failed before it answered; what the upstream said it cost is still what it cost.</summary>
    private AttemptResult FailAs(WireError error) => _attempt.Fail(error, _response.Headers) with { Usage = _meter.GetFinalUsage() };

    private Task<AttemptResult> WriteWholeAsync(ReadOnlyMemory<byte> begun)
        => TranslatedStream.RunAsync(_attempt, _stream, _response, ProtocolRegistry.Upstream(_attempt.UpstreamProtocol), TranslatedExchange.ExchangeFor(_attempt), _timeout, begun);

    /// <summary>The upstream has closed: that is the end only where it said so.</summary>
    private async Task EndAsync()
    {
        _meter.Complete();
        if (!_begun && _meter.Error is null && !_meter.HasContent) throw new IOException("it ended before the answer had begun.");
        if (!_meter.SawEnd && _meter.Error is null) throw new IOException("it ended in the middle of the answer.");
        if (_meter.Error is not null && !_begun) return;
        // The last frame may lack its empty line.
        var whole = _meter.Error is null || _meter.ReportedError.IsNative ? _held.Length : Math.Max(0, _held.Length - _meter.ReportedError.Rest);
        await SendAsync(_held.WrittenMemory[..whole]);
        if (_filter is not null) await _stream.WriteAsync(_filter.Complete(), _attempt.ClientGone);
        if (_meter.Error is { } error && !_meter.ReportedError.IsNative) await ShowErrorAsync(error);
    }

    private async ValueTask ForwardAsync(ReadOnlyMemory<byte> bytes)
    {
        // Behind an error nothing is passed on: Chat's "[DONE]" would say that all is well.
        var torn = _meter.Error is null ? _meter.Unfinished : _meter.ReportedError.IsNative ? _meter.ReportedError.Behind : _meter.ReportedError.Rest;
        if (_held.Length == 0 && torn == 0 && (_begun || _meter.HasContent))
        {
            await SendAsync(bytes);
            return;
        }

        _held.Write(bytes.Span);
        var whole = _held.Length - torn;
        if (whole == 0 || !(_begun || _meter.HasContent || _held.Length > MaxHeld)) return;
        await SendAsync(_held.WrittenMemory[..whole]);
        _held.Consume(whole);
        _held.ReturnBuffer();
    }

    private async ValueTask SendAsync(ReadOnlyMemory<byte> frames)
    {
        if (!_begun)
        {
            _begun = true;
            _attempt.Progress.HasBegun = true;
            await _stream.BeginAsync(ResponseKind.EventsType(_response), _attempt.HeadersFor(_response, _attempt.ReportedLosses), _attempt.ClientGone);
        }

        await _stream.WriteAsync(_filter is null ? frames : _filter.Pass(frames.Span), _attempt.ClientGone);
    }

    /// <summary>The upstream was interrupted in the middle: that is reported to the client in its own protocol, and not by a normal ending.</summary>
    private async Task ShowErrorAsync(WireError error)
    {
        using var output = new PooledBuffer();
        if (_meter.Error is not null && _attempt.Request.Traits.TryWriteUpstreamError(Redaction.Apply(_meter.ReportedError.Text, _attempt.Credential), output))
        {
            await _stream.WriteAsync(output.WrittenMemory, _attempt.ClientGone);
            return;
        }

        var exchange = new TranslationContext(new ConversationRequest { Source = _attempt.UpstreamProtocol, Model = _attempt.Request.Model }, _attempt.Candidate.Model)
        {
            ClientModel = _attempt.Request.ShownModel,
            CreatedAt = _attempt.Services.Time.GetUtcNow().ToUnixTimeSeconds(),
        };
        var writer = _attempt.Request.ClientProtocol.OpenStream(exchange, output);
        _meter.Position?.Resume(writer);
        writer.Write(AnswerEvent.Failed(error));
        await _stream.WriteAsync(output.WrittenMemory, _attempt.ClientGone);
    }
}
