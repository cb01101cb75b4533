using System.Text.Json;
using Dragoman.Protocols.Conversation;

namespace Dragoman.Protocols.OpenAiChat.Upstream;

/// <summary>
/// Reads a stream of chunks. The finish reason is held back until <c>[DONE]</c> or the end of the stream, for usage may follow it; some
/// servers never send <c>[DONE]</c>.
/// </summary>
internal sealed class ChatStreamReader(TranslationContext exchange, IAnswerSink sink) : IStreamReader
{
    private readonly ChatChunkReader _chunks = new(exchange, sink);

    public void Read(ReadOnlySpan<byte> name, ReadOnlyMemory<byte> data)
    {
        var span = data.Span.Trim(" \t\r\n"u8);
        if (_chunks.IsOver || span.IsEmpty) return;
        if (span.SequenceEqual("[DONE]"u8))
        {
            _chunks.End(stated: true);
            return;
        }

        try
        {
            if (name.SequenceEqual("error"u8)) _chunks.Fail(ErrorInAnswer.Read(ChatUpstream.Instance, data));
            else _chunks.Read(data);
        }
        catch (JsonException)
        {
            _chunks.Fail(new WireError(ErrorKind.Api, "The upstream sent a chunk that is not JSON.") { Status = 502, Code = "upstream_invalid_json" });
        }
    }

    public void Complete() => _chunks.End(stated: false);
}
