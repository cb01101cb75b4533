using System.Buffers;
using Dragoman.Gateway.Forwarding.Attempts;
using Dragoman.Gateway.Forwarding.Signatures;
using Dragoman.Gateway.Forwarding.Streaming;
using Dragoman.Gateway.Forwarding.Transport;
using Dragoman.Gateway.Requests;
using Dragoman.Protocols;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Json;

namespace Dragoman.Gateway.Forwarding.Translation;

/// <summary>
/// A streamed answer between two protocols. Nothing reaches the client before the first content has come, so that a failure until then
/// can still be repaired by the next candidate; from then on every read from upstream is one write to the client.
/// </summary>
internal sealed class TranslatedStream : IDisposable
{
    private readonly Attempt _attempt;
    private readonly ClientStream _stream;
    private readonly HttpResponseMessage _response;
    private readonly IUpstreamProtocol _upstream;
    private readonly TranslationContext _exchange;
    private readonly ActivityTimeout _timeout;
    private readonly PooledBuffer _output;
    private readonly MemoryShare _share;
    private readonly AnswerNormalizer _normalizer;
    private readonly FailureMark _failure;
    private bool _committed;

    private TranslatedStream(Attempt attempt, ClientStream stream, HttpResponseMessage response, IUpstreamProtocol protocol, TranslationContext exchange, ActivityTimeout timeout)
    {
        _attempt = attempt;
        _stream = stream;
        _response = response;
        _upstream = protocol;
        _exchange = exchange;
        _timeout = timeout;
        _output = new PooledBuffer(4096, attempt.Services.Memory);
        _share = new MemoryShare(attempt.Services.Memory);
        exchange.Memory = _share;
        _failure = new FailureMark(attempt.Request.ClientProtocol.OpenStream(exchange, _output), _output);
        _normalizer = new AnswerNormalizer(exchange, new ReasoningSignatureRecorder(attempt.Services.ReasoningSignatures, attempt.Candidate.Model, attempt.Request.Scope, _failure));
    }

    public static async Task<AttemptResult> RunAsync(
        Attempt attempt, ClientStream stream, HttpResponseMessage response, IUpstreamProtocol protocol, TranslationContext exchange, ActivityTimeout timeout, ReadOnlyMemory<byte> begun = default)
    {
        using var translated = new TranslatedStream(attempt, stream, response, protocol, exchange, timeout);
        return await translated.RunAsync(begun);
    }

    public void Dispose()
    {
        _output.Dispose();
        _share.Dispose();
    }

    /// <summary>Tells the answer, of which somebody else has read the beginning where it is <paramref name="begun"/>: it is a whole one then.</summary>
    private async Task<AttemptResult> RunAsync(ReadOnlyMemory<byte> begun)
    {
        try
        {
            if (begun.IsEmpty) await PumpAsync();
            else await ReadWholeAsync(begun);
        }
        catch (Exception ex) when (_committed && !_attempt.ClientGone.IsCancellationRequested && _attempt.Explain(ex, _timeout) is { } error)
        {
            // What could not be written for want of memory may have stopped in the middle of a frame.
            if (ex is WireException) _output.Clear();
            _normalizer.Write(AnswerEvent.Failed(error));
            await ShowAsync();
        }
        finally
        {
            // What is known when the client leaves is all there will be.
            if (_committed)
            {
                _attempt.Progress.Usage = _normalizer.Usage;
                _attempt.Progress.IsComplete = _normalizer.IsOver && _normalizer.Error is null;
                _attempt.Progress.HadContent = _normalizer.HasContent;
            }
        }

        // The headers told what was known at the beginning; the record gets all of it.
        _attempt.Progress.Losses = _exchange.Losses.Items;
        if (!_committed && _normalizer.Error is { } failure) return _attempt.Fail(failure, _response.Headers) with { Usage = _normalizer.Usage };
        return new AttemptResult { Usage = _normalizer.Usage, Interrupted = _normalizer.Error };
    }

    private async Task PumpAsync()
    {
        var body = await _response.Content.ReadAsStreamAsync(_timeout.Token);
        await using (body.ConfigureAwait(false))
        {
            using var frames = UpstreamFrames.For(_upstream, _exchange, _normalizer, _attempt.Options.MaxFrameBytes, _attempt.Services.Memory);
            var isEvents = false;
            while (!_normalizer.IsOver)
            {
                // A stream that thinks for minutes holds no buffers: an empty read waits for bytes without room for them.
                if (frames.IsEmpty)
                {
                    frames.ReturnBuffers();
                    _output.ReturnBuffer();
                    await body.WaitForBytesAsync(_timeout.Token);
                }

                var room = frames.GetMemory();
                var count = await body.ReadAsync(room, _timeout.Token);
                if (!isEvents && count > 0)
                {
                    // What it is shows in its first bytes; its label may be wrong.
                    if (ResponseKind.IsJson(room.Span[..count]) == true)
                    {
                        await ReadWholeAsync(room[..count]);
                        return;
                    }

                    ResponseKind.RefusePage(room.Span[..count]);
                    isEvents = ResponseKind.IsJson(room.Span[..count]) is not null;
                }

                // While the client takes its time nobody waits for the upstream.
                _timeout.Pause();
                if (count == 0)
                {
                    frames.Complete();
                    _normalizer.Complete();
                }
                else
                {
                    frames.Advance(count);
                }

                await ShowAsync();
                _timeout.Expect(_attempt.Options.IdleTimeout);
            }
        }
    }

    /// <summary>The upstream answered whole though a stream was asked for: the client gets its stream all the same.</summary>
    private async Task ReadWholeAsync(ReadOnlyMemory<byte> begun)
    {
        using var body = new PooledBuffer(begun.Length + 4096, _attempt.Services.Memory);
        body.Write(begun.Span);
        await _attempt.ReadAnswerAsync(_response, body, _timeout);
        _upstream.ReadAnswer(body.WrittenMemory, _exchange, _normalizer);
        _normalizer.Complete();
        await ShowAsync();
    }

    private async ValueTask ShowAsync()
    {
        if (!_committed)
        {
            if (!_normalizer.HasContent && !(_normalizer.IsOver && _normalizer.Error is null)) return;
            _committed = true;
            _attempt.Progress.HasBegun = true;
            await _stream.BeginAsync(_attempt.Request.ClientProtocol.StreamMediaType, _attempt.HeadersFor(_response, _exchange.Losses), _attempt.ClientGone);
        }

        var answer = _failure.At ?? _output.Length;
        await _stream.WriteAsync(_output.WrittenMemory[..answer], _attempt.ClientGone);
        await _stream.WriteAsync(_output.WrittenMemory[answer..], _attempt.ClientGone);
        _output.Clear();
        if (_normalizer.IsOver && _normalizer.Error is null) _attempt.Progress.IsDelivered = true;
    }

    /// <summary>Where in the output the failure begins: @google/genai finds it only in a piece that holds nothing else.</summary>
    private sealed class FailureMark(IAnswerSink writer, PooledBuffer output) : IAnswerSink
    {
        public int? At { get; private set; }

        public void Write(in AnswerEvent answerEvent)
        {
            if (answerEvent.Kind == AnswerEventKind.Failed) At = output.Length;
            writer.Write(answerEvent);
        }
    }
}
