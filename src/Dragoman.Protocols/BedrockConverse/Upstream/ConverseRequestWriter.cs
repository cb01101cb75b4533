using System.Buffers;
using System.Text.Json;
using Dragoman.Protocols.BedrockConverse.Shared;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Json;

namespace Dragoman.Protocols.BedrockConverse.Upstream;

/// <summary>Writes the body of Converse and ConverseStream.</summary>
internal sealed class ConverseRequestWriter
{
    private static readonly string[] OwnMembers = ["guardrailConfig", "performanceConfig", "promptVariables", "requestMetadata", "serviceTier"];
    private readonly TranslationContext _exchange;
    private readonly ConversationRequest _request;
    private readonly ConverseModelTraits _traits;

    public ConverseRequestWriter(TranslationContext exchange)
    {
        _exchange = exchange;
        exchange.Prepare(new ConversationRules { TextBeforeCalls = true, ResultsInCallOrder = true });
        _request = exchange.Request;
        _traits = ConverseModelTraits.Of(exchange.Model);
    }

    public void Write(IBufferWriter<byte> output)
    {
        HeldByProvider.Check(_request, Protocol.BedrockConverse);
        ReportUnsaid();
        var tools = new ConverseTools(_exchange, _traits);
        var conversation = new ConverseConversation(_exchange, _traits, toolsAsText: !tools.Any, prefill: _traits.Prefill && !WantsReasoning());
        var reasoning = ConverseReasoning.Decide(_exchange, _traits, tools.MustCall, conversation.LastCallLacksReasoning);
        var cache = ConverseCachePoints.Choose(_exchange, _traits, conversation, tools.Any);
        var writer = JsonWriting.Rent(output);
        writer.WriteStartObject();
        WriteSystem(writer, cache);
        WriteInference(writer, reasoning);
        tools.Write(writer, cache);
        ConverseAdditional.Write(writer, _exchange, _traits, reasoning, tools);
        if (_traits.IsClaude && _request.StopSequences.Count > 0)
        {
            writer.WriteStartArray("additionalModelResponseFieldPaths"u8);
            writer.WriteStringValue(_request.Stream ? "/delta/stop_sequence"u8 : "/stop_sequence"u8);
            writer.WriteEndArray();
        }

        ConverseOutput.Write(writer, _exchange, _traits);
        WriteTier(writer);
        WriteMetadata(writer);
        foreach (var extra in _request.Extras)
        {
            if (OwnMembers.Contains(extra.Name) || IsUnknownMember(extra)) extra.Value.WriteTo(writer, System.Text.Encoding.UTF8.GetBytes(extra.Name));
        }

        new ConverseBlocks(_exchange, _traits, conversation, cache).WriteMessages(writer);
        writer.WriteEndObject();
        JsonWriting.Return(writer);
        _exchange.Losses.DropForeign(_request, Protocol.BedrockConverse);
    }

    private bool WantsReasoning() => _request.Reasoning is { } reasoning && reasoning.Mode != ReasoningMode.Off && reasoning.Effort != "none"
        && (reasoning.Mode != ReasoningMode.Unspecified || reasoning.Effort is not null || reasoning.BudgetTokens is not null);

    private void WriteSystem(Utf8JsonWriter writer, HashSet<object> cache)
    {
        var open = false;
        for (var i = 0; i < _request.System.Count; i++) WriteSystemBlock(writer, _request.System[i], $"system[{i}]", cache, ref open);
        if (ConverseOutput.InWords(_exchange, _traits) is { IsEmpty: false } words)
        {
            Open(writer, ref open);
            writer.WriteStartObject();
            words.WriteTo(writer, "text"u8);
            writer.WriteEndObject();
        }
        else if (_request.Output is { Kind: OutputKind.Json })
        {
            Open(writer, ref open);
            writer.WriteStartObject();
            writer.WriteString("text"u8, "Answer with one JSON object and nothing else."u8);
            writer.WriteEndObject();
            _exchange.Losses.Approximate("response_format", "asked for in words: Converse has no JSON mode without a schema");
        }

        if (open) writer.WriteEndArray();
    }

