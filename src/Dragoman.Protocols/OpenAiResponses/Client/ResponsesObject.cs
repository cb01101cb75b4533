using System.Text.Json;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Json;
using Dragoman.Protocols.OpenAiChat.Client;
using Dragoman.Protocols.OpenAiResponses.Shared;

namespace Dragoman.Protocols.OpenAiResponses.Client;

/// <summary>Writes the <c>response</c> object: in full, with everything the request said repeated as it stood.</summary>
internal sealed class ResponsesObject(TranslationContext exchange)
{
    private static readonly ResponsesEcho Nothing = new();
    private readonly ResponsesEcho _echo = exchange.Request.Echo as ResponsesEcho ?? Nothing;

    private JsonSlice _tools;
    private bool _toolsAreComplete;

    /// <summary>The answer's id: the upstream's where it is one of this protocol, else one of ours.</summary>
    public string Id { get; private set; } = "resp_" + exchange.AnswerId;

    /// <summary>The service tier that the upstream says it used, or null.</summary>
    public string? ServiceTier { get; private set; }

    /// <summary>Whether the client gets encrypted reasoning: it asked for it, or keeps the conversation itself.</summary>
    public bool IncludesEncrypted => exchange.Request.Reasoning is { IncludeEncrypted: true } || exchange.Request.Store == false;

    /// <summary>Whether the client gets the pages a web search looked at.</summary>
    public bool IncludesSources => _echo.IncludesSources;

    /// <summary>Takes what the upstream says at the start.</summary>
    public void Begin(AnswerStart start)
    {
        if (start.Id is { } id && id.StartsWith("resp_", StringComparison.Ordinal)) Id = id;
        ServiceTier = ChatServiceTier.Parse(start.ServiceTier);
    }

    /// <summary>Writes the object. <paramref name="output"/> holds the finished items, divided by commas.</summary>
    public void Write(Utf8JsonWriter json, ReadOnlySpan<byte> status, ReadOnlySpan<byte> output, TokenUsage? usage, WireError? error, string? incomplete)
    {
        json.WriteStartObject();
        json.WriteString("id"u8, Id);
        json.WriteString("object"u8, "response"u8);
        json.WriteNumber("created_at"u8, exchange.CreatedAt);
        json.WriteString("status"u8, status);
        Or(json, "background"u8, _echo.Background, "false"u8);
        if (error is null) json.WriteNull("error"u8);
        else WriteError(json, error);
        if (incomplete is null) json.WriteNull("incomplete_details"u8);
        else
        {
            json.WriteStartObject("incomplete_details"u8);
            json.WriteString("reason"u8, incomplete);
            json.WriteEndObject();
        }

        Or(json, "instructions"u8, _echo.Instructions, "null"u8);
        Or(json, "max_output_tokens"u8, _echo.MaxOutputTokens, "null"u8);
        Or(json, "max_tool_calls"u8, _echo.MaxToolCalls, "null"u8);
        json.WriteString("model"u8, exchange.ClientModel);
        json.WritePropertyName("output"u8);
        json.WriteStartArray();
        if (!output.IsEmpty) json.WriteRawValue(output, skipInputValidation: true);
        json.WriteEndArray();
        Or(json, "parallel_tool_calls"u8, _echo.ParallelToolCalls, "true"u8);
        Or(json, "previous_response_id"u8, _echo.PreviousResponseId, "null"u8);
        WriteConversation(json);
        Or(json, "prompt_cache_key"u8, _echo.PromptCacheKey, "null"u8);
        Or(json, "prompt_cache_retention"u8, _echo.PromptCacheRetention, "null"u8);
        Or(json, "reasoning"u8, _echo.Reasoning, """{"effort":null,"summary":null}"""u8);
        Or(json, "safety_identifier"u8, _echo.SafetyIdentifier, "null"u8);
        if (ServiceTier is not null) json.WriteString("service_tier"u8, ServiceTier);
        else Or(json, "service_tier"u8, _echo.ServiceTier, "\"default\""u8);
        Or(json, "store"u8, _echo.Store, "true"u8);
        Or(json, "temperature"u8, _echo.Temperature, "1"u8);
        WriteText(json);
        Or(json, "tool_choice"u8, _echo.ToolChoice, "\"auto\""u8);
        if (!_toolsAreComplete) _tools = ResponsesToolEcho.Complete(_echo.Tools);
        _toolsAreComplete = true;
        Or(json, "tools"u8, _tools, "[]"u8);
        Or(json, "top_logprobs"u8, _echo.TopLogProbs, "0"u8);
        Or(json, "top_p"u8, _echo.TopP, "1"u8);
        Or(json, "truncation"u8, _echo.Truncation, "\"disabled\""u8);
        if (usage is null) json.WriteNull("usage"u8);
        else WriteUsage(json, usage);
        Or(json, "user"u8, _echo.User, "null"u8);
        Or(json, "metadata"u8, _echo.Metadata, "{}"u8);
        json.WriteEndObject();
    }

    /// <summary>Writes usage with all its members: Codex refuses a completed response that lacks one.</summary>
    private static void WriteUsage(Utf8JsonWriter json, TokenUsage usage)
    {
        json.WriteStartObject("usage"u8);
        json.WriteNumber("input_tokens"u8, usage.InputTokens ?? 0);
        json.WriteStartObject("input_tokens_details"u8);
        json.WriteNumber("cached_tokens"u8, usage.CachedTokens ?? 0);
        json.WriteNumber("cache_write_tokens"u8, usage.CacheWriteTokens ?? 0);
        json.WriteEndObject();
        json.WriteNumber("output_tokens"u8, usage.OutputTokens ?? 0);
        json.WriteStartObject("output_tokens_details"u8);
        json.WriteNumber("reasoning_tokens"u8, usage.ReasoningTokens ?? 0);
        json.WriteEndObject();
        json.WriteNumber("total_tokens"u8, (usage.InputTokens ?? 0) + (usage.OutputTokens ?? 0));
        json.WriteEndObject();
    }

    private static void WriteError(Utf8JsonWriter json, WireError error)
    {
        json.WriteStartObject("error"u8);
        json.WriteString("code"u8, ResponsesErrors.StreamCode(error));
        json.WriteString("message"u8, error.Message);
        json.WriteEndObject();
    }

    private static void Or(Utf8JsonWriter json, ReadOnlySpan<byte> name, JsonSlice value, ReadOnlySpan<byte> otherwise)
    {
        json.WritePropertyName(name);
        json.WriteRawValue(value.IsEmpty ? otherwise : value.Bytes.Span, skipInputValidation: true);
    }

    private void WriteConversation(Utf8JsonWriter json)
    {
        if (!_echo.Conversation.IsString)
        {
            Or(json, "conversation"u8, _echo.Conversation, "null"u8);
            return;
        }

        json.WriteStartObject("conversation"u8);
        _echo.Conversation.WriteTo(json, "id"u8);
        json.WriteEndObject();
    }

    private void WriteText(Utf8JsonWriter json)
    {
        // A format is always told, also where the client set the verbosity alone.
        if (_echo.Text.IsEmpty || exchange.Request.Output is not null)
        {
            Or(json, "text"u8, _echo.Text, """{"format":{"type":"text"},"verbosity":"medium"}"""u8);
            return;
        }

        json.WriteStartObject("text"u8);
        json.WriteStartObject("format"u8);
        json.WriteString("type"u8, "text"u8);
        json.WriteEndObject();
        if (exchange.Request.Verbosity is { } verbosity) json.WriteString("verbosity"u8, verbosity);
        json.WriteEndObject();
    }
}
