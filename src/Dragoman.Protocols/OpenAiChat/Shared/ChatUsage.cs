using System.Text.Json;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Json;

namespace Dragoman.Protocols.OpenAiChat.Shared;

/// <summary>Reads and writes what an answer cost.</summary>
internal static class ChatUsage
{
    public static TokenUsage Read(JsonSlice value)
    {
        var numbers = new Numbers();
        numbers.Read(value);
        var output = numbers.Output;
        // xAI counts reasoning beside the answer and not in it; its total tells.
        if (numbers is { Reasoning: > 0, Input: { } input, Output: { } answer, Total: { } total } && total == input + answer + numbers.Reasoning)
        {
            output = answer + numbers.Reasoning;
        }

        return new TokenUsage
        {
            InputTokens = numbers.Input,
            OutputTokens = output,
            CachedTokens = numbers.Cached,
            CacheWriteTokens = numbers.CacheWrite,
            ReasoningTokens = numbers.Reasoning,
            InputAudioTokens = numbers.InputAudio,
            OutputAudioTokens = numbers.OutputAudio,
            AcceptedPredictionTokens = numbers.Accepted,
            RejectedPredictionTokens = numbers.Rejected,
        };
    }

    /// <summary>Reads the usage of a whole answer and nothing else of it; false when a choice or a wrapping may hold other numbers.</summary>
    public static bool TryReadOf(ReadOnlyMemory<byte> body, out TokenUsage usage)
    {
        usage = new TokenUsage();
        var reader = new Utf8TokenReader(body.Span, JsonReading.Options);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) return false;
        while (reader.NextProperty())
        {
            var wanted = reader.ValueTextEquals("usage"u8);
            var isTier = reader.ValueTextEquals("service_tier"u8);
            var elsewhere = reader.ValueTextEquals("choices"u8) || reader.ValueTextEquals("x_groq"u8);
            reader.Read();
            var value = JsonSlice.From(ref reader, body);
            if (wanted && value.IsObject) usage = Read(value) with { ServiceTier = usage.ServiceTier };
            else if (isTier && value.IsString) usage = usage with { ServiceTier = value.Text.ToString() };
            else if (elsewhere && value.Bytes.Span.IndexOf("\"usage\""u8) >= 0) return false;
        }

        return true;
    }

    public static void Write(Utf8JsonWriter writer, TokenUsage usage)
    {
        var input = usage.InputTokens ?? 0;
        var output = usage.OutputTokens ?? 0;
        writer.WriteStartObject("usage"u8);
        writer.WriteNumber("prompt_tokens"u8, input);
        writer.WriteNumber("completion_tokens"u8, output);
        writer.WriteNumber("total_tokens"u8, input + output);
        writer.WriteStartObject("prompt_tokens_details"u8);
        writer.WriteNumber("cached_tokens"u8, usage.CachedTokens ?? 0);
        // OpenRouter's word for what OpenAI does not count.
        if (usage.CacheWriteTokens is { } written) writer.WriteNumber("cache_write_tokens"u8, written);
        writer.WriteNumber("audio_tokens"u8, usage.InputAudioTokens ?? 0);
        writer.WriteEndObject();
        writer.WriteStartObject("completion_tokens_details"u8);
        writer.WriteNumber("reasoning_tokens"u8, usage.ReasoningTokens ?? 0);
        writer.WriteNumber("audio_tokens"u8, usage.OutputAudioTokens ?? 0);
        writer.WriteNumber("accepted_prediction_tokens"u8, usage.AcceptedPredictionTokens ?? 0);
        writer.WriteNumber("rejected_prediction_tokens"u8, usage.RejectedPredictionTokens ?? 0);
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private struct Numbers
    {
        public long? Input;
        public long? Output;
        public long? Total;
        public long? Cached;
        public long? CacheWrite;
        public long? Reasoning;
        public long? InputAudio;
        public long? OutputAudio;
        public long? Accepted;
        public long? Rejected;

        public void Read(JsonSlice value)
        {
            var reader = value.Read();
            reader.Read();
            while (reader.NextProperty())
            {
                if (reader.ValueTextEquals("prompt_tokens"u8) || reader.ValueTextEquals("input_tokens"u8)) Take(ref reader, ref Input);
                else if (reader.ValueTextEquals("completion_tokens"u8) || reader.ValueTextEquals("output_tokens"u8)) Take(ref reader, ref Output);
                else if (reader.ValueTextEquals("total_tokens"u8)) Take(ref reader, ref Total);
                else if (reader.ValueTextEquals("prompt_tokens_details"u8) || reader.ValueTextEquals("input_tokens_details"u8)) Details(ref reader, value, input: true);
                else if (reader.ValueTextEquals("completion_tokens_details"u8) || reader.ValueTextEquals("output_tokens_details"u8)) Details(ref reader, value, input: false);
                // DeepSeek, Kimi, LiteLLM.
                else if (reader.ValueTextEquals("prompt_cache_hit_tokens"u8) || reader.ValueTextEquals("cached_tokens"u8) || reader.ValueTextEquals("cache_read_input_tokens"u8)) Take(ref reader, ref Cached);
                else if (reader.ValueTextEquals("cache_creation_input_tokens"u8)) Take(ref reader, ref CacheWrite);
                else if (reader.ValueTextEquals("reasoning_tokens"u8)) Take(ref reader, ref Reasoning);
                else
                {
                    reader.Read();
                    reader.Skip();
                }
            }
        }

        private void Details(ref Utf8TokenReader outer, JsonSlice usage, bool input)
        {
            var details = ChatJson.Value(ref outer, usage.Bytes);
            if (!details.IsObject) return;
            var reader = details.Read();
            reader.Read();
            while (reader.NextProperty())
            {
                if (reader.ValueTextEquals("cached_tokens"u8)) Take(ref reader, ref Cached);
                else if (reader.ValueTextEquals("cache_write_tokens"u8) || reader.ValueTextEquals("cache_creation_tokens"u8) || reader.ValueTextEquals("cached_creation_tokens"u8)
                    || reader.ValueTextEquals("cache_creation_input_tokens"u8)) Take(ref reader, ref CacheWrite);
                else if (reader.ValueTextEquals("reasoning_tokens"u8)) Take(ref reader, ref Reasoning);
                else if (reader.ValueTextEquals("accepted_prediction_tokens"u8)) Take(ref reader, ref Accepted);
                else if (reader.ValueTextEquals("rejected_prediction_tokens"u8)) Take(ref reader, ref Rejected);
                else if (reader.ValueTextEquals("audio_tokens"u8))
                {
                    if (input) Take(ref reader, ref InputAudio);
                    else Take(ref reader, ref OutputAudio);
                }
                else
                {
                    reader.Read();
                    reader.Skip();
                }
            }
        }

        private static void Take(ref Utf8TokenReader reader, ref long? number)
        {
            reader.Read();
            if (reader.Int64OrNull() is { } value) number = value;
        }
    }
}
