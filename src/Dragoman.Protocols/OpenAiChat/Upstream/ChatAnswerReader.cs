using System.Text.Json;
using Dragoman.Protocols.Conversation;

namespace Dragoman.Protocols.OpenAiChat.Upstream;

/// <summary>Reads a whole answer: one chunk with a message where a stream has deltas.</summary>
internal static class ChatAnswerReader
{
    public static void Read(ReadOnlyMemory<byte> body, TranslationContext exchange, IAnswerSink sink)
    {
        var chunks = new ChatChunkReader(exchange, sink) { IsWhole = true };
        try
        {
            chunks.Read(body);
        }
        catch (JsonException)
        {
            sink.Write(AnswerEvent.Failed(new WireError(ErrorKind.Api, "The upstream's answer is not JSON.") { Status = 502, Code = "upstream_invalid_json" }));
            return;
        }

        chunks.End(stated: true);
    }
}
