using System.Buffers;
using System.Text.Json;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Json;

namespace Dragoman.Protocols.BedrockConverse.Client;

/// <summary>Writes a whole answer of Converse.</summary>
internal static class ConverseAnswerWriter
{
    public static void Write(Answer answer, TranslationContext exchange, IBufferWriter<byte> output)
    {
        var writer = JsonWriting.Rent(output);
        writer.WriteStartObject();
        writer.WriteStartObject("output"u8);
        writer.WriteStartObject("message"u8);
        writer.WriteString("role"u8, "assistant"u8);
        writer.WriteStartArray("content"u8);
        var blocks = new ConverseAnswerBlocks(exchange);
        var refused = false;
        foreach (var block in answer.Blocks)
        {
            refused |= block is RefusalBlock;
            blocks.Write(writer, block);
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
        writer.WriteEndObject();
        WriteStop(writer, answer.Finish, refused, isStream: false);
        WriteUsage(writer, answer.Usage);
        WriteMetrics(writer, exchange);
        writer.WriteEndObject();
        JsonWriting.Return(writer);
    }

    /// <summary>Writes the reason of the end, and the stop sequence where one came up.</summary>
    public static void WriteStop(Utf8JsonWriter writer, Finish finish, bool refused, bool isStream)
    {
        writer.WriteString("stopReason"u8, ReasonOf(finish.Reason, refused));
        if (finish.StopSequence is not { } stop) return;
        writer.WriteStartObject("additionalModelResponseFields"u8);
        if (isStream) writer.WriteStartObject("delta"u8);
        writer.WriteString("stop_sequence"u8, stop);
        if (isStream) writer.WriteEndObject();
        writer.WriteEndObject();
    }

    /// <summary>Writes <c>usage</c>: the prompt without what the cache gave or took, and a total with it.</summary>
    public static void WriteUsage(Utf8JsonWriter writer, TokenUsage usage)
    {
        writer.WriteStartObject("usage"u8);
        writer.WriteNumber("inputTokens"u8, usage.UncachedInputTokens);
        writer.WriteNumber("outputTokens"u8, usage.OutputTokens ?? 0);
        writer.WriteNumber("totalTokens"u8, (usage.InputTokens ?? 0) + (usage.OutputTokens ?? 0));
        if (usage.CachedTokens is { } read) writer.WriteNumber("cacheReadInputTokens"u8, read);
        if (usage.CacheWriteTokens is { } written) writer.WriteNumber("cacheWriteInputTokens"u8, written);
        writer.WriteEndObject();
    }

    /// <summary>Writes <c>metrics</c>, which every answer has: the SDKs' models demand a number.</summary>
    public static void WriteMetrics(Utf8JsonWriter writer, TranslationContext exchange)
    {
        writer.WriteStartObject("metrics"u8);
        writer.WriteNumber("latencyMs"u8, exchange.ElapsedMilliseconds);
        writer.WriteEndObject();
    }

    private static ReadOnlySpan<byte> ReasonOf(FinishReason reason, bool refused) => reason switch
    {
        FinishReason.ToolCalls => "tool_use"u8,
        FinishReason.Length => "max_tokens"u8,
        FinishReason.StopSequence => "stop_sequence"u8,
        FinishReason.ContentFilter or FinishReason.Refusal => "content_filtered"u8,
        FinishReason.ContextFull => "model_context_window_exceeded"u8,
        FinishReason.MalformedToolCall => "malformed_tool_use"u8,
        _ => refused ? "content_filtered"u8 : "end_turn"u8,
    };
}
