using System.Text.Json;
using Dragoman.Protocols.AnthropicMessages.Shared;
using Dragoman.Protocols.Conversation;

namespace Dragoman.Protocols.AnthropicMessages.Upstream;

/// <summary>Writes what surrounds the conversation: thinking, sampling, stops, tiers and the fields only this protocol has.</summary>
internal static class AnthropicOptionsWriter
{
    private const Protocol Own = Protocol.AnthropicMessages;

    /// <summary>Writes the options.</summary>
    public static void Write(Utf8JsonWriter writer, TranslationContext exchange, AnthropicTarget target, in AnthropicModelFacts facts, in AnthropicThinking thinking, in AnthropicOutputFormat format)
    {
        var request = exchange.Request;
        WriteThinking(writer, request, thinking);
        WriteOutputConfig(writer, exchange, thinking, format);
        if (!target.Counting)
        {
            AnthropicSampling.Write(writer, exchange, facts, thinking);
            WriteStops(writer, request, exchange.Losses);
            WriteMetadata(writer, exchange, target);
            WriteTier(writer, exchange, target);
        }

        // Bedrock takes no mark for the whole request; AnthropicCacheMarks puts it where Anthropic itself would.
        if (request.Cache is { } cache && !target.IsBedrock) WriteCache(writer, request, cache);
        WriteExtras(writer, exchange, target);
    }

    /// <summary>Reports what other protocols' clients can ask and this protocol cannot.</summary>
    public static void ReportForeign(ConversationRequest request, Losses losses)
    {
        losses.DropForeign(request.Extras, Own);
        var sampling = request.Sampling;
        if (sampling.FrequencyPenalty is not (null or 0)) losses.Drop("frequency_penalty", "Messages has no penalties");
        if (sampling.PresencePenalty is not (null or 0)) losses.Drop("presence_penalty", "Messages has no penalties");
        if (sampling.Seed is not null) losses.Drop("seed", "Messages has no seed");
        if (sampling.Candidates > 1) losses.Drop("n", "Messages gives one answer");
        if (sampling.LogProbs == true || sampling.TopLogProbs is > 0) losses.Drop("logprobs", "Messages gives no probabilities");
        if (!sampling.LogitBias.IsEmpty) losses.Drop("logit_bias", "Messages has no bias");
        if (request.Verbosity is not null) losses.Drop("verbosity", "Messages has no such choice");
        if (request.PromptCacheKey is not null) losses.Drop("prompt_cache_key", "Messages caches by content");
        if (!request.Metadata.IsEmpty) losses.Drop("metadata", "Messages keeps no metadata");
        if (request.Store == true) losses.Drop("store", "Messages stores no answers");
        if (request.Modalities is { } modalities && modalities.Exists(kind => kind != "text")) losses.Drop("modalities", "Messages answers in text");
    }

    private static void WriteThinking(Utf8JsonWriter writer, ConversationRequest request, in AnthropicThinking thinking)
    {
        if (thinking.Type is null) return;
        writer.WriteStartObject("thinking"u8);
        writer.WriteString("type"u8, thinking.Type);
        if (thinking.Type == "enabled") writer.WriteNumber("budget_tokens"u8, thinking.Budget);
        if (thinking.IsOn && thinking.Display is not null) writer.WriteString("display"u8, thinking.Display);
        WriteMembers(writer, request, "thinking.");
        writer.WriteEndObject();
    }

    private static void WriteOutputConfig(Utf8JsonWriter writer, TranslationContext exchange, in AnthropicThinking thinking, in AnthropicOutputFormat format)
    {
        var request = exchange.Request;
        if (format.Schema.IsEmpty)
        {
            foreach (var extra in request.Extras)
            {
                if (IsMember(extra, "output_config.format.")) exchange.Losses.Drop(extra.Name, "the format is asked for in words");
            }
        }

        var extras = request.Extras.Exists(extra => IsMember(extra, "output_config."));
        if (thinking.Effort is null && format.Schema.IsEmpty && !extras) return;
        writer.WriteStartObject("output_config"u8);
        if (thinking.Effort is not null) writer.WriteString("effort"u8, thinking.Effort);
        if (!format.Schema.IsEmpty)
        {
            writer.WriteStartObject("format"u8);
            writer.WriteString("type"u8, "json_schema"u8);
            format.Schema.WriteTo(writer, "schema"u8);
            WriteMembers(writer, request, "output_config.format.");
            writer.WriteEndObject();
        }

        WriteMembers(writer, request, "output_config.");
        writer.WriteEndObject();
    }

