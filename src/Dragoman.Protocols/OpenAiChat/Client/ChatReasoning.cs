using System.Text.Json;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Json;
using Dragoman.Protocols.OpenAiChat.Shared;

namespace Dragoman.Protocols.OpenAiChat.Client;

/// <summary>
/// Reads how hard to reason: OpenAI's <c>reasoning_effort</c>, OpenRouter's and Responses' <c>reasoning</c>, Anthropic's <c>thinking</c>.
/// </summary>
internal static class ChatReasoning
{
    public static bool TryReadWish(ref Utf8TokenReader reader, ReadOnlyMemory<byte> body, ConversationRequest request)
    {
        if (reader.ValueTextEquals("reasoning_effort"u8))
        {
            if (ChatJson.String(ref reader) is { } effort) Effort(Options(request), effort);
        }
        else if (reader.ValueTextEquals("reasoning"u8)) ReadObject(ChatJson.Value(ref reader, body), request);
        else if (reader.ValueTextEquals("thinking"u8)) ReadObject(ChatJson.Value(ref reader, body), request);
        else if (reader.ValueTextEquals("include_reasoning"u8))
        {
            reader.Read();
            if (reader.BooleanOrNull() is { } visible) Options(request).Visible = visible;
        }
        else if (reader.ValueTextEquals("thinking_budget"u8))
        {
            reader.Read();
            if (reader.Int32OrNull() is { } budget) Options(request).BudgetTokens = budget;
        }
        else if (reader.ValueTextEquals("enable_thinking"u8))
        {
            reader.Read();
            if (reader.BooleanOrNull() is { } on) Options(request).Mode = on ? ReasoningMode.On : ReasoningMode.Off;
        }
        else return false;
        return true;
    }

    private static ReasoningOptions Options(ConversationRequest request) => request.Reasoning ??= new ReasoningOptions();

    private static void Effort(ReasoningOptions options, string effort)
    {
        options.Effort = effort.ToLowerInvariant();
        if (options.Effort == "none") options.Mode = ReasoningMode.Off;
    }

    private static void ReadObject(JsonSlice value, ConversationRequest request)
    {
        if (!value.IsObject) return;
        var options = Options(request);
        var reader = value.Read();
        reader.Read();
        while (reader.NextProperty())
        {
            if (reader.ValueTextEquals("effort"u8))
            {
                if (ChatJson.String(ref reader) is { } effort) Effort(options, effort);
            }
            else if (reader.ValueTextEquals("max_tokens"u8) || reader.ValueTextEquals("budget_tokens"u8))
            {
                reader.Read();
                options.BudgetTokens = reader.Int32OrNull() ?? options.BudgetTokens;
            }
            else if (reader.ValueTextEquals("exclude"u8))
            {
                reader.Read();
                if (reader.BooleanOrNull() is { } exclude) options.Visible = !exclude;
            }
            else if (reader.ValueTextEquals("enabled"u8))
            {
                reader.Read();
                if (reader.BooleanOrNull() is { } enabled) options.Mode = enabled ? ReasoningMode.On : ReasoningMode.Off;
            }
            else if (reader.ValueTextEquals("summary"u8)) options.Summary = ChatJson.String(ref reader);
            else if (reader.ValueTextEquals("display"u8)) options.Visible = ChatJson.String(ref reader) switch
            {
                "omitted" => false,
                "summarized" => true,
                _ => options.Visible,
            };
            else if (reader.ValueTextEquals("type"u8)) options.Mode = ChatJson.String(ref reader) switch
            {
                "enabled" => ReasoningMode.On,
                "disabled" => ReasoningMode.Off,
                "adaptive" or "auto" => ReasoningMode.Adaptive,
                _ => options.Mode,
            };
            else ChatJson.Extra(ref reader, value.Bytes, request.Extras, "reasoning.");
        }
    }
}
