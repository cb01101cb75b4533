using System.Buffers;
using Dragoman.Wire.Conversation;
using Dragoman.Wire.Framing;
using Dragoman.Wire.Json;

namespace Dragoman.Gateway.Relay;

/// <summary>A stream between two speakers of the same language: every read from upstream is one write to the client, byte for byte.</summary>
internal sealed class RelayedStream : IDisposable
{
    private readonly Attempt _attempt;
    private readonly ClientStream _stream;
    private readonly HttpResponseMessage _response;
    private readonly Patience _patience;
    private readonly UsageMeter _meter;
    private readonly UsageChunkFilter? _filter;
    private bool _begun;

    private RelayedStream(Attempt attempt, ClientStream stream, HttpResponseMessage response, Patience patience)
    {
        _attempt = attempt;
        _stream = stream;
        _response = response;
        _patience = patience;
        _meter = new UsageMeter(attempt.UpstreamLanguage, attempt.Candidate.Model.Id);
        _filter = RequestSplice.AddsUsage(attempt.Request) ? new UsageChunkFilter() : null;
    }

    public static async Task<AttemptResult> RunAsync(Attempt attempt, ClientStream stream, HttpResponseMessage response, Patience patience)
    {
        using var relayed = new RelayedStream(attempt, stream, response, patience);
        return await relayed.RunAsync();
    }

    public void Dispose()
    {
        _meter.Dispose();
        _filter?.Dispose();
    }

    private async Task<AttemptResult> RunAsync()
    {
        try
        {
            var body = await _response.Content.ReadAsStreamAsync(_patience.Token);
            await using (body.ConfigureAwait(false))
            {
                while (true)
                {
                    // A stream that thinks for minutes holds no buffers: an empty read waits for bytes without room for them.
                    if (_meter.IsEmpty)
                    {
                        _meter.Rest();
                        await body.WaitForBytesAsync(_patience.Token);
                    }

                    var room = _meter.GetMemory();
                    var count = await body.ReadAsync(room, _patience.Token);
                    if (count == 0) break;
                    _patience.Expect(_attempt.Options.IdleTimeout);
                    _meter.Observe(count);
                    // An error told before anything else is a failed attempt like any other: somebody else may answer.
                    if (!_begun && _meter.Error is { } error) return _attempt.Fail(error, _response.Headers);
                    await PassAsync(room[..count]);
                }
            }

            _meter.Complete();
            if (!_begun) throw new IOException("it ended before the answer had begun.");
            if (!_meter.SawEnd && _meter.Error is null) throw new IOException("it ended in the middle of the answer.");
            if (_filter is not null) await _stream.WriteAsync(_filter.Complete(), _attempt.ClientGone);
        }
        catch (Exception fault) when (_begun && !_attempt.ClientGone.IsCancellationRequested && _attempt.Explain(fault, _patience) is { } error)
        {
            await ShowErrorAsync(error);
            return new AttemptResult { Usage = _meter.Usage, BrokeOff = error };
        }

        return new AttemptResult { Usage = _meter.Usage, BrokeOff = _meter.Error };
    }

    private async ValueTask PassAsync(ReadOnlyMemory<byte> bytes)
    {
        if (!_begun)
        {
            _begun = true;
            await _stream.BeginAsync(_response.Content.Headers.ContentType!.ToString(), _attempt.HeadersFor(_response, losses: null), _attempt.ClientGone);
        }

        if (_filter is not null)
        {
            // Only whole frames come out of the filter, so a keep-alive fits behind any of them.
            await _stream.WriteAsync(_filter.Pass(bytes.Span), _attempt.ClientGone);
            return;
        }

        _stream.AtFrameEnd = false;
        await _stream.WriteAsync(bytes, _attempt.ClientGone);
        var span = bytes.Span;
        _stream.AtFrameEnd = span.EndsWith("\n\n"u8) || span.EndsWith("\r\n\r\n"u8);
    }

    /// <summary>The upstream broke off in the middle: the client is told so in its own language, and not by a normal ending.</summary>
    private async Task ShowErrorAsync(WireError error)
    {
        using var output = new PooledBuffer();
        if (!_stream.AtFrameEnd) output.Write("\n\n"u8);
        var exchange = new Exchange(new ConversationRequest { Source = _attempt.UpstreamLanguage, Model = _attempt.Request.Model }, _attempt.Candidate.Model);
        _attempt.Request.Language.OpenStream(exchange, output).Write(AnswerEvent.Failed(error));
        await _stream.WriteAsync(output.WrittenMemory, _attempt.ClientGone);
    }
}