    private static void WriteStops(Utf8JsonWriter writer, ConversationRequest request, Losses losses)
    {
        // A stop of white space alone is refused.
        var stops = request.StopSequences.FindAll(stop => !string.IsNullOrWhiteSpace(stop));
        if (stops.Count < request.StopSequences.Count) losses.Drop("stop_sequences", "a stop of white space alone is refused");
        if (stops.Count == 0) return;
        writer.WriteStartArray("stop_sequences"u8);
        foreach (var stop in stops) writer.WriteStringValue(stop);
        writer.WriteEndArray();
    }

    private static void WriteMetadata(Utf8JsonWriter writer, TranslationContext exchange, AnthropicTarget target)
    {
        var request = exchange.Request;
        var extras = request.Extras.Exists(extra => IsMember(extra, "metadata."));
        if (request.UserId is null && !extras) return;
        if (target.IsBedrock)
        {
            exchange.Losses.Drop("metadata", "Bedrock takes none");
            return;
        }

        writer.WriteStartObject("metadata"u8);
        if (request.UserId is not null) writer.WriteString("user_id"u8, request.UserId);
        WriteMembers(writer, request, "metadata.");
        writer.WriteEndObject();
    }

    private static void WriteTier(Utf8JsonWriter writer, TranslationContext exchange, AnthropicTarget target)
    {
        if (exchange.Request.ServiceTier is not { } tier) return;
        if (target.IsBedrock)
        {
            exchange.Losses.Drop("service_tier", "Bedrock takes none in the body");
            return;
        }

        switch (tier)
        {
            case "auto" or "standard_only":
                writer.WriteString("service_tier"u8, tier);
                break;
            case "default" or "standard":
                writer.WriteString("service_tier"u8, "standard_only"u8);
                break;
            case "priority":
                exchange.Losses.Approximate("service_tier", "priority is used where the account has it");
                writer.WriteString("service_tier"u8, "auto"u8);
                break;
            default:
                exchange.Losses.Drop("service_tier", "Messages has no such tier");
                break;
        }
    }

    private static void WriteCache(Utf8JsonWriter writer, ConversationRequest request, CacheHint cache)
    {
        var whole = request.Extras.Find(extra => extra is { Protocol: Own, Name: "cache_control" }).Value;
        if (whole.IsEmpty) AnthropicCacheMarks.Write(writer, cache);
        else whole.WriteTo(writer, "cache_control"u8);
    }

    private static void WriteExtras(Utf8JsonWriter writer, TranslationContext exchange, AnthropicTarget target)
    {
        foreach (var extra in exchange.Request.Extras)
        {
            // Members of objects and the attribution line are written where they belong; flags go into a header, or Bedrock's own field.
            if (extra.Protocol != Own || extra.Name == "cache_control" || AnthropicBetas.IsBetaExtra(extra.Name) || extra.Name.AsSpan().ContainsAny('.', '[')) continue;
            if (target.IsBedrock && extra.Name is not "context_management")
            {
                exchange.Losses.Drop(extra.Name, "Bedrock refuses it");
                continue;
            }

            if (target.Counting && extra.Name is not ("context_management" or "mcp_servers" or "speed"))
            {
                continue;
            }

            writer.WritePropertyName(extra.Name);
            extra.Value.WriteTo(writer);
        }
    }

    /// <summary>Writes back the members of an object that the reader kept under the object's name.</summary>
    internal static void WriteMembers(Utf8JsonWriter writer, ConversationRequest request, string prefix)
    {
        foreach (var extra in request.Extras)
        {
            if (!IsMember(extra, prefix)) continue;
            writer.WritePropertyName(extra.Name[prefix.Length..]);
            extra.Value.WriteTo(writer);
        }
    }

    private static bool IsMember(Extra extra, string prefix)
        => extra.Protocol == Own && extra.Name.StartsWith(prefix, StringComparison.Ordinal) && extra.Name.IndexOf('.', prefix.Length) < 0;
}
