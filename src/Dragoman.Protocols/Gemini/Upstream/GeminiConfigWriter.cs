using System.Text.Json;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Gemini.Shared;
using Dragoman.Protocols.JsonSchema;

namespace Dragoman.Protocols.Gemini.Upstream;

/// <summary>Writes <c>generationConfig</c>.</summary>
internal static class GeminiConfigWriter
{
    private const int MostStops = 5;

    public static void Write(Utf8JsonWriter writer, TranslationContext exchange)
    {
        var request = exchange.Request;
        var sampling = request.Sampling;
        var losses = exchange.Losses;
        writer.WriteStartObject("generationConfig"u8);
        if (sampling.Temperature is { } temperature) writer.WriteNumber("temperature"u8, temperature);
        if (sampling.TopP is { } topP) writer.WriteNumber("topP"u8, topP);
        if (sampling.TopK is { } topK) writer.WriteNumber("topK"u8, topK);
        if (sampling.Candidates is > 1) losses.Drop("candidateCount", "one answer a request is carried");
        if (request.MaxOutputTokens is { } limit)
        {
            var most = exchange.Model.MaxOutputTokens ?? limit;
            if (limit > most) losses.Approximate("max_tokens", $"{exchange.Model.Id} gives at most {most}");
            writer.WriteNumber("maxOutputTokens"u8, Math.Min(limit, most));
        }

        if (request.StopSequences.Count > 0)
        {
            if (request.StopSequences.Count > MostStops) losses.Drop($"stop[{MostStops}]", $"Gemini takes {MostStops} stop sequences");
            writer.WriteStartArray("stopSequences"u8);
            foreach (var stop in request.StopSequences.Take(MostStops)) writer.WriteStringValue(stop);
            writer.WriteEndArray();
        }

        if (sampling.Seed is { } seed) writer.WriteNumber("seed"u8, seed);
        WritePenalty(writer, exchange, "presencePenalty"u8, "presence_penalty", sampling.PresencePenalty);
        WritePenalty(writer, exchange, "frequencyPenalty"u8, "frequency_penalty", sampling.FrequencyPenalty);
        WriteLogProbs(writer, exchange);
        WriteModalities(writer, request);
        WriteOutput(writer, exchange);
        GeminiThinking.Write(writer, exchange, GeminiRequestWriter.HasExtras(request, GeminiConfigReader.Prefix + "thinkingConfig."));
        GeminiRequestWriter.WriteExtras(writer, request, GeminiConfigReader.Prefix);
        writer.WriteEndObject();
    }

    /// <summary>"Penalty is not enabled for this model" is what Gemini 2.5 and later answer to any but 0, which says nothing.</summary>
    private static void WritePenalty(Utf8JsonWriter writer, TranslationContext exchange, ReadOnlySpan<byte> name, string path, double? penalty)
    {
        if (penalty is null or 0) return;
        if (GeminiModelName.TakesPenalties(exchange.Model.Id)) writer.WriteNumber(name, penalty.Value);
        else exchange.Losses.Drop(path, "the model takes no penalties");
    }

    private static void WriteLogProbs(Utf8JsonWriter writer, TranslationContext exchange)
    {
        var sampling = exchange.Request.Sampling;
        if (exchange.Request.Source != Protocol.Gemini)
        {
            // The model in the middle has no probabilities: asking for them would show nothing.
            if (sampling.LogProbs == true || sampling.TopLogProbs is > 0) exchange.Losses.Drop("logprobs", "log probabilities are not carried between protocols");
            return;
        }

        if (sampling.LogProbs is { } logProbs) writer.WriteBoolean("responseLogprobs"u8, logProbs);
        if (sampling.TopLogProbs is { } top && sampling.LogProbs != false) writer.WriteNumber("logprobs"u8, top);
    }

    private static void WriteModalities(Utf8JsonWriter writer, ConversationRequest request)
    {
        if (request.Modalities is not { Count: > 0 } wanted || GeminiRequestWriter.HasExtras(request, GeminiConfigReader.Prefix + "responseModalities")) return;
        writer.WriteStartArray("responseModalities"u8);
        // Models that speak only speak; those that draw also write.
        if (!wanted.Contains("audio")) writer.WriteStringValue("TEXT"u8);
        foreach (var kind in wanted)
        {
            if (kind != "text") writer.WriteStringValue(kind.ToUpperInvariant());
        }

        writer.WriteEndArray();
    }

    private static void WriteOutput(Utf8JsonWriter writer, TranslationContext exchange)
    {
        if (exchange.Request.Output is not { Kind: not OutputKind.Text } output || GeminiAnswerFormat.IsExcluded(exchange)) return;

        writer.WriteString("responseMimeType"u8, "application/json"u8);
        if (output.Kind != OutputKind.JsonSchema || output.Schema.IsEmpty) return;
        SchemaCleaner.Clean(output.Schema, SchemaDialect.Gemini, exchange.Losses, "response_format.schema", mustBeObject: false).WriteTo(writer, "responseJsonSchema"u8);
        if (output.Description is not null) exchange.Losses.Drop("response_format.description", "Gemini has no place for it");
    }
}
