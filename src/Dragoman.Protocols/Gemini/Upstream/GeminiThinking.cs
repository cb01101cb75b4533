using System.Text.Json;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Gemini.Shared;

namespace Dragoman.Protocols.Gemini.Upstream;

/// <summary>Says how hard to think in the way the model wants to be told: Gemini 3 by level, Gemini 2.5 by budget.</summary>
internal static class GeminiThinking
{
    public static void Write(Utf8JsonWriter writer, TranslationContext exchange, bool hasExtras)
    {
        var reasoning = exchange.Request.Reasoning;
        var style = StyleOf(exchange.Model);
        if (reasoning is null || (style == ReasoningStyle.None && !exchange.Request.Source.Equals(Protocol.Gemini)))
        {
            if (reasoning is { Mode: not ReasoningMode.Off } && (reasoning.Mode != ReasoningMode.Unspecified || reasoning.Effort is not (null or "none")))
            {
                exchange.Losses.Drop("reasoning", $"{exchange.Model.Id} does not think on request");
            }

            if (!hasExtras) return;
        }

        writer.WriteStartObject("thinkingConfig"u8);
        if (reasoning is not null)
        {
            if (style == ReasoningStyle.Level) WriteLevel(writer, reasoning, exchange);
            else WriteBudget(writer, reasoning, exchange);
            if (Visible(exchange.Request, reasoning) is { } visible) writer.WriteBoolean("includeThoughts"u8, visible);
        }

        GeminiRequestWriter.WriteExtras(writer, exchange.Request, GeminiConfigReader.Prefix + "thinkingConfig.");
        writer.WriteEndObject();
    }

    private static ReasoningStyle StyleOf(UpstreamModel model) => model.Reasoning switch
    {
        ReasoningStyle.Budget or ReasoningStyle.Level or ReasoningStyle.None => model.Reasoning,
        _ => GeminiModelName.Version(model.Id) switch
        {
            >= 30 => ReasoningStyle.Level,
            >= 25 => ReasoningStyle.Budget,
            // Names that tell no version (aliases such as gemini-flash-latest, tuned models) stand for current ones.
            0 => ReasoningStyle.Budget,
            _ => ReasoningStyle.None,
        },
    };

    private static void WriteLevel(Utf8JsonWriter writer, ReasoningOptions reasoning, TranslationContext exchange)
    {
        var pro = exchange.Model.Id.Contains("pro", StringComparison.OrdinalIgnoreCase);
        var least = GeminiModelName.LeastLevel(exchange.Model.Id);
        var off = reasoning.Mode == ReasoningMode.Off || reasoning.Effort == "none";
        if (off)
        {
            exchange.Losses.Approximate("reasoning", $"{exchange.Model.Id} always thinks; it is asked to think as little as it can");
            writer.WriteString("thinkingLevel"u8, least);
            return;
        }

        var level = reasoning.Effort;
        if (level is null && reasoning.BudgetTokens is { } budget)
        {
            level = budget <= 8192 ? "low" : budget <= 16384 ? "medium" : "high";
            exchange.Losses.Approximate("reasoning", $"a budget of {budget} tokens became the level {level}");
        }

        if (level is null) return;
        var known = level switch
        {
            "minimal" => least,
            "low" => "low",
            "medium" => GeminiModelName.Version(exchange.Model.Id) == 30 && pro ? "high" : "medium",
            "xhigh" or "max" when GeminiModelName.TakesXHigh(exchange.Model.Id) => "xhigh",
            _ => "high",
        };
        if (known != level) exchange.Losses.Approximate("reasoning", $"{exchange.Model.Id} has no level {level}; {known} was asked for");
        writer.WriteString("thinkingLevel"u8, known);
    }

    private static void WriteBudget(Utf8JsonWriter writer, ReasoningOptions reasoning, TranslationContext exchange)
    {
        var model = exchange.Model.Id;
        var flash = model.Contains("flash", StringComparison.OrdinalIgnoreCase);
        var least = flash ? 0 : 128;
        var most = flash ? 24576 : 32768;
        if (reasoning.Mode == ReasoningMode.Off || reasoning.Effort == "none")
        {
            if (least > 0) exchange.Losses.Approximate("reasoning", $"{model} always thinks; it is asked to think as little as it can");
            writer.WriteNumber("thinkingBudget"u8, least);
            return;
        }

        int? wanted = reasoning.BudgetTokens ?? reasoning.Effort switch
        {
            "minimal" => 512,
            "low" => 1024,
            "medium" => 8192,
            "high" => 24576,
            "xhigh" => 32768,
            "max" => most,
            _ => reasoning.Mode switch
            {
                // Switched on without a number: the model decides, also where it would not think by default (flash-lite).
                ReasoningMode.Adaptive or ReasoningMode.On => -1,
                _ => null,
            },
        };
        if (wanted is not { } budget) return;
        var given = budget < 0 ? budget : Math.Clamp(budget, least, most);
        if (given != budget) exchange.Losses.Approximate("reasoning", $"{model} takes a thinking budget from {least} to {most}");
        writer.WriteNumber("thinkingBudget"u8, given);
    }

    /// <summary>Whether thoughts shall be shown: the client's own word, or what its protocol shows when reasoning is asked for.</summary>
    private static bool? Visible(ConversationRequest request, ReasoningOptions reasoning)
    {
        if (reasoning.Visible is { } stated) return stated;
        var asked = reasoning.Mode is ReasoningMode.On or ReasoningMode.Adaptive || reasoning.Effort is not (null or "none") || reasoning.BudgetTokens > 0;
        return request.Source switch
        {
            Protocol.AnthropicMessages or Protocol.BedrockConverse or Protocol.OpenAiChat when asked && reasoning.Mode != ReasoningMode.Off => true,
            Protocol.OpenAiResponses when reasoning.Summary is not null => true,
            _ => null,
        };
    }
}
