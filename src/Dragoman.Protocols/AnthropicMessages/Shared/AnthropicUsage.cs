using System.Text.Json;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Json;

namespace Dragoman.Protocols.AnthropicMessages.Shared;

/// <summary>
/// Usage as this protocol counts it: <c>input_tokens</c> is what the cache neither gave nor took. Keeps what the upstream said piece by
/// piece, because the start and the end of a stream each say a part.
/// </summary>
internal struct AnthropicUsage
{
    private long? _input;
    private long? _cacheRead;
    private long? _cacheWrite;
    private long? _cacheWrite1Hour;
    private long? _output;
    private long? _thinking;
    private long? _searches;

    /// <summary>The tier that answered, or null.</summary>
    public string? ServiceTier { get; private set; }

    /// <summary>Reads the <c>usage</c> object the reader stands on; a zero does not take back a number said before.</summary>
    public void Read(ref Utf8TokenReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return;
        }

        while (reader.NextProperty())
        {
            if (reader.ValueTextEquals("input_tokens"u8)) Take(ref reader, ref _input);
            else if (reader.ValueTextEquals("output_tokens"u8)) Take(ref reader, ref _output);
            else if (reader.ValueTextEquals("cache_read_input_tokens"u8)) Take(ref reader, ref _cacheRead);
            else if (reader.ValueTextEquals("cache_creation_input_tokens"u8)) Take(ref reader, ref _cacheWrite);
            else if (reader.ValueTextEquals("cache_creation"u8)) Member(ref reader, "ephemeral_1h_input_tokens"u8, ref _cacheWrite1Hour);
            else if (reader.ValueTextEquals("server_tool_use"u8)) Member(ref reader, "web_search_requests"u8, ref _searches);
            else if (reader.ValueTextEquals("output_tokens_details"u8)) Member(ref reader, "thinking_tokens"u8, ref _thinking);
            else if (reader.ValueTextEquals("service_tier"u8))
            {
                reader.Read();
                ServiceTier = reader.StringOrNull() ?? ServiceTier;
            }
            else
            {
                reader.Read();
                reader.Skip();
            }
        }
    }

    /// <summary>Reads the usage of a whole answer and nothing else of it.</summary>
    public static bool TryReadOf(ReadOnlySpan<byte> body, out TokenUsage usage)
    {
        var read = default(AnthropicUsage);
        var reader = new Utf8TokenReader(body, JsonReading.Options);
        if (reader.Read() && reader.TokenType == JsonTokenType.StartObject)
        {
            while (reader.NextProperty())
            {
                var wanted = reader.ValueTextEquals("usage"u8);
                reader.Read();
                if (wanted) read.Read(ref reader);
                else reader.Skip();
            }
        }

        usage = read.ToUsage() ?? new TokenUsage();
        return true;
    }

    /// <summary>What is known so far, or null when nothing is.</summary>
    public readonly TokenUsage? ToUsage() => _input is null && _output is null && _cacheRead is null && _cacheWrite is null ? null : new TokenUsage
    {
        InputTokens = _input is null && _cacheRead is null && _cacheWrite is null ? null : (_input ?? 0) + (_cacheRead ?? 0) + (_cacheWrite ?? 0),
        OutputTokens = _output,
        CachedTokens = _cacheRead,
        CacheWriteTokens = _cacheWrite,
        CacheWrite1HourTokens = _cacheWrite1Hour,
        ReasoningTokens = _thinking,
        WebSearches = _searches,
        ServiceTier = ServiceTier,
    };

    /// <summary>Writes a <c>usage</c> property. Every number clients add up is there, and none is null.</summary>
    /// <param name="writer">Where to.</param>
    /// <param name="usage">What is known.</param>
    /// <param name="estimatedInput">What to say of the prompt while the upstream has not.</param>
    /// <param name="whole">Whether the parts of cache writing and the tier belong in it (a start or a whole answer).</param>
    /// <param name="serviceTier">The tier that answers, or null.</param>
    /// <param name="least">
    /// The least to say of the prompt's uncached part. To clients a zero at a stream's end does not take back what its start said, as it does
    /// not here: behind an estimate they would add the cached part to it and count the prompt twice.
    /// </param>
    public static void Write(Utf8JsonWriter writer, TokenUsage usage, long? estimatedInput, bool whole, string? serviceTier = null, long least = 0)
    {
        writer.WriteStartObject("usage"u8);
        writer.WriteNumber("input_tokens"u8, usage.InputTokens is null ? estimatedInput ?? 0 : Math.Max(least, usage.UncachedInputTokens));
        writer.WriteNumber("cache_creation_input_tokens"u8, usage.CacheWriteTokens ?? 0);
        writer.WriteNumber("cache_read_input_tokens"u8, usage.CachedTokens ?? 0);
        if (whole)
        {
            var hour = usage.CacheWrite1HourTokens ?? 0;
            writer.WriteStartObject("cache_creation"u8);
            writer.WriteNumber("ephemeral_5m_input_tokens"u8, Math.Max(0, (usage.CacheWriteTokens ?? 0) - hour));
            writer.WriteNumber("ephemeral_1h_input_tokens"u8, hour);
            writer.WriteEndObject();
        }

        writer.WriteNumber("output_tokens"u8, usage.OutputTokens ?? 0);
        if (usage.ReasoningTokens is > 0 and var thinking)
        {
            writer.WriteStartObject("output_tokens_details"u8);
            writer.WriteNumber("thinking_tokens"u8, thinking);
            writer.WriteEndObject();
        }

        if (usage.WebSearches is > 0 and var searches)
        {
            writer.WriteStartObject("server_tool_use"u8);
            writer.WriteNumber("web_search_requests"u8, searches);
            writer.WriteEndObject();
        }

        // Only Anthropic's own words: another provider's tier means something else.
        if (whole && serviceTier is "standard" or "priority" or "batch") writer.WriteString("service_tier"u8, serviceTier);
        writer.WriteEndObject();
    }

    private static void Take(ref Utf8TokenReader reader, ref long? place)
    {
        reader.Read();
        if (reader.Int64OrNull() is { } value && (value > 0 || place is null)) place = value;
    }

    private static void Member(ref Utf8TokenReader reader, ReadOnlySpan<byte> name, ref long? place)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return;
        }

        while (reader.NextProperty())
        {
            if (reader.ValueTextEquals(name))
            {
                Take(ref reader, ref place);
                continue;
            }

            reader.Read();
            reader.Skip();
        }
    }
}
