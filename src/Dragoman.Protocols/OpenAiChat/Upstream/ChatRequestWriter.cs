using System.Buffers;
using System.Text;
using System.Text.Json;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Json;
using Dragoman.Protocols.JsonSchema;
using Dragoman.Protocols.OpenAiChat.Shared;

namespace Dragoman.Protocols.OpenAiChat.Upstream;

/// <summary>
/// Writes a Chat request. Parameters and tools come first and messages last, so that the body of the next turn begins with the bytes of
/// this one.
/// </summary>
internal static class ChatRequestWriter
{
    private const int LongestUser = 64;
    private const string NotByReasoning = "reasoning models do not take it";

    public static void Write(TranslationContext exchange, IBufferWriter<byte> output)
    {
        exchange.Prepare(new ConversationRules { TakesSystemTurns = true });
        var dialect = new ChatDialect(exchange.Model);
        var request = exchange.Request;
        HeldByProvider.Check(request, Protocol.OpenAiChat);
        var writer = JsonWriting.Rent(output);
        writer.WriteStartObject();
        writer.WriteString("model"u8, exchange.Model.Id);
        WriteStream(writer, request);
        WriteLimits(writer, exchange, dialect);
        WriteSampling(writer, exchange, dialect);
        ChatReasoningWriter.Write(writer, exchange, dialect);
        WriteFormat(writer, exchange, dialect);
        WriteService(writer, exchange, dialect);
        ChatWriting.WriteExtras(writer, request.Extras);
        exchange.Losses.DropForeign(request.Extras, Protocol.OpenAiChat);
        foreach (var extra in request.Extras)
        {
            // Members of objects that are written anew, other than those that their own writers give back.
            if (extra.Protocol == Protocol.OpenAiChat && extra.Name.Contains('.', StringComparison.Ordinal) && !IsReturned(extra.Name, request)) exchange.Losses.Drop(extra.Name, "not known to Chat");
        }

        new ChatToolWriter(writer, exchange, dialect).Write();
        new ChatTurnWriter(writer, exchange, dialect).Write();
        writer.WriteEndObject();
        JsonWriting.Return(writer);
        exchange.Losses.DropForeign(request, Protocol.OpenAiChat);
    }

    private static bool IsReturned(string name, ConversationRequest request)
        => (request.Stream && name.StartsWith("stream_options.", StringComparison.Ordinal)) || name.StartsWith("response_format.", StringComparison.Ordinal);

    private static void WriteStream(Utf8JsonWriter writer, ConversationRequest request)
    {
        if (!request.Stream) return;
        writer.WriteBoolean("stream"u8, true);
        writer.WriteStartObject("stream_options"u8);
        // Always: what the answer cost is counted here even when the client does not ask.
        writer.WriteBoolean("include_usage"u8, true);
        ChatWriting.WriteExtras(writer, request.Extras, "stream_options.");
        writer.WriteEndObject();
    }

    private static void WriteLimits(Utf8JsonWriter writer, TranslationContext exchange, ChatDialect dialect)
    {
        var request = exchange.Request;
        if (request.MaxOutputTokens is { } limit)
        {
            if (exchange.Model.MaxOutputTokens is { } most && limit > most)
            {
                exchange.Losses.Approximate("max_tokens", $"the model gives at most {most}");
                limit = most;
            }

            if (dialect.IsOpenAiReasoning) writer.WriteNumber("max_completion_tokens"u8, limit);
            else writer.WriteNumber("max_tokens"u8, limit);
        }

        if (request.StopSequences.Count == 0) return;
        if (dialect.Facts.RefusesStops)
        {
            exchange.Losses.Drop("stop", NotByReasoning);
            return;
        }

        var count = request.StopSequences.Count;
        if (dialect.IsOpenAi && count > 4)
        {
            exchange.Losses.Drop("stop", "OpenAI takes four stop sequences; the others are left out");
            count = 4;
        }

        writer.WriteStartArray("stop"u8);
        for (var i = 0; i < count; i++) writer.WriteStringValue(request.StopSequences[i]);
        writer.WriteEndArray();
    }

    private static void WriteSampling(Utf8JsonWriter writer, TranslationContext exchange, ChatDialect dialect)
    {
        var sampling = exchange.Request.Sampling;
        var losses = exchange.Losses;
        if (dialect.Facts.RefusesSampling(exchange.Request.Reasoning))
        {
            // The default may be said, and is as well left unsaid.
            if (sampling.Temperature is not (null or 1)) losses.Drop("temperature", NotByReasoning);
            if (sampling.TopP is not (null or 1)) losses.Drop("top_p", NotByReasoning);
        }
        else
        {
            if (sampling.Temperature is { } temperature) writer.WriteNumber("temperature"u8, temperature);
            if (sampling.TopP is { } topP) writer.WriteNumber("top_p"u8, topP);
        }

        if (sampling.TopK is { } topK)
        {
            if (!dialect.TakesTopK) exchange.Losses.Drop("top_k", "not known to OpenAI");
            else writer.WriteNumber("top_k"u8, topK);
        }

        if (dialect.Facts.RefusesStops)
        {
            if (sampling.FrequencyPenalty is not (null or 0)) losses.Drop("frequency_penalty", NotByReasoning);
            if (sampling.PresencePenalty is not (null or 0)) losses.Drop("presence_penalty", NotByReasoning);
            if (!sampling.LogitBias.IsEmpty) losses.Drop("logit_bias", NotByReasoning);
        }
        else
        {
            if (sampling.FrequencyPenalty is { } frequency) writer.WriteNumber("frequency_penalty"u8, frequency);
            if (sampling.PresencePenalty is { } presence) writer.WriteNumber("presence_penalty"u8, presence);
            if (!sampling.LogitBias.IsEmpty) sampling.LogitBias.WriteTo(writer, "logit_bias"u8);
        }

        if (sampling.Seed is { } seed) writer.WriteNumber("seed"u8, seed);
        // The model in the middle tells one answer and no probabilities: asking for them would cost and show nothing.
        if (sampling.Candidates > 1) exchange.Losses.Drop("n", "one answer is given");
        if (sampling.LogProbs == true || sampling.TopLogProbs is not null) exchange.Losses.Drop("logprobs", "log probabilities are not carried between protocols");
    }

