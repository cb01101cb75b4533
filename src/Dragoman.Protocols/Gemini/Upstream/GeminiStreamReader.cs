using System.Text.Json;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Gemini.Shared;
using Dragoman.Protocols.Json;

namespace Dragoman.Protocols.Gemini.Upstream;

/// <summary>
/// Reads the chunks of <c>streamGenerateContent</c>; a whole answer is one chunk. Gemini has no end mark, and numbers and sources may
/// come after the finish reason, so the end is reported only when the upstream has closed the stream.
/// </summary>
internal sealed class GeminiStreamReader(TranslationContext exchange, IAnswerSink sink) : IStreamReader
{
    private readonly GeminiAnswerParts _parts = new(exchange, sink);
    private GeminiUsage _usage;
    private Finish? _finish;
    private string? _finishMessage;
    private bool _started;
    private bool _over;

    public void Read(ReadOnlySpan<byte> name, ReadOnlyMemory<byte> data)
    {
        if (_over || data.Span.SequenceEqual("[DONE]"u8)) return;
        try
        {
            if (name.SequenceEqual("error"u8) || Fails(data.Span))
            {
                Fail(ErrorInAnswer.Read(GeminiUpstream.Instance, data));
                return;
            }

            if (!_started) Start(data);
            var reader = new Utf8TokenReader(data.Span, JsonReading.Options);
            if (!reader.Read()) return;
            if (reader.TokenType == JsonTokenType.StartArray)
            {
                while (!_over && reader.NextElement())
                {
                    if (reader.TokenType == JsonTokenType.StartObject) ReadChunk(ref reader, data);
                    else reader.Skip();
                }
            }
            else if (reader.TokenType == JsonTokenType.StartObject)
            {
                ReadChunk(ref reader, data);
            }

            if (_usage.IsNew && !_parts.HasUsage)
            {
                // The prompt's size is known from the first chunk on; the rest is reported once, at the end.
                _parts.HasUsage = true;
                sink.Write(AnswerEvent.UsageChanged(_usage.Take(null)));
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            Fail(new(ErrorKind.Api, "The upstream sent a chunk that is not JSON.") { Status = 502, Code = "upstream_bad_chunk" });
        }
    }

    /// <summary>Whether a chunk tells an error instead: Google's own, or a flat one of those who imitate it.</summary>
    private static bool Fails(ReadOnlySpan<byte> data)
        => (data.IndexOf("\"error"u8) >= 0 || data.IndexOf("\"candidates\""u8) < 0) && ErrorInAnswer.IsReported(data);

    public void Complete()
    {
        if (_over) return;
        _over = true;
        if (_finish is not null) _parts.Finish();
        if (_usage.IsNew || _parts.Searches is not null) sink.Write(AnswerEvent.UsageChanged(_usage.Take(_parts.Searches)));
        if (_finish is { } finish) sink.Write(AnswerEvent.Finished(finish with { Message = _finishMessage ?? finish.Message }));
    }

    /// <summary>The id, the model and the prompt's size stand at the end of a chunk, and are wanted before its content.</summary>
    private void Start(ReadOnlyMemory<byte> data)
    {
        var reader = new Utf8TokenReader(data.Span, JsonReading.Options);
        string? id = null;
        string? model = null;
        var usage = default(GeminiUsage);
        if (!reader.Read()) return;
        if (reader.TokenType == JsonTokenType.StartArray) reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject) return;
        while (reader.NextProperty())
        {
            if (reader.ValueTextEquals("error"u8)) return;
            // Code Assist wraps every chunk.
            var wrapped = reader.ValueTextEquals("response"u8);
            var isId = reader.ValueTextEquals("responseId"u8);
            var isModel = reader.ValueTextEquals("modelVersion"u8);
            var isUsage = reader.ValueTextEquals("usageMetadata"u8);
            reader.Read();
            if (isUsage) usage.Read(ref reader);
            else if (wrapped && reader.TokenType == JsonTokenType.StartObject) (id, model) = ReadNames(ref reader, ref usage);
            else if (isId) id = reader.StringOrNull();
            else if (isModel) model = reader.StringOrNull();
            else reader.Skip();
        }

        _started = true;
        sink.Write(AnswerEvent.Started(new() { Id = id, Model = model, Usage = usage.IsNew ? usage.Take(null) with { OutputTokens = null, ReasoningTokens = null } : null }));
    }

    private static (string? Id, string? Model) ReadNames(ref Utf8TokenReader reader, ref GeminiUsage usage)
    {
        string? id = null;
        string? model = null;
        while (reader.NextProperty())
        {
            var isId = reader.ValueTextEquals("responseId"u8);
            var isModel = reader.ValueTextEquals("modelVersion"u8);
            var isUsage = reader.ValueTextEquals("usageMetadata"u8);
            reader.Read();
            if (isId) id = reader.StringOrNull();
            else if (isModel) model = reader.StringOrNull();
            else if (isUsage) usage.Read(ref reader);
            else reader.Skip();
        }

        return (id, model);
    }