    private static void Open(Utf8JsonWriter writer, ref bool open)
    {
        if (!open) writer.WriteStartArray("system"u8);
        open = true;
    }

    private void WriteSystemBlock(Utf8JsonWriter writer, Block block, string path, HashSet<object> cache, ref bool open)
    {
        _exchange.Losses.DropForeign(block.Extras, Protocol.BedrockConverse, path);
        if (block is OpaqueBlock { Origin: Protocol.BedrockConverse } own)
        {
            Open(writer, ref open);
            own.Raw.WriteTo(writer);
            return;
        }

        if (block is not TextBlock text)
        {
            _exchange.Losses.Drop(path, "only text can stand in system");
            return;
        }

        if (!ConverseConversation.IsBlank(text.Text))
        {
            Open(writer, ref open);
            writer.WriteStartObject();
            text.Text.WriteTo(writer, "text"u8);
            writer.WriteEndObject();
        }

        if (open && cache.Contains(block)) ConverseCachePoints.Write(writer, block.Cache, _traits);
    }

    private void WriteInference(Utf8JsonWriter writer, ConverseReasoning reasoning)
    {
        var sampling = _request.Sampling;
        var losses = _exchange.Losses;
        var temperature = sampling.Temperature;
        var topP = sampling.TopP;
        var maxTokens = reasoning.MaxTokens;
        if (temperature is > 1)
        {
            temperature = 1;
            losses.Approximate("temperature", "at most 1 here");
        }

        if (_traits.NoSampling || reasoning.Unbound || reasoning.Thinks)
        {
            var why = reasoning.Thinks || reasoning.Unbound ? "not allowed while the model reasons" : "the model takes no sampling parameters";
            if (temperature is not null) losses.Drop("temperature", why);
            temperature = null;
            if (topP is not null && (_traits.NoSampling || reasoning.Unbound || topP < 0.95))
            {
                losses.Drop("top_p", why);
                topP = null;
            }
        }

        if (reasoning.Unbound && maxTokens is not null)
        {
            losses.Drop("max_tokens", "not allowed at the model's highest effort");
            maxTokens = null;
        }

        if (temperature is not null && topP is not null && _traits.OneOfTemperatureAndTopP)
        {
            losses.Drop("top_p", "the model takes temperature or top_p, not both");
            topP = null;
        }

        var stops = _request.StopSequences.Where(word => !string.IsNullOrWhiteSpace(word)).ToList();
        if (stops.Count < _request.StopSequences.Count) losses.Drop("stop", "blank stop sequences are not allowed");
        if (maxTokens is null && temperature is null && topP is null && stops.Count == 0) return;
        writer.WriteStartObject("inferenceConfig"u8);
        if (maxTokens is { } max) writer.WriteNumber("maxTokens"u8, max);
        if (temperature is { } warm) writer.WriteNumber("temperature"u8, warm);
        if (topP is { } mass) writer.WriteNumber("topP"u8, mass);
        if (stops.Count > 0)
        {
            writer.WriteStartArray("stopSequences"u8);
            foreach (var word in stops) writer.WriteStringValue(word);
            writer.WriteEndArray();
        }

        writer.WriteEndObject();
    }

    private void WriteTier(Utf8JsonWriter writer)
    {
        if (_request.ServiceTier is not { } tier || HasExtra("serviceTier")) return;
        if (_request.Source == Protocol.BedrockConverse || (tier is "flex" or "priority" && !_traits.IsClaude))
        {
            writer.WriteStartObject("serviceTier"u8);
            writer.WriteString("type"u8, tier);
            writer.WriteEndObject();
        }
        else if (tier is not ("auto" or "default" or "standard_only"))
        {
            _exchange.Losses.Drop("service_tier", "the model has no such tier on Bedrock");
        }
    }

