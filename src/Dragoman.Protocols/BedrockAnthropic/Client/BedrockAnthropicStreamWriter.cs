using System.Buffers;
using System.Buffers.Text;
using Dragoman.Protocols.AnthropicMessages.Client;
using Dragoman.Protocols.BedrockConverse.Shared;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Framing;
using Dragoman.Protocols.Json;

namespace Dragoman.Protocols.BedrockAnthropic.Client;

/// <summary>
/// Writes a Messages stream in AWS's frames: each event's data in base64 inside the payload of a <c>chunk</c> (API_runtime_InvokeModelWithResponseStream, PayloadPart). An error is an exception's frame.
/// </summary>
internal sealed class BedrockAnthropicStreamWriter(TranslationContext exchange, IBufferWriter<byte> output) : IAnswerSink
{
    private IAnswerSink? _inner;
    private PooledBuffer? _events;
    private PooledBuffer? _payload;

    /// <inheritdoc/>
    public void Write(in AnswerEvent answerEvent)
    {
        _events ??= new PooledBuffer(1024);
        _payload ??= new PooledBuffer(1024);
        if (answerEvent.Kind == AnswerEventKind.Failed)
        {
            _payload.Clear();
            ConverseErrorNames.WriteBody(answerEvent.Error, _payload);
            AwsEventStreamWriter.WriteException(output, ConverseErrorNames.InStream(answerEvent.Error), _payload.WrittenSpan);
            Release();
            return;
        }

        // Messages' own writer keeps no more than its place in the answer: its output is this buffer, which stays the same until the end.
        _inner ??= AnthropicClient.Instance.OpenStream(exchange, _events);
        _inner.Write(answerEvent);
        var rest = _events.WrittenSpan;
        while (Next(ref rest, out var data))
        {
            // Bedrock's streams have no pings.
            if (!data.SequenceEqual("{\"type\":\"ping\"}"u8)) WriteChunk(data, _payload);
        }

        _events.Clear();
        if (answerEvent.Kind == AnswerEventKind.Finished) Release();
    }

    /// <summary>The data of the next event; our own writer puts it on one line behind the event's name.</summary>
    private static bool Next(ref ReadOnlySpan<byte> events, out ReadOnlySpan<byte> data)
    {
        data = default;
        var at = events.IndexOf("data: "u8);
        if (at < 0) return false;
        events = events[(at + 6)..];
        var end = events.IndexOf((byte)'\n');
        data = end < 0 ? events : events[..end];
        events = end < 0 ? default : events[(end + 1)..];
        return true;
    }

    private void WriteChunk(ReadOnlySpan<byte> data, PooledBuffer payload)
    {
        payload.Clear();
        var prefix = "{\"bytes\":\""u8;
        var length = Base64.GetMaxEncodedToUtf8Length(data.Length);
        var span = payload.GetSpan(prefix.Length + length + 2);
        prefix.CopyTo(span);
        Base64.EncodeToUtf8(data, span[prefix.Length..], out _, out var written);
        "\"}"u8.CopyTo(span[(prefix.Length + written)..]);
        payload.Advance(prefix.Length + written + 2);
        AwsEventStreamWriter.WriteEvent(output, "chunk"u8, payload.WrittenSpan);
    }

    private void Release()
    {
        _events?.Dispose();
        _payload?.Dispose();
    }
}
