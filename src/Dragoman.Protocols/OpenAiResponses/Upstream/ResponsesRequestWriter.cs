using System.Buffers;
using System.Text.Json;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Json;
using Dragoman.Protocols.JsonSchema;
using Dragoman.Protocols.OpenAiResponses.Shared;

namespace Dragoman.Protocols.OpenAiResponses.Upstream;

/// <summary>
/// Writes a request. The upstream keeps nothing (<c>store:false</c>): the whole conversation travels, encrypted reasoning included, so any
/// account can take any turn.
/// </summary>
internal static class ResponsesRequestWriter
{
    private const int LeastOutputTokens = 16;

    public static void Write(TranslationContext exchange, IBufferWriter<byte> output)
    {
        exchange.Prepare(new ConversationRules { TakesSystemTurns = true, SupportsDeferredTools = ResponsesDeferral.IsKnown(exchange) });
        var request = exchange.Request;
        HeldByProvider.Check(request, Protocol.OpenAiResponses);
        var json = JsonWriting.Rent(output);
        json.WriteStartObject();
        json.WriteString("model"u8, exchange.Model.Id);
        WriteInstructions(json, request);
        // Tools are judged first: names agreed and tools left out decide how calls and the choice are written.
        var tools = new ResponsesToolWriter(exchange);
        tools.WriteTools(json);
        tools.WriteChoice(json);
        if (tools.Any && request.ParallelToolCalls is { } parallel) json.WriteBoolean("parallel_tool_calls"u8, parallel);
        new ResponsesInputWriter(exchange, json).Write();
        json.WriteBoolean("store"u8, false);
        json.WriteBoolean("stream"u8, request.Stream);
        var reasons = ResponsesReasoning.Write(json, exchange);
        WriteInclude(json, exchange, reasons, tools.HasSearch);
        WriteText(json, exchange);
        WriteLimits(json, exchange, reasons);
        WriteIdentity(json, exchange);
        WriteExtras(json, exchange);
        json.WriteEndObject();
        JsonWriting.Return(json);
        ReportLosses(exchange);
        exchange.Losses.DropForeign(request, Protocol.OpenAiResponses);
    }

    private static bool SameProtocol(ConversationRequest request) => request.Source == Protocol.OpenAiResponses;

    private static bool IsOpenAi(ConversationRequest request)
        => request.Source is Protocol.OpenAiResponses or Protocol.OpenAiChat or Protocol.OpenAiCompletions;

    private static void WriteInstructions(Utf8JsonWriter json, ConversationRequest request)
    {
        if (request.System.Count == 0) return;
        var whole = new ArrayBufferWriter<byte>();
        foreach (var block in request.System)
        {
            if (block is not TextBlock { Text.IsEmpty: false } text) continue;
            if (whole.WrittenCount > 0) whole.Write("\\n\\n"u8);
            text.Text.AppendEscaped(whole);
        }

        if (whole.WrittenCount > 0) JsonText.FromEscaped(whole.WrittenMemory).WriteTo(json, "instructions"u8);
    }

    private static void WriteInclude(Utf8JsonWriter json, TranslationContext exchange, bool reasons, bool searches)
    {
        var request = exchange.Request;
        var names = new List<string>();
        if (reasons || request.Reasoning is { IncludeEncrypted: true }) names.Add("reasoning.encrypted_content");
        // Other protocols show the pages that a search looked at; here they come only where they are asked for.
        if (searches && !SameProtocol(request)) names.Add("web_search_call.action.sources");
        if (SameProtocol(request))
        {
            foreach (var extra in request.Extras)
            {
                if (extra is { Protocol: Protocol.OpenAiResponses, Name: "include" }) AddStrings(extra.Value, names);
            }

            if (request.Sampling.LogProbs == true && !names.Contains("message.output_text.logprobs")) names.Add("message.output_text.logprobs");
        }

        if (names.Count == 0) return;
        json.WriteStartArray("include"u8);
        foreach (var name in names) json.WriteStringValue(name);
        json.WriteEndArray();
    }

    private static void AddStrings(JsonSlice list, List<string> names)
    {
        var reader = list.Read();
        reader.Read();
        while (reader.NextElement())
        {
            if (reader.StringOrNull() is { } name && !names.Contains(name)) names.Add(name);
        }
    }

    private static void WriteText(Utf8JsonWriter json, TranslationContext exchange)
    {
        var request = exchange.Request;
        if (request.Output is null && request.Verbosity is null) return;
        json.WriteStartObject("text"u8);
        if (request.Output is { } format)
        {
            json.WriteStartObject("format"u8);
            switch (format.Kind)
            {
                case OutputKind.Json:
                    json.WriteString("type"u8, "json_object"u8);
                    break;
                case OutputKind.JsonSchema:
                    json.WriteString("type"u8, "json_schema"u8);
                    json.WriteString("name"u8, format.Name ?? "output");
                    if (format.Description is not null) json.WriteString("description"u8, format.Description);
                    // Anthropic's and Gemini's schemas always bind; OpenAI's say for themselves.
                    StrictWish.WriteFormat(json, format, format.Strict ?? (request.Source is Protocol.AnthropicMessages or Protocol.Gemini ? true : null), exchange.Losses);
                    break;
                default:
                    json.WriteString("type"u8, "text"u8);
                    break;
            }

            ResponsesNestedExtras.Write(json, request, "text.format.");
            json.WriteEndObject();
        }

        if (request.Verbosity is not null) json.WriteString("verbosity"u8, request.Verbosity);
        ResponsesNestedExtras.Write(json, request, "text.");
        json.WriteEndObject();
    }

