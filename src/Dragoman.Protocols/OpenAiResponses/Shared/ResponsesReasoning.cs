using System.Text.Json;
using Dragoman.Protocols.Conversation;

namespace Dragoman.Protocols.OpenAiResponses.Shared;

/// <summary>How hard to reason, in the words that the model takes.</summary>
internal static class ResponsesReasoning
{
    /// <summary>Writes <c>reasoning</c> where anything is asked. Says whether the model is one that reasons, so that its encrypted reasoning is worth asking for.</summary>
    public static bool Write(Utf8JsonWriter json, TranslationContext exchange)
    {
        var options = exchange.Request.Reasoning;
        var reasons = Reasons(exchange.Model);
        if (options is null) return reasons;
        var asked = options.Mode != ReasoningMode.Unspecified || options.Effort is not null || options.BudgetTokens is not null || options.Summary is not null
            || options.Visible == true;
        if (!asked)
        {
            WriteNested(json, exchange);
            return reasons;
        }

        if (exchange.Model.Reasoning == ReasoningStyle.None)
        {
            if (options.Mode != ReasoningMode.Off) exchange.Losses.Drop("reasoning", "the model does not reason on request");
            return false;
        }

        if (!reasons && options.Mode == ReasoningMode.Off) return false;
        var same = exchange.Request.Source == Protocol.OpenAiResponses;
        var effort = same ? options.Effort : Effort(options, exchange);
        var summary = options.Summary ?? (!same && WantsToRead(options, exchange.Request) ? "auto" : null);
        // An answer without reasoning has nothing to sum up.
        if (effort == "none" && !same) summary = null;
        if (effort is null && summary is null && !exchange.Request.Extras.Exists(extra => extra.Name.StartsWith("reasoning.", StringComparison.Ordinal)))
            return true;
        json.WriteStartObject("reasoning"u8);
        if (effort is not null) json.WriteString("effort"u8, effort);
        if (summary is not null and not "none") json.WriteString("summary"u8, summary);
        ResponsesNestedExtras.Write(json, exchange.Request, "reasoning.");
        json.WriteEndObject();
        return true;
    }

    /// <summary>Whether the model refuses temperature and its like: OpenAI's reasoning models do, unless told not to reason.</summary>
    public static bool RefusesSampling(TranslationContext exchange) => OpenAiModelFacts.Get(exchange.Model.Id).RefusesSampling(exchange.Request.Reasoning);

    private static void WriteNested(Utf8JsonWriter json, TranslationContext exchange)
    {
        if (!exchange.Request.Extras.Exists(extra => extra.Name.StartsWith("reasoning.", StringComparison.Ordinal))) return;
        json.WriteStartObject("reasoning"u8);
        ResponsesNestedExtras.Write(json, exchange.Request, "reasoning.");
        json.WriteEndObject();
    }

    private static bool Reasons(UpstreamModel model) => model.Reasoning switch
    {
        ReasoningStyle.None => false,
        ReasoningStyle.Unknown => OpenAiModelFacts.Get(model.Id).Reasons,
        _ => true,
    };

    private static string? Effort(ReasoningOptions options, TranslationContext exchange)
    {
        var model = exchange.Model.Id;
        if (options.Mode == ReasoningMode.Off || options.Effort == "none")
        {
            var least = OpenAiModelFacts.Get(model).LeastEffort;
            if (least != "none") exchange.Losses.Approximate("reasoning", $"the reasoning of the model cannot be switched off; effort {least} instead");
            return least;
        }

        var wished = options.Effort ?? options.BudgetTokens switch
        {
            <= 512 => "minimal",
            <= 1024 => "low",
            <= 8192 => "medium",
            <= 24576 => "high",
            not null => "xhigh",
            null => options.Mode switch
            {
                ReasoningMode.Adaptive => "high",
                ReasoningMode.On => "medium",
                _ => null,
            },
        };
        if (options.Effort is null && options.BudgetTokens is not null) exchange.Losses.Approximate("reasoning.budget", $"sent as effort {wished}");
        var given = Clamp(wished, model);
        if (given != wished) exchange.Losses.Approximate("reasoning.effort", $"{wished} is not an effort of this model; {given} instead");
        return given;
    }

    private static string? Clamp(string? effort, string model)
    {
        var facts = OpenAiModelFacts.Get(model);
        if (effort is null || !facts.Reasons) return effort;
        return effort switch
        {
            "max" or "xhigh" when facts.Version < 5.2 && !facts.Name.Contains("codex-max", StringComparison.Ordinal) => "high",
            "max" => facts.Version >= 5.6 ? "max" : "xhigh",
            "minimal" when facts.LeastEffort != "minimal" => "low",
            _ => effort,
        };
    }

    private static bool WantsToRead(ReasoningOptions options, ConversationRequest request)
        => options.Visible ?? (request.HasThinkingBlocks && options.Mode is ReasoningMode.On or ReasoningMode.Adaptive);
}
