using System.Text.Json;
using Dragoman.Protocols.BedrockConverse.Shared;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Json;

namespace Dragoman.Protocols.BedrockConverse.Upstream;

/// <summary>Reads a whole Converse answer as the events of a stream.</summary>
internal static class ConverseAnswerReader
{
    public static void Read(ReadOnlyMemory<byte> body, TranslationContext exchange, IAnswerSink sink)
    {
        JsonSlice output = default;
        TokenUsage? usage = null;
        var reader = new Utf8TokenReader(body.Span, JsonReading.Options);
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject) throw new JsonException("An object was expected.");
        while (reader.NextProperty())
        {
            var isOutput = reader.ValueTextEquals("output"u8);
            var isUsage = reader.ValueTextEquals("usage"u8);
            reader.Read();
            if (isOutput) output = JsonSlice.From(ref reader, body);
            else if (isUsage) usage = ReadUsage(ref reader);
            else reader.Skip();
        }

        sink.Write(AnswerEvent.Started(new AnswerStart()));
        var telling = new ConverseContentReader(exchange, sink);
        // Some answers (a guardrail, a full context) come without any output.
        if (ConverseJson.Member(ConverseJson.Member(output, "message"u8), "content"u8) is { IsArray: true } content)
        {
            var blocks = content.Read();
            blocks.Read();
            for (var index = 0; blocks.NextElement(); index++)
            {
                var block = JsonSlice.From(ref blocks, content.Bytes);
                if (block.IsObject) telling.Whole(index, block);
            }
        }

        if (usage is not null) sink.Write(AnswerEvent.UsageChanged(usage));
        telling.Finish(ReadFinish(body));
    }

    /// <summary>Reads the end of an answer from a <c>messageStop</c> or a whole answer, which name it alike.</summary>
    public static Finish ReadFinish(ReadOnlyMemory<byte> data)
    {
        string? reason = null, stop = null;
        var reader = new Utf8TokenReader(data.Span, JsonReading.Options);
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject) throw new JsonException("An object was expected.");
        while (reader.NextProperty())
        {
            var isReason = reader.ValueTextEquals("stopReason"u8);
            var isFields = reader.ValueTextEquals("additionalModelResponseFields"u8);
            reader.Read();
            if (isReason)
            {
                reason = reader.StringOrNull();
            }
            else if (isFields)
            {
                var fields = JsonSlice.From(ref reader, data);
                var found = ConverseJson.Member(fields, "stop_sequence"u8);
                if (found.IsEmpty) found = ConverseJson.Member(ConverseJson.Member(fields, "delta"u8), "stop_sequence"u8);
                if (!found.IsString) continue;
                var inner = found.Read();
                inner.Read();
                stop = inner.StringOrNull();
            }
            else
            {
                reader.Skip();
            }
        }

        return new Finish(ReasonOf(reason)) { Raw = reason, StopSequence = stop, KeepsText = reason == "malformed_model_output" };
    }

    /// <summary>The usage of a <c>metadata</c> event, or null where it has none.</summary>
    public static TokenUsage? ReadUsageOf(ReadOnlyMemory<byte> metadata)
    {
        var usage = ConverseJson.Member(new JsonSlice(metadata), "usage"u8);
        if (!usage.IsObject) return null;
        var reader = usage.Read();
        reader.Read();
        return ReadUsage(ref reader);
    }

    private static FinishReason ReasonOf(string? reason) => reason switch
    {
        "end_turn" => FinishReason.Stop,
        "tool_use" => FinishReason.ToolCalls,
        "max_tokens" => FinishReason.Length,
        "stop_sequence" => FinishReason.StopSequence,
        "content_filtered" or "guardrail_intervened" => FinishReason.ContentFilter,
        "model_context_window_exceeded" => FinishReason.ContextFull,
        "malformed_tool_use" or "malformed_model_output" => FinishReason.MalformedToolCall,
        _ => FinishReason.Other,
    };

    private static TokenUsage? ReadUsage(ref Utf8TokenReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return null;
        }

        long? input = null, output = null, read = null, written = null, hour = null;
        while (reader.NextProperty())
        {
            var isInput = reader.ValueTextEquals("inputTokens"u8);
            var isOutput = reader.ValueTextEquals("outputTokens"u8);
            // Both spellings are on the wire.
            var isRead = reader.ValueTextEquals("cacheReadInputTokens"u8) || reader.ValueTextEquals("cacheReadInputTokenCount"u8);
            var isWrite = reader.ValueTextEquals("cacheWriteInputTokens"u8) || reader.ValueTextEquals("cacheWriteInputTokenCount"u8);
            var isDetails = reader.ValueTextEquals("cacheDetails"u8);
            reader.Read();
            if (isInput) input = reader.Int64OrNull();
            else if (isOutput) output = reader.Int64OrNull();
            else if (isRead) read = reader.Int64OrNull();
            else if (isWrite) written = reader.Int64OrNull();
            else if (isDetails) hour = ReadHour(ref reader);
            else reader.Skip();
        }

        return new TokenUsage
        {
            InputTokens = input is null ? null : input + (read ?? 0) + (written ?? 0),
            OutputTokens = output,
            CachedTokens = read,
            CacheWriteTokens = written,
            CacheWrite1HourTokens = hour,
        };
    }

    private static long? ReadHour(ref Utf8TokenReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            reader.Skip();
            return null;
        }

        long? hour = null;
        while (reader.NextElement())
        {
            if (reader.TokenType != JsonTokenType.StartObject)
            {
                reader.Skip();
                continue;
            }

            string? ttl = null;
            long? tokens = null;
            while (reader.NextProperty())
            {
                var isTtl = reader.ValueTextEquals("ttl"u8);
                var isTokens = reader.ValueTextEquals("inputTokens"u8);
                reader.Read();
                if (isTtl) ttl = reader.StringOrNull();
                else if (isTokens) tokens = reader.Int64OrNull();
                else reader.Skip();
            }

            if (ttl is "1h" or "ONE_HOUR") hour = (hour ?? 0) + (tokens ?? 0);
        }

        return hour;
    }
}