    private void ReadChunk(ref Utf8TokenReader reader, ReadOnlyMemory<byte> data)
    {
        while (reader.NextProperty())
        {
            if (reader.ValueTextEquals("response"u8))
            {
                reader.Read();
                if (reader.TokenType == JsonTokenType.StartObject) ReadChunk(ref reader, data);
                else reader.Skip();
                if (_over) return;
                continue;
            }

            if (reader.ValueTextEquals("candidates"u8))
            {
                reader.Read();
                ReadCandidates(ref reader, data);
            }
            else if (reader.ValueTextEquals("usageMetadata"u8))
            {
                reader.Read();
                _usage.Read(ref reader);
            }
            else if (reader.ValueTextEquals("promptFeedback"u8))
            {
                reader.Read();
                ReadFeedback(ref reader);
            }
            else
            {
                reader.Read();
                reader.Skip();
            }
        }
    }

    private void ReadCandidates(ref Utf8TokenReader reader, ReadOnlyMemory<byte> data)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            reader.Skip();
            return;
        }

        var first = true;
        while (reader.NextElement())
        {
            if (first && reader.TokenType == JsonTokenType.StartObject) ReadCandidate(ref reader, data);
            else
            {
                reader.Skip();
                exchange.Losses.Drop("candidates", "only the first answer can be carried");
            }

            first = false;
        }
    }

    private void ReadCandidate(ref Utf8TokenReader reader, ReadOnlyMemory<byte> data)
    {
        if (data.Span.IndexOf("\"groundingMetadata\""u8) >= 0) LookAhead(reader, data);
        while (reader.NextProperty())
        {
            if (reader.ValueTextEquals("content"u8))
            {
                reader.Read();
                ReadContent(ref reader, data);
            }
            else if (reader.ValueTextEquals("finishReason"u8))
            {
                reader.Read();
                if (reader.StringOrNull() is { Length: > 0 } word and not "FINISH_REASON_UNSPECIFIED") _finish = new(GeminiFinish.Read(word)) { Raw = word };
            }
            else if (reader.ValueTextEquals("finishMessage"u8))
            {
                reader.Read();
                _finishMessage = reader.StringOrNull();
            }
            else if (reader.ValueTextEquals("groundingMetadata"u8))
            {
                reader.Read();
                _parts.Grounding.Read(JsonSlice.From(ref reader, data));
            }
            else if (reader.ValueTextEquals("citationMetadata"u8))
            {
                reader.Read();
                _parts.Grounding.ReadCitations(JsonSlice.From(ref reader, data));
            }
            else
            {
                reader.Read();
                reader.Skip();
            }
        }

        _parts.Cite();
    }

    /// <summary>A search comes before the words that rest on it, and Gemini tells of it behind them: in a chunk that has both it is looked for first.</summary>
    private void LookAhead(Utf8TokenReader ahead, ReadOnlyMemory<byte> data)
    {
        while (ahead.NextProperty())
        {
            var grounding = ahead.ValueTextEquals("groundingMetadata"u8);
            ahead.Read();
            if (grounding) _parts.Expect(JsonSlice.From(ref ahead, data));
            else ahead.Skip();
        }
    }

    private void ReadContent(ref Utf8TokenReader reader, ReadOnlyMemory<byte> data)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return;
        }

        while (reader.NextProperty())
        {
            var hit = reader.ValueTextEquals("parts"u8);
            reader.Read();
            if (!hit || reader.TokenType != JsonTokenType.StartArray)
            {
                reader.Skip();
                continue;
            }

            while (reader.NextElement())
            {
                if (reader.TokenType == JsonTokenType.StartObject) _parts.Read(ref reader, data);
                else reader.Skip();
            }
        }
    }

    private void ReadFeedback(ref Utf8TokenReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return;
        }

        string? reason = null;
        string? message = null;
        while (reader.NextProperty())
        {
            if (reader.ValueTextEquals("blockReason"u8))
            {
                reader.Read();
                reason = reader.StringOrNull();
            }
            else if (reader.ValueTextEquals("blockReasonMessage"u8))
            {
                reader.Read();
                message = reader.StringOrNull();
            }
            else
            {
                reader.Read();
                reader.Skip();
            }
        }

        if (reason is null or "BLOCK_REASON_UNSPECIFIED") return;
        _finish ??= new(FinishReason.ContentFilter) { Raw = reason, Message = message ?? $"The prompt was blocked: {reason}." };
    }

    private void Fail(WireError error)
    {
        _over = true;
        if (_usage.IsNew) sink.Write(AnswerEvent.UsageChanged(_usage.Take(null)));
        sink.Write(AnswerEvent.Failed(error));
    }
}
