using System.Text.Json;
using Dragoman.Protocols.Conversation;

namespace Dragoman.Protocols.BedrockConverse.Upstream;

/// <summary>How the model will be told to reason: decided before anything is written, since it changes limits, sampling and tool choice.</summary>
internal sealed class ConverseReasoning
{
    private const int MinBudget = 1024;
    private string? _effort;
    private string? _display;

    /// <summary>Whether a Claude model will think; sampling is then restricted.</summary>
    public bool Thinks { get; private set; }

    /// <summary>A budget in tokens, or null.</summary>
    public int? Budget { get; private set; }

    /// <summary>The limit of the whole answer that goes with it; null leaves it to the model.</summary>
    public int? MaxTokens { get; private set; }

    /// <summary>Nova at its highest effort takes neither a limit nor sampling.</summary>
    public bool Unbound { get; private set; }

    private ConverseReasoningStyle Style { get; set; }

    public static ConverseReasoning Decide(TranslationContext exchange, ConverseModelTraits traits, bool forcedTool, bool lastCallLacksReasoning)
    {
        var plan = new ConverseReasoning { MaxTokens = Limit(exchange, traits) };
        var options = exchange.Request.Reasoning;
        if (options is null || options.Mode == ReasoningMode.Off || options.Effort == "none") return plan;
        if (options.Mode == ReasoningMode.Unspecified && options.Effort is null && options.BudgetTokens is null) return plan;
        var losses = exchange.Losses;
        plan.Style = traits.Reasoning;
        if (plan.Style == ConverseReasoningStyle.BudgetOrAdaptive)
        {
            plan.Style = options.BudgetTokens is not null && options.Mode != ReasoningMode.Adaptive ? ConverseReasoningStyle.Budget : ConverseReasoningStyle.Adaptive;
        }

        if (plan.Style is ConverseReasoningStyle.Budget or ConverseReasoningStyle.Adaptive && forcedTool)
        {
            losses.Drop("reasoning", "a model that must call a tool cannot think first");
            plan.Style = ConverseReasoningStyle.None;
        }
        else if (plan.Style == ConverseReasoningStyle.Budget && lastCallLacksReasoning)
        {
            losses.Drop("reasoning", "the tool calls being answered came without their signed reasoning");
            plan.Style = ConverseReasoningStyle.None;
        }
        else if (plan.Style == ConverseReasoningStyle.None)
        {
            losses.Drop("reasoning", "the model does not reason on request");
        }

        switch (plan.Style)
        {
            case ConverseReasoningStyle.Budget:
                plan.Thinks = true;
                plan.SetBudget(options, traits, losses);
                break;
            case ConverseReasoningStyle.Adaptive:
                plan.Thinks = true;
                plan._effort = AdaptiveEffort(options, traits, losses);
                plan._display = options.Visible == true || options.Summary is not null ? "summarized" : options.Visible == false ? "omitted" : null;
                break;
            case ConverseReasoningStyle.NovaEffort or ConverseReasoningStyle.Effort or ConverseReasoningStyle.DeepSeekWord:
                plan._effort = PlainEffort(options, losses);
                plan.Unbound = plan.Style == ConverseReasoningStyle.NovaEffort && plan._effort == "high";
                break;
        }

        return plan;
    }

    /// <summary>Writes the members of <c>additionalModelRequestFields</c> that say it; <paramref name="begin"/> is told each and opens that object when needed.</summary>
    public void Write(Utf8JsonWriter writer, Action<string> begin)
    {
        switch (Style)
        {
            case ConverseReasoningStyle.Budget:
                begin("thinking");
                writer.WriteStartObject("thinking"u8);
                writer.WriteString("type"u8, "enabled"u8);
                writer.WriteNumber("budget_tokens"u8, Budget ?? MinBudget);
                writer.WriteEndObject();
                break;
            case ConverseReasoningStyle.Adaptive:
                begin("thinking");
                writer.WriteStartObject("thinking"u8);
                writer.WriteString("type"u8, "adaptive"u8);
                if (_display is not null) writer.WriteString("display"u8, _display);
                writer.WriteEndObject();
                if (_effort is null) break;
                begin("output_config");
                writer.WriteStartObject("output_config"u8);
                writer.WriteString("effort"u8, _effort);
                writer.WriteEndObject();
                break;
            case ConverseReasoningStyle.NovaEffort:
                begin("reasoningConfig");
                writer.WriteStartObject("reasoningConfig"u8);
                writer.WriteString("type"u8, "enabled"u8);
                writer.WriteString("maxReasoningEffort"u8, _effort);
                writer.WriteEndObject();
                break;
            case ConverseReasoningStyle.Effort:
                begin("reasoning_effort");
                writer.WriteString("reasoning_effort"u8, _effort);
                break;
            case ConverseReasoningStyle.DeepSeekWord:
                begin("reasoning_config");
                writer.WriteString("reasoning_config"u8, _effort);
                break;
        }
    }

    private static int? Limit(TranslationContext exchange, ConverseModelTraits traits)
    {
        if (exchange.Request.MaxOutputTokens is not { } wanted) return null;
        if (wanted < 1) throw WireException.Invalid("The output limit must be at least 1.", "max_tokens");
        if (traits.MaxOutput is not { } most || wanted <= most) return wanted;
        exchange.Losses.Approximate("max_tokens", $"the model gives at most {most}");
        return most;
    }

    private void SetBudget(ReasoningOptions options, ConverseModelTraits traits, Losses losses)
    {
        var room = MaxTokens ?? Math.Min(traits.MaxOutput ?? 32_000, 32_000);
        var budget = options.BudgetTokens ?? (int)(room * (options.Effort switch
        {
            "minimal" or "low" => 0.25,
            "high" or "xhigh" or "max" => 0.8,
            _ => 0.5,
        }));
        if (options.BudgetTokens is null) losses.Approximate("reasoning.effort", "the model reasons by a budget of tokens");
        budget = Math.Max(MinBudget, budget);
        if (MaxTokens is { } max && budget >= max)
        {
            max = Math.Min((int)Math.Min((long)max + budget, int.MaxValue), traits.MaxOutput ?? int.MaxValue);
            MaxTokens = max;
            losses.Approximate("max_tokens", "raised by the reasoning budget, which counts towards it");
        }

        // Without a limit of its own the answer might get a default below the budget.
        MaxTokens ??= traits.MaxOutput is { } whole && whole > budget ? whole : null;
        Budget = Math.Max(MinBudget, Math.Min(budget, (MaxTokens ?? traits.MaxOutput ?? int.MaxValue) - 1));
    }

    private static string? AdaptiveEffort(ReasoningOptions options, ConverseModelTraits traits, Losses losses)
    {
        if (options.Effort is { } word) return word switch
        {
            "minimal" => "low",
            "xhigh" => traits.KnowsXHigh ? "xhigh" : "max",
            _ => word,
        };
        if (options.BudgetTokens is not { } budget) return null;
        losses.Approximate("reasoning.budget_tokens", "the model reasons by effort");
        return budget < 4000 ? "low" : budget < 16_000 ? "medium" : "high";
    }

    private static string PlainEffort(ReasoningOptions options, Losses losses)
    {
        if (options.Effort is null && options.BudgetTokens is not null) losses.Approximate("reasoning.budget_tokens", "the model reasons by effort");
        return options.Effort switch
        {
            "minimal" or "low" => "low",
            "high" or "xhigh" or "max" => "high",
            "medium" => "medium",
            _ => options.BudgetTokens switch { null => "medium", < 4000 => "low", < 16_000 => "medium", _ => "high" },
        };
    }
}