    /// <summary>Bedrock takes sixteen pairs of short plain text.</summary>
    private void WriteMetadata(Utf8JsonWriter writer)
    {
        if (HasExtra("requestMetadata")) return;
        var pairs = new List<(string Key, string Value)>();
        if (_request.Metadata.IsObject)
        {
            var reader = _request.Metadata.Read();
            reader.Read();
            while (reader.NextProperty())
            {
                var key = reader.StringOfName();
                reader.Read();
                var value = reader.StringOrNull();
                if (value is not null && IsPlain(key) && IsPlain(value) && key.Length > 0 && pairs.Count < 16) pairs.Add((key, value));
                else _exchange.Losses.Drop($"metadata.{key}", "Bedrock takes sixteen pairs of short plain text");
            }
        }

        if (_request.UserId is { } user)
        {
            if (pairs.Count < 16 && user.Length > 0 && IsPlain(user) && pairs.TrueForAll(pair => pair.Key != "user_id")) pairs.Add(("user_id", user));
            else _exchange.Losses.Drop("user", "Bedrock takes only short plain text as metadata");
        }

        if (pairs.Count == 0) return;
        writer.WriteStartObject("requestMetadata"u8);
        foreach (var (key, value) in pairs) writer.WriteString(key, value);
        writer.WriteEndObject();
    }

    private static bool IsPlain(string text) => text.Length <= 256 && text.All(c => char.IsAsciiLetterOrDigit(c) || " :_@$#=/+,-.".Contains(c));

    /// <summary>Whether the client sent a member of the body that is newer than this gateway: Bedrock may know it.</summary>
    private bool IsUnknownMember(Extra extra)
        => extra.Protocol == Protocol.BedrockConverse && !extra.Name.Contains('.', StringComparison.Ordinal) && extra.Name != ConverseJson.AnswerFields && !ConverseAdditional.Takes(extra, _traits);

    private bool HasExtra(string name) => _request.Extras.Exists(extra => extra.Name == name);

    private void ReportUnsaid()
    {
        var losses = _exchange.Losses;
        var sampling = _request.Sampling;
        if (sampling.Candidates is > 1) losses.Drop("n", "Bedrock gives one answer");
        if (sampling.FrequencyPenalty is not null and not 0) losses.Drop("frequency_penalty", "Converse has no penalties");
        if (sampling.PresencePenalty is not null and not 0) losses.Drop("presence_penalty", "Converse has no penalties");
        if (sampling.Seed is not null) losses.Drop("seed", "Converse has no seed");
        if (sampling.LogProbs == true) losses.Drop("logprobs", "Converse gives no log probabilities");
        if (sampling.TopLogProbs is not null) losses.Drop("top_logprobs", "Converse gives no log probabilities");
        if (!sampling.LogitBias.IsEmpty && !sampling.LogitBias.IsNull) losses.Drop("logit_bias", "Converse has no bias");
        if (_request.Verbosity is not null) losses.Drop("verbosity", "Converse has no such wish");
        if (_request.PromptCacheKey is not null) losses.Drop("prompt_cache_key", "Bedrock's cache has no keys");
        if (_request.Store == true) losses.Drop("store", "Bedrock keeps no answers");
        if (_request.Modalities is { } modalities)
        {
            foreach (var modality in modalities)
            {
                if (modality != "text") losses.Drop("modalities", $"{modality} is not asked for through Converse");
            }
        }

        foreach (var extra in _request.Extras)
        {
            if (extra.Name == ConverseJson.AnswerFields) losses.Drop(extra.Name, "fields of the model's own answer are not carried, but for the stop sequence");
            if ((extra.Protocol == Protocol.BedrockConverse && !extra.Name.Contains('.', StringComparison.Ordinal)) || OwnMembers.Contains(extra.Name) || ConverseAdditional.Takes(extra, _traits)) continue;
            losses.Drop(extra.Name, $"not known to {Protocol.BedrockConverse}");
        }
    }
}
