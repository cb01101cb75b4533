using System.Buffers;
using System.Text.Json;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Gemini.Shared;
using Dragoman.Protocols.Json;

namespace Dragoman.Protocols.Gemini.Upstream;

/// <summary>
/// Writes a <c>generateContent</c> body. Contents stand last, so that one more turn only adds bytes at the end. Safety settings are left
/// to Google's defaults unless the client sent some: the gateway does not loosen a filter nobody asked it to.
/// </summary>
internal static class GeminiRequestWriter
{
    public static void Write(TranslationContext exchange, IBufferWriter<byte> output)
    {
        var writer = JsonWriting.Rent(output);
        try
        {
            writer.WriteStartObject();
            WriteBody(writer, exchange);
            writer.WriteEndObject();
        }
        finally
        {
            JsonWriting.Return(writer);
        }
    }

    /// <summary>Writes a <c>countTokens</c> body: the request as it would be sent, with the model's name as a resource.</summary>
    public static void WriteCount(TranslationContext exchange, IBufferWriter<byte> output)
    {
        var writer = JsonWriting.Rent(output);
        try
        {
            writer.WriteStartObject();
            writer.WriteStartObject("generateContentRequest"u8);
            writer.WriteString("model"u8, ModelName.WithResourcePrefix(exchange.Model.Id));
            WriteBody(writer, exchange);
            writer.WriteEndObject();
            writer.WriteEndObject();
        }
        finally
        {
            JsonWriting.Return(writer);
        }
    }

    private static void WriteBody(Utf8JsonWriter writer, TranslationContext exchange)
    {
        exchange.Prepare(new ConversationRules { ResultsInCallOrder = true });
        var request = exchange.Request;
        HeldByProvider.Check(request, Protocol.Gemini);
        var parts = new GeminiContentWriter(writer, exchange);
        // A conversation of nothing but system text is put as a question: Gemini wants contents.
        var speaks = request.Turns.Exists(turn => turn.Blocks.Count > 0);
        if (speaks) parts.WriteSystem();
        var functions = GeminiToolWriter.Write(writer, exchange);
        GeminiToolWriter.WriteConfig(writer, exchange, functions);
        GeminiConfigWriter.Write(writer, exchange);
        WriteExtras(writer, request, "");
        parts.WriteContents(speaks);
        Report(exchange);
    }

    /// <summary>Whether the client sent anything of Gemini's under the prefix.</summary>
    public static bool HasExtras(ConversationRequest request, string prefix)
    {
        foreach (var extra in request.Extras)
        {
            if (extra.Protocol == Protocol.Gemini && extra.Name.StartsWith(prefix, StringComparison.Ordinal)) return true;
        }

        return false;
    }

    /// <summary>Writes what the client sent under the prefix, one level deep.</summary>
    public static void WriteExtras(Utf8JsonWriter writer, ConversationRequest request, string prefix)
    {
        foreach (var extra in request.Extras)
        {
            if (extra.Protocol != Protocol.Gemini || !extra.Name.StartsWith(prefix, StringComparison.Ordinal)) continue;
            var name = extra.Name[prefix.Length..];
            if (name.Contains('.', StringComparison.Ordinal)) continue;
            writer.WritePropertyName(name);
            extra.Value.WriteTo(writer);
        }
    }

    private static void Report(TranslationContext exchange)
    {
        var request = exchange.Request;
        var losses = exchange.Losses;
        losses.DropForeign(request.Extras, Protocol.Gemini);
        losses.DropForeign(request, Protocol.Gemini);
        if (!request.Sampling.LogitBias.IsEmpty) losses.Drop("logit_bias", "Gemini has nothing like it");
        if (request.Verbosity is not null) losses.Drop("verbosity", "Gemini has nothing like it");
        if (request.ServiceTier is not null) losses.Drop("service_tier", "Gemini has no tiers in the request");
        if (request.UserId is not null) losses.Drop("user", "Gemini takes no user");
        if (request.PromptCacheKey is not null) losses.Drop("prompt_cache_key", "Gemini caches prompts of its own accord");
        if (request.Cache is not null) losses.Drop("cache_control", "Gemini caches prompts of its own accord");
        if (!request.Metadata.IsEmpty) losses.Drop("metadata", "Gemini takes no metadata");
        if (request.Store == true) losses.Drop("store", "Gemini does not keep answers");
        if (request.Reasoning is { IncludeEncrypted: true }) losses.Approximate("include", "Gemini's signatures come in the place of encrypted reasoning");
    }
}
