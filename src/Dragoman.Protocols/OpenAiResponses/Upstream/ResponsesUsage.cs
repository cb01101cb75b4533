using System.Text.Json;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Json;

namespace Dragoman.Protocols.OpenAiResponses.Upstream;

/// <summary>Reads <c>usage</c>.</summary>
internal static class ResponsesUsage
{
    /// <summary>Reads the usage of a whole answer and nothing else of it; false when it is no object.</summary>
    public static bool TryReadOf(ReadOnlyMemory<byte> body, out TokenUsage usage)
    {
        usage = new TokenUsage();
        var reader = new Utf8TokenReader(body.Span, JsonReading.Options);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) return false;
        while (reader.NextProperty())
        {
            var wanted = reader.ValueTextEquals("usage"u8);
            var isTier = reader.ValueTextEquals("service_tier"u8);
            reader.Read();
            var value = JsonSlice.From(ref reader, body);
            if (wanted) usage = (value.IsObject ? Read(value) : new TokenUsage()) with { ServiceTier = usage.ServiceTier };
            else if (isTier && value.IsString) usage = usage with { ServiceTier = value.Text.ToString() };
        }

        return true;
    }

    public static TokenUsage Read(JsonSlice value)
    {
        long? input = null, output = null, cached = null, written = null, reasoning = null, inputAudio = null, outputAudio = null;
        var reader = value.Read();
        reader.Read();
        while (reader.NextProperty())
        {
            var name = reader.GetString();
            reader.Read();
            switch (name)
            {
                case "input_tokens": input = reader.Int64OrNull(); break;
                case "output_tokens": output = reader.Int64OrNull(); break;
                case "input_tokens_details" when reader.TokenType == JsonTokenType.StartObject:
                    while (reader.NextProperty())
                    {
                        var detail = reader.GetString();
                        reader.Read();
                        var count = reader.Int64OrNull();
                        if (detail == "cached_tokens") cached = count;
                        else if (detail == "cache_write_tokens") written = count;
                        else if (detail == "audio_tokens") inputAudio = count;
                    }

                    break;
                case "output_tokens_details" when reader.TokenType == JsonTokenType.StartObject:
                    while (reader.NextProperty())
                    {
                        var detail = reader.GetString();
                        reader.Read();
                        var count = reader.Int64OrNull();
                        if (detail == "reasoning_tokens") reasoning = count;
                        else if (detail == "audio_tokens") outputAudio = count;
                    }

                    break;
                default: reader.Skip(); break;
            }
        }

        return new()
        {
            InputTokens = input,
            OutputTokens = output,
            CachedTokens = cached,
            CacheWriteTokens = written,
            ReasoningTokens = reasoning,
            InputAudioTokens = inputAudio,
            OutputAudioTokens = outputAudio,
        };
    }
}