    /// <summary>Anthropic's and Gemini's schemas always bind; OpenAI's say for themselves, and what other servers do with the word is theirs.</summary>
    private static bool AlwaysBinds(ConversationRequest request) => request.Source is Protocol.AnthropicMessages or Protocol.Gemini;

    private static void WriteFormat(Utf8JsonWriter writer, TranslationContext exchange, ChatDialect dialect)
    {
        var request = exchange.Request;
        if (request.Output is not { } output) return;
        writer.WriteStartObject("response_format"u8);
        writer.WriteString("type"u8, output.Kind switch
        {
            OutputKind.Json => "json_object"u8,
            OutputKind.JsonSchema => "json_schema"u8,
            _ => "text"u8,
        });
        if (output.Kind == OutputKind.JsonSchema)
        {
            writer.WriteStartObject("json_schema"u8);
            writer.WriteString("name"u8, output.Name ?? "response");
            if (output.Description is { } description) writer.WriteString("description"u8, description);
            StrictWish.WriteFormat(writer, output, output.Strict ?? (AlwaysBinds(request) && dialect.IsOpenAiModel ? true : null), exchange.Losses);
            ChatWriting.WriteExtras(writer, request.Extras, "response_format.json_schema.");
            writer.WriteEndObject();
        }

        ChatWriting.WriteExtras(writer, request.Extras, "response_format.");

        writer.WriteEndObject();
    }

    private static void WriteService(Utf8JsonWriter writer, TranslationContext exchange, ChatDialect dialect)
    {
        var request = exchange.Request;
        var ownWords = request.Source is Protocol.OpenAiChat or Protocol.OpenAiCompletions or Protocol.OpenAiResponses;
        if (request.Verbosity is { } verbosity)
        {
            if (ownWords || dialect.IsOpenAiReasoning) writer.WriteString("verbosity"u8, verbosity);
            else exchange.Losses.Drop("verbosity", "not known to the model");
        }

        if (request.ServiceTier is { } tier)
        {
            if (ownWords) writer.WriteString("service_tier"u8, tier);
            else if (dialect.IsOpenAi && request.Source == Protocol.BedrockConverse && tier is "default" or "flex" or "priority") writer.WriteString("service_tier"u8, tier);
            else if (dialect.IsOpenAi && tier == "standard_only") writer.WriteString("service_tier"u8, "default"u8);
            else if (tier != "auto") exchange.Losses.Drop("service_tier", "no such tier in Chat");
        }

        if (request.UserId is { } user) writer.WriteString("user"u8, User(user, exchange, dialect));
        if (request.PromptCacheKey is { } key) writer.WriteString("prompt_cache_key"u8, key);
        if (request.Store is { } store)
        {
            if (request.Source == Protocol.OpenAiChat || dialect.IsOpenAi) writer.WriteBoolean("store"u8, store);
            else if (store) exchange.Losses.Drop("store", "the server keeps no answers");
        }

        if (!request.Metadata.IsEmpty)
        {
            // OpenAI refuses metadata on an answer that is not stored.
            if (request.Source == Protocol.OpenAiChat || (dialect.IsOpenAi && request.Store == true)) request.Metadata.WriteTo(writer, "metadata"u8);
            else exchange.Losses.Drop("metadata", "taken only with stored answers");
        }

        if (request.Cache is { } cache && dialect.TakesCacheControl) ChatPartWriter.WriteCache(writer, cache);
        if (request.Modalities is { Count: > 0 } modalities)
        {
            writer.WriteStartArray("modalities"u8);
            writer.WriteStringValue("text"u8);
            foreach (var modality in modalities) writer.WriteStringValue(modality);
            writer.WriteEndArray();
        }
    }

    /// <summary>OpenAI takes 64 characters; Claude Code's id is longer. The same user gives the same word.</summary>
    private static string User(string user, TranslationContext exchange, ChatDialect dialect)
    {
        if (!dialect.IsOpenAiModel || user.Length <= LongestUser || exchange.Request.Source == Protocol.OpenAiChat) return user;
        exchange.Losses.Approximate("user", "longer than 64 characters: its hash stands for it");
        return TextDigest.Hex(user);
    }
}
