using System.Text.Json;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Json;

namespace Dragoman.Protocols.Gemini.Shared;

/// <summary>Gemini's <c>usageMetadata</c>. It counts thoughts beside the candidates; the model in the middle counts them among the output.</summary>
internal struct GeminiUsage
{
    private long? _prompt;
    private long? _toolUse;
    private long? _candidates;
    private long? _thoughts;
    private long? _cached;
    private long? _inputAudio;
    private long? _outputAudio;

    /// <summary>Whether anything was said since the numbers were last taken.</summary>
    public bool IsNew { get; private set; }

    /// <summary>Reads the object the reader stands on; numbers are totals, and later ones replace earlier ones.</summary>
    public void Read(ref Utf8TokenReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return;
        }

        IsNew = true;
        while (reader.NextProperty())
        {
            if (reader.ValueTextEquals("promptTokenCount"u8)) Take(ref reader, ref _prompt);
            else if (reader.ValueTextEquals("toolUsePromptTokenCount"u8)) Take(ref reader, ref _toolUse);
            else if (reader.ValueTextEquals("candidatesTokenCount"u8)) Take(ref reader, ref _candidates);
            else if (reader.ValueTextEquals("thoughtsTokenCount"u8)) Take(ref reader, ref _thoughts);
            else if (reader.ValueTextEquals("cachedContentTokenCount"u8)) Take(ref reader, ref _cached);
            else if (reader.ValueTextEquals("promptTokensDetails"u8)) ReadAudio(ref reader, ref _inputAudio);
            else if (reader.ValueTextEquals("candidatesTokensDetails"u8)) ReadAudio(ref reader, ref _outputAudio);
            else
            {
                reader.Read();
                reader.Skip();
            }
        }
    }

    /// <summary>
    /// Reads the usage of a whole answer and nothing else of it; false for an array of chunks, an answer in a wrapping, and one that is
    /// grounded in searches, which count too and stand among the candidates.
    /// </summary>
    public static bool TryReadOf(ReadOnlySpan<byte> body, out TokenUsage usage)
    {
        usage = new TokenUsage();
        var read = default(GeminiUsage);
        var reader = new Utf8TokenReader(body, JsonReading.Options);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) return false;
        while (reader.NextProperty())
        {
            if (reader.ValueTextEquals("response"u8)) return false;
            var wanted = reader.ValueTextEquals("usageMetadata"u8);
            var candidates = reader.ValueTextEquals("candidates"u8);
            reader.Read();
            var start = (int)reader.TokenStartIndex;
            if (wanted) read.Read(ref reader);
            else reader.Skip();
            if (candidates && body[start..(int)reader.BytesConsumed].IndexOf("\"groundingMetadata\""u8) >= 0) return false;
        }

        usage = read.Take(null);
        return true;
    }

    /// <summary>The numbers so far.</summary>
    public TokenUsage Take(long? searches)
    {
        IsNew = false;
        return new()
        {
            // What hosted tools found is read by the model like the prompt, and billed like it; the total counts it too.
            InputTokens = _toolUse is null ? _prompt : (_prompt ?? 0) + _toolUse,
            OutputTokens = _candidates is null && _thoughts is null ? null : (_candidates ?? 0) + (_thoughts ?? 0),
            CachedTokens = _cached,
            ReasoningTokens = _thoughts,
            InputAudioTokens = _inputAudio,
            OutputAudioTokens = _outputAudio,
            WebSearches = searches,
        };
    }

    /// <summary>Writes the numbers as a property.</summary>
    public static void Write(Utf8JsonWriter writer, TokenUsage usage)
    {
        writer.WriteStartObject("usageMetadata"u8);
        var input = usage.InputTokens ?? 0;
        var output = usage.OutputTokens ?? 0;
        writer.WriteNumber("promptTokenCount"u8, input);
        writer.WriteNumber("candidatesTokenCount"u8, Math.Max(0, output - (usage.ReasoningTokens ?? 0)));
        if (usage.CachedTokens is > 0 and var cached) writer.WriteNumber("cachedContentTokenCount"u8, cached);
        if (usage.ReasoningTokens is > 0 and var thoughts) writer.WriteNumber("thoughtsTokenCount"u8, thoughts);
        writer.WriteNumber("totalTokenCount"u8, input + output);
        WriteAudio(writer, "promptTokensDetails"u8, input, usage.InputAudioTokens);
        WriteAudio(writer, "candidatesTokensDetails"u8, output - (usage.ReasoningTokens ?? 0), usage.OutputAudioTokens);
        writer.WriteEndObject();
    }

    private static void WriteAudio(Utf8JsonWriter writer, ReadOnlySpan<byte> name, long all, long? audio)
    {
        if (audio is not > 0) return;
        writer.WriteStartArray(name);
        foreach (var (modality, count) in (ReadOnlySpan<(string, long)>)[("TEXT", Math.Max(0, all - audio.Value)), ("AUDIO", audio.Value)])
        {
            writer.WriteStartObject();
            writer.WriteString("modality"u8, modality);
            writer.WriteNumber("tokenCount"u8, count);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static void Take(ref Utf8TokenReader reader, ref long? number)
    {
        reader.Read();
        if (reader.Int64OrNull() is { } value) number = value;
    }

    private static void ReadAudio(ref Utf8TokenReader reader, ref long? number)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            reader.Skip();
            return;
        }

        while (reader.NextElement())
        {
            if (reader.TokenType != JsonTokenType.StartObject) continue;
            var audio = false;
            long? count = null;
            while (reader.NextProperty())
            {
                if (reader.ValueTextEquals("modality"u8))
                {
                    reader.Read();
                    audio = reader.TokenType == JsonTokenType.String && reader.ValueTextEquals("AUDIO"u8);
                    reader.Skip();
                }
                else if (reader.ValueTextEquals("tokenCount"u8)) Take(ref reader, ref count);
                else
                {
                    reader.Read();
                    reader.Skip();
                }
            }

            if (audio) number = count;
        }
    }
}
