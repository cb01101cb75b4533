using System.Text.Json;
using Dragoman.Protocols.AnthropicMessages.Shared;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Json;

namespace Dragoman.Protocols.AnthropicMessages.Upstream;

/// <summary>Reads a whole answer and tells it as the events of a stream. What it tells borrows the body.</summary>
internal static class AnthropicAnswerReader
{
    /// <summary>Reads the answer.</summary>
    public static void Read(ReadOnlyMemory<byte> body, TranslationContext exchange, IAnswerSink sink)
    {
        string? id = null;
        string? model = null;
        string? stop = null;
        string? sequence = null;
        JsonSlice content = default;
        JsonSlice details = default;
        var usage = default(AnthropicUsage);
        var isError = false;
        try
        {
            var reader = new Utf8TokenReader(body.Span, JsonReading.Options);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) throw new JsonException("not a JSON object");
            while (reader.NextProperty())
            {
                if (reader.ValueTextEquals("id"u8)) id = String(ref reader);
                else if (reader.ValueTextEquals("model"u8)) model = String(ref reader);
                else if (reader.ValueTextEquals("stop_reason"u8)) stop = String(ref reader);
                else if (reader.ValueTextEquals("stop_sequence"u8)) sequence = String(ref reader);
                else if (reader.ValueTextEquals("stop_details"u8)) details = Value(ref reader, body);
                else if (reader.ValueTextEquals("content"u8)) content = Value(ref reader, body);
                else if (reader.ValueTextEquals("usage"u8))
                {
                    reader.Read();
                    usage.Read(ref reader);
                }
                else if (reader.ValueTextEquals("error"u8))
                {
                    reader.Read();
                    isError |= reader.TokenType is JsonTokenType.StartObject or JsonTokenType.String;
                    reader.Skip();
                }
                else AnthropicAnswerFields.Lose(ref reader, exchange);
            }

            if (isError && content.IsEmpty)
            {
                sink.Write(AnswerEvent.Failed(AnthropicErrors.Read(null, body)));
                return;
            }

            if (!content.IsArray && !content.IsString) throw new JsonException("it has no content");
            var known = usage.ToUsage();
            sink.Write(AnswerEvent.Started(new AnswerStart { Id = id, Model = model, ServiceTier = usage.ServiceTier, Usage = known }));
            Emit(content, new AnthropicAnswerBlocks(exchange, sink), sink);
            if (known is not null) sink.Write(AnswerEvent.UsageChanged(known));
            sink.Write(AnswerEvent.Finished(stop is null ? new Finish(FinishReason.Stop) : AnthropicStop.Read(stop, sequence, details)));
        }
        catch (Exception e) when (e is JsonException or WireException or InvalidOperationException)
        {
            sink.Write(AnswerEvent.Failed(new WireError(ErrorKind.Api, $"The upstream's answer cannot be read: {e.Message}") { Status = 502 }));
        }
    }

    private static void Emit(JsonSlice content, AnthropicAnswerBlocks blocks, IAnswerSink sink)
    {
        if (content.IsString)
        {
            sink.Write(AnswerEvent.TextDelta(0, AnthropicMedia.StringOf(content)));
            return;
        }

        var reader = content.Read();
        reader.Read();
        for (var number = 0; reader.NextElement(); number++)
        {
            if (reader.TokenType != JsonTokenType.StartObject)
            {
                reader.Skip();
                continue;
            }

            blocks.Open(number, JsonSlice.From(ref reader, content.Bytes), borrow: true);
            blocks.Close(number);
        }
    }

    private static string? String(ref Utf8TokenReader reader)
    {
        reader.Read();
        return reader.StringOrNull();
    }

    private static JsonSlice Value(ref Utf8TokenReader reader, ReadOnlyMemory<byte> body)
    {
        reader.Read();
        return JsonSlice.From(ref reader, body);
    }
}
