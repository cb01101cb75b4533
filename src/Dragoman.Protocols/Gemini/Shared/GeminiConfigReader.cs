using System.Text.Json;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Json;
using Dragoman.Protocols.JsonSchema;

namespace Dragoman.Protocols.Gemini.Shared;

/// <summary>Reads <c>generationConfig</c>. What the model in the middle has no name for is kept as an extra with a dotted name.</summary>
internal static class GeminiConfigReader
{
    /// <summary>What stands before the names of extras that belong into <c>generationConfig</c>.</summary>
    public const string Prefix = "generationConfig.";

    public static void Read(ref Utf8TokenReader reader, ReadOnlyMemory<byte> body, ConversationRequest request)
    {
        if (reader.TokenType == JsonTokenType.Null) return;
        if (reader.TokenType != JsonTokenType.StartObject) throw WireException.Invalid("generationConfig must be an object.", "generationConfig");
        JsonSlice mimeType = default;
        JsonSlice schema = default;
        JsonSlice jsonSchema = default;
        while (reader.NextProperty())
        {
            var name = reader.Camel();
            reader.Read();
            switch (name)
            {
                case "temperature": request.Sampling.Temperature = reader.DoubleOrNull(); break;
                case "topP": request.Sampling.TopP = reader.DoubleOrNull(); break;
                case "topK": request.Sampling.TopK = reader.Int32OrNull(); break;
                case "candidateCount": request.Sampling.Candidates = reader.Int32OrNull(); break;
                case "maxOutputTokens": request.MaxOutputTokens = reader.Int32OrNull(); break;
                case "seed": request.Sampling.Seed = reader.Int64OrNull(); break;
                case "presencePenalty": request.Sampling.PresencePenalty = reader.DoubleOrNull(); break;
                case "frequencyPenalty": request.Sampling.FrequencyPenalty = reader.DoubleOrNull(); break;
                case "responseLogprobs": request.Sampling.LogProbs = reader.BooleanOrNull(); break;
                case "logprobs": request.Sampling.TopLogProbs = reader.Int32OrNull(); break;
                case "stopSequences": ReadStops(ref reader, request); break;
                case "responseModalities": ReadModalities(ref reader, body, request); break;
                case "thinkingConfig": ReadThinking(ref reader, body, request); break;
                case "responseMimeType": mimeType = JsonSlice.From(ref reader, body); break;
                case "responseSchema": schema = JsonSlice.From(ref reader, body); break;
                case "responseJsonSchema": jsonSchema = JsonSlice.From(ref reader, body); break;
                default:
                    request.Extras.Add(new(Protocol.Gemini, Prefix + name, JsonSlice.From(ref reader, body)));
                    break;
            }
        }

        SetOutput(request, mimeType, schema, jsonSchema);
    }

    private static void SetOutput(ConversationRequest request, JsonSlice mimeType, JsonSlice schema, JsonSlice jsonSchema)
    {
        var json = mimeType.Bytes.Span.SequenceEqual("\"application/json\""u8);
        var plain = mimeType.IsEmpty || mimeType.IsNull || mimeType.Bytes.Span.SequenceEqual("\"text/plain\""u8);
        if (!json && !plain)
        {
            // text/x.enum and what may come: no other protocol answers so.
            request.Extras.Add(new(Protocol.Gemini, Prefix + "responseMimeType", mimeType));
            if (schema.IsObject) request.Extras.Add(new(Protocol.Gemini, Prefix + "responseSchema", schema));
            if (jsonSchema.IsObject) request.Extras.Add(new(Protocol.Gemini, Prefix + "responseJsonSchema", jsonSchema));
            return;
        }

        var shape = jsonSchema.IsObject ? jsonSchema : schema.IsObject ? OpenApiSchema.ToJsonSchema(schema) : default;
        if (!shape.IsEmpty) request.Output = new() { Kind = OutputKind.JsonSchema, Schema = shape };
        else if (json) request.Output = new() { Kind = OutputKind.Json };
    }

    private static void ReadStops(ref Utf8TokenReader reader, ConversationRequest request)
    {
        if (reader.TokenType == JsonTokenType.String) request.StopSequences.Add(reader.GetString()!);
        else if (reader.TokenType == JsonTokenType.StartArray)
        {
            while (reader.NextElement())
            {
                if (reader.StringOrNull() is { Length: > 0 } stop) request.StopSequences.Add(stop);
            }
        }
        else
        {
            reader.Skip();
        }
    }

    private static void ReadModalities(ref Utf8TokenReader reader, ReadOnlyMemory<byte> body, ConversationRequest request)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            reader.Skip();
            return;
        }

        var start = (int)reader.TokenStartIndex;
        var text = false;
        List<string> others = [];
        while (reader.NextElement())
        {
            var word = reader.StringOrNull()?.ToLowerInvariant();
            if (word == "text") text = true;
            else if (word is not (null or "modality_unspecified")) others.Add(word);
        }

        if (others.Count == 0) return;
        request.Modalities = others;
        // Pictures without words: only Gemini can be asked for that.
        if (!text && !others.Contains("audio")) request.Extras.Add(new(Protocol.Gemini, Prefix + "responseModalities", new(body[start..(int)reader.BytesConsumed])));
    }

    private static void ReadThinking(ref Utf8TokenReader reader, ReadOnlyMemory<byte> body, ConversationRequest request)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return;
        }

        var reasoning = request.Reasoning = new ReasoningOptions();
        while (reader.NextProperty())
        {
            var name = reader.Camel();
            reader.Read();
            switch (name)
            {
                case "includeThoughts":
                    reasoning.Visible = reader.BooleanOrNull();
                    break;
                case "thinkingLevel":
                    reasoning.Effort = reader.StringOrNull()?.ToLowerInvariant() is { Length: > 0 } level and not "thinking_level_unspecified" ? level : null;
                    if (reasoning.Effort is not null && reasoning.Mode == ReasoningMode.Unspecified) reasoning.Mode = ReasoningMode.On;
                    break;
                case "thinkingBudget":
                    reasoning.BudgetTokens = reader.Int32OrNull();
                    reasoning.Mode = reasoning.BudgetTokens switch
                    {
                        null => reasoning.Mode,
                        0 => ReasoningMode.Off,
                        < 0 => ReasoningMode.Adaptive,
                        _ => ReasoningMode.On,
                    };
                    if (reasoning.BudgetTokens <= 0) reasoning.BudgetTokens = null;
                    break;
                default:
                    request.Extras.Add(new(Protocol.Gemini, $"{Prefix}thinkingConfig.{name}", JsonSlice.From(ref reader, body)));
                    break;
            }
        }
    }
}
