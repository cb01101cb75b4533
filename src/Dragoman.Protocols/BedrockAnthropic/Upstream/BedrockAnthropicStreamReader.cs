using System.Buffers;
using System.Buffers.Text;
using System.Text.Json;
using Dragoman.Protocols.AnthropicMessages.Upstream;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Json;

namespace Dragoman.Protocols.BedrockAnthropic.Upstream;

/// <summary>Takes Anthropic's events out of InvokeModel's chunks; any other frame is an exception that ends the stream.</summary>
internal sealed class BedrockAnthropicStreamReader(TranslationContext exchange, IAnswerSink sink) : IStreamReader
{
    private readonly AnthropicStreamReader _inner = new(exchange, sink);
    private byte[] _event = [];
    private bool _failed;

    /// <inheritdoc/>
    public void Read(ReadOnlySpan<byte> name, ReadOnlyMemory<byte> data)
    {
        if (_failed) return;
        if (name.IsEmpty || name.SequenceEqual("chunk"u8))
        {
            if (Decode(data) is { IsEmpty: false } json) _inner.Read(default, json);
            return;
        }

        // Other events would be new; exceptions are known by their names.
        if (!name.EndsWith("xception"u8) && !name.EndsWith("rror"u8)) return;
        _failed = true;
        sink.Write(AnswerEvent.Failed(BedrockAnthropicErrors.Read(null, name, data)));
    }

    /// <inheritdoc/>
    public void Complete()
    {
        if (!_failed) _inner.Complete();
    }

    private ReadOnlyMemory<byte> Decode(ReadOnlyMemory<byte> payload)
    {
        try
        {
            var reader = new Utf8TokenReader(payload.Span, JsonReading.Options);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) return default;
            while (reader.NextProperty())
            {
                var isBytes = reader.ValueTextEquals("bytes"u8);
                reader.Read();
                if (!isBytes || reader.TokenType != JsonTokenType.String)
                {
                    reader.Skip();
                    continue;
                }

                var base64 = JsonText.From(ref reader, payload).ToUtf8().Span;
                var most = Base64.GetMaxDecodedFromUtf8Length(base64.Length);
                if (_event.Length < most) _event = new byte[Math.Max(most, 1024)];
                if (Base64.DecodeFromUtf8(base64, _event, out _, out var written) == OperationStatus.Done) return _event.AsMemory(0, written);
                break;
            }
        }
        catch (JsonException)
        {
            // Reported below, like any other frame that cannot be read.
        }

        _failed = true;
        sink.Write(AnswerEvent.Failed(new WireError(ErrorKind.Api, "Bedrock sent a chunk that cannot be read.") { Status = 502 }));
        return default;
    }
}