    private static void WriteLimits(Utf8JsonWriter json, TranslationContext exchange, bool reasons)
    {
        var request = exchange.Request;
        if (request.MaxOutputTokens is { } limit)
        {
            var most = exchange.Model.MaxOutputTokens ?? int.MaxValue;
            if (limit < LeastOutputTokens) exchange.Losses.Approximate("max_output_tokens", $"raised to {LeastOutputTokens}, the least this protocol allows");
            else if (limit > most) exchange.Losses.Approximate("max_output_tokens", $"lowered to {most}, the model's most");
            json.WriteNumber("max_output_tokens"u8, Math.Clamp(limit, LeastOutputTokens, Math.Max(most, LeastOutputTokens)));
        }

        // Reasoning models refuse to be told how to draw tokens; a client of this protocol knows that itself.
        var refused = !SameProtocol(request) && reasons && ResponsesReasoning.RefusesSampling(exchange);
        if (request.Sampling.Temperature is { } temperature)
        {
            if (refused) exchange.Losses.Drop("temperature", "reasoning models do not take it");
            else json.WriteNumber("temperature"u8, temperature);
        }

        if (request.Sampling.TopP is { } topP)
        {
            if (refused) exchange.Losses.Drop("top_p", "reasoning models do not take it");
            else json.WriteNumber("top_p"u8, topP);
        }

        if (request.Sampling.TopLogProbs is { } top && SameProtocol(request)) json.WriteNumber("top_logprobs"u8, top);
    }

    private static void WriteIdentity(Utf8JsonWriter json, TranslationContext exchange)
    {
        var request = exchange.Request;
        if (request.ServiceTier is { } tier)
        {
            if (IsOpenAi(request) || tier == "priority" || (request.Source == Protocol.BedrockConverse && tier is "default" or "flex")) json.WriteString("service_tier"u8, tier);
            else exchange.Losses.Drop("service_tier", $"'{tier}' is not a tier of this protocol");
        }

        if (request.PromptCacheKey is { } key) json.WriteString("prompt_cache_key"u8, key);
        else if (request.UserId is { Length: > 0 } && !IsOpenAi(request))
        {
            json.WriteString("prompt_cache_key"u8, TextDigest.Hex(request.UserId, 32));
            exchange.Losses.Approximate("metadata.user_id", "sent as a prompt_cache_key, hashed");
        }
        else if (exchange is { Options: ResponsesOptions { NamesConversations: true }, ConversationKey: { } conversation })
        {
            json.WriteString("prompt_cache_key"u8, TextDigest.Hex(conversation, 32));
        }

        if (request.UserId is not null && IsOpenAi(request)) json.WriteString("safety_identifier"u8, request.UserId);
        if (request.Metadata.IsObject)
        {
            if (IsOpenAi(request)) request.Metadata.WriteTo(json, "metadata"u8);
            else exchange.Losses.Drop("metadata", "not known to this protocol");
        }
    }

    /// <summary>What the client's own protocol added.</summary>
    private static void WriteExtras(Utf8JsonWriter json, TranslationContext exchange)
    {
        foreach (var extra in exchange.Request.Extras)
        {
            // Chat has a few fields by the same name and meaning.
            var shared = extra is { Protocol: Protocol.OpenAiChat, Name: "prompt_cache_retention" or "prompt_cache_options" };
            if (!shared && extra.Protocol != Protocol.OpenAiResponses)
            {
                exchange.Losses.Drop(extra.Name, $"not known to {Protocol.OpenAiResponses}");
                continue;
            }

            if (extra.Name.Contains('.', StringComparison.Ordinal)) continue;
            if (extra.Name is "include" or "tool_choice" or "generate" or "type" or "stream_id") continue;
            json.WritePropertyName(extra.Name);
            extra.Value.WriteTo(json);
        }
    }

    private static void ReportLosses(TranslationContext exchange)
    {
        var request = exchange.Request;
        var losses = exchange.Losses;
        var sampling = request.Sampling;
        const string Lacks = "this protocol has no such setting";
        if (request.StopSequences.Count > 0) losses.Drop("stop", Lacks);
        if (sampling.TopK is not null) losses.Drop("top_k", Lacks);
        if (sampling.FrequencyPenalty is not null and not 0) losses.Drop("frequency_penalty", Lacks);
        if (sampling.PresencePenalty is not null and not 0) losses.Drop("presence_penalty", Lacks);
        if (sampling.Seed is not null) losses.Drop("seed", Lacks);
        if (sampling.Candidates is > 1) losses.Drop("n", "this protocol gives one answer");
        if (!sampling.LogitBias.IsEmpty) losses.Drop("logit_bias", Lacks);
        if (!SameProtocol(request) && (sampling.LogProbs == true || sampling.TopLogProbs is > 0)) losses.Drop("logprobs", "log probabilities are not carried between protocols");
        if (request.Cache is not null) losses.Drop("cache_control", "prompts are cached automatically");
        foreach (var extra in request.Extras)
        {
            if (extra.Protocol == Protocol.OpenAiResponses && extra.Name.StartsWith("tool_choice.", StringComparison.Ordinal)) losses.Drop(extra.Name, "the choice is written anew");
        }

        foreach (var extra in request.System.SelectMany(static block => block.Extras ?? []))
        {
            if (extra is { Protocol: Protocol.OpenAiResponses, Name: not "phase" }) losses.Drop("input." + extra.Name, "the operator's first messages are sent as instructions");
        }

        foreach (var modality in request.Modalities ?? [])
        {
            if (modality != "text") losses.Drop("modalities", $"{modality} output is not asked for in this way");
        }
    }
}
