using Dragoman.Protocols.AnthropicMessages.Shared;
using Dragoman.Protocols.Conversation;

namespace Dragoman.Protocols.AnthropicMessages.Upstream;

/// <summary>What is said of thinking in a request: any protocol's wish in the words the model takes.</summary>
internal readonly record struct AnthropicThinking
{
    private const int LeastBudget = 1024;

    /// <summary><c>enabled</c>, <c>adaptive</c>, <c>disabled</c>, or null for nothing.</summary>
    public string? Type { get; private init; }

    /// <summary>The budget of <c>enabled</c>.</summary>
    public int Budget { get; private init; }

    /// <summary><c>output_config.effort</c>, or null.</summary>
    public string? Effort { get; private init; }

    /// <summary><c>thinking.display</c>, or null.</summary>
    public string? Display { get; private init; }

    /// <summary>The limit of the answer, raised where the budget needs it.</summary>
    public int MaxTokens { get; private init; }

    /// <summary>Whether the model will think.</summary>
    public bool IsOn => Type is "enabled" or "adaptive";

    /// <summary>Decides.</summary>
    /// <param name="exchange">The exchange.</param>
    /// <param name="facts">What the model takes.</param>
    /// <param name="turns">The messages as they will be written.</param>
    /// <param name="maxTokens">The limit of the answer so far.</param>
    public static AnthropicThinking Decide(TranslationContext exchange, in AnthropicModelFacts facts, List<PlannedTurn> turns, int maxTokens)
    {
        var nothing = new AnthropicThinking { MaxTokens = maxTokens };
        if (exchange.Request.Reasoning is not { } wish) return nothing;
        var losses = exchange.Losses;
        var own = exchange.Request.Source == Protocol.AnthropicMessages;
        var word = wish.Effort?.ToLowerInvariant();
        var budget = wish.BudgetTokens is > 0 ? wish.BudgetTokens : null;
        var isOff = wish.Mode == ReasoningMode.Off || (wish.Mode == ReasoningMode.Unspecified && (word == "none" || wish.BudgetTokens == 0));
        var wanted = !isOff && (wish.Mode is ReasoningMode.On or ReasoningMode.Adaptive || wish.BudgetTokens is not null || (!own && word is not null));
        if (facts.Thinking == ThinkingStyle.None)
        {
            if (wanted) losses.Drop("thinking", "the model does not think on request");
            return nothing;
        }

        var thinking = nothing with { Effort = EffortFor(word, facts, losses, own) };
        if (isOff) return facts.AlwaysThinks ? Least(thinking, facts, losses) : thinking with { Type = "disabled" };
        if (!wanted) return thinking;
        var forced = exchange.Request.ToolChoice is { Mode: ToolChoiceMode.Required or ToolChoiceMode.Named };
        if (forced && facts.IsClaude && !facts.AlwaysThinks)
        {
            losses.Drop("thinking", "a forced tool call and thinking exclude each other");
            return thinking with { Type = facts.Thinking == ThinkingStyle.Adaptive ? "disabled" : null };
        }

        thinking = thinking with { Display = DisplayFor(wish, facts, exchange.Request.Source) };
        if (facts.Thinking == ThinkingStyle.Adaptive || (facts.Thinking == ThinkingStyle.Both && budget is null)) return Adaptive(thinking, budget, facts, losses);
        if (facts.IsClaude && ContinuesWithoutThinking(turns))
        {
            losses.Drop("thinking", "the calls being answered were made without thinking of this model, so it cannot think now");
            return thinking with { Display = null };
        }

        return Enabled(thinking, budget, word, facts, losses);
    }

    /// <summary>The least thinking of a model that always thinks.</summary>
    private static AnthropicThinking Least(AnthropicThinking thinking, in AnthropicModelFacts facts, Losses losses)
    {
        losses.Approximate("thinking", "the model always thinks; it is asked to think as little as it can");
        // Between tools it takes no more than "high".
        if (facts.ThinksBetweenTools) return thinking with { Type = "between_tools", Effort = thinking.Effort is "xhigh" or "max" ? "high" : thinking.Effort };
        return thinking with { Effort = thinking.Effort ?? "low" };
    }

    private static AnthropicThinking Adaptive(AnthropicThinking thinking, int? budget, in AnthropicModelFacts facts, Losses losses)
    {
        if (budget is { } tokens)
        {
            losses.Approximate("thinking.budget_tokens", "the model takes an effort, not a budget");
            if (thinking.Effort is null && facts.Effort) thinking = thinking with { Effort = tokens < 4_096 ? "low" : tokens < 16_384 ? "medium" : "high" };
        }

        return thinking with { Type = "adaptive" };
    }

    private static AnthropicThinking Enabled(AnthropicThinking thinking, int? asked, string? word, in AnthropicModelFacts facts, Losses losses)
    {
        var max = thinking.MaxTokens;
        var limit = Math.Max(facts.MaxOutput, max);
        var budget = asked ?? word switch
        {
            "minimal" or "low" => LeastBudget,
            "medium" => 8_192,
            "xhigh" => 32_768,
            "max" => 128_000,
            _ => 24_576,
        };
        if (asked is null)
        {
            losses.Approximate("thinking", "the model takes a budget, not an effort");
            budget = Math.Max(LeastBudget, Math.Min(budget, (int)(max * 0.8)));
        }
        else if (budget < LeastBudget)
        {
            losses.Approximate("thinking.budget_tokens", "the least budget is 1024");
            budget = LeastBudget;
        }

        if (budget >= max)
        {
            losses.Approximate("max_tokens", "raised above the budget for thinking, which counts into it");
            max = (int)Math.Min(limit, (long)budget + max);
            budget = Math.Min(budget, max - 1);
        }

        if (budget < LeastBudget)
        {
            losses.Drop("thinking", "the answer's limit leaves no room for it");
            return thinking with { Display = null };
        }

        return thinking with { Type = "enabled", Budget = budget, MaxTokens = max };
    }

    private static string? EffortFor(string? word, in AnthropicModelFacts facts, Losses losses, bool own)
    {
        if (word is null or "none") return null;
        if (!facts.Effort)
        {
            if (own) losses.Drop("output_config.effort", "the model takes no effort");
            return null;
        }

        var text = word switch
        {
            "minimal" => "low",
            "xhigh" when !facts.ExtraHighEffort => facts.Thinking == ThinkingStyle.Enabled ? "high" : "max",
            "max" when facts.IsClaude && facts.Thinking == ThinkingStyle.Enabled => "high",
            _ => word,
        };
        if (text != word) losses.Approximate("output_config.effort", $"\"{word}\" became \"{text}\", the nearest the model takes");
        return text;
    }

    private static string? DisplayFor(ReasoningOptions wish, in AnthropicModelFacts facts, Protocol source)
    {
        var own = source == Protocol.AnthropicMessages;
        if (!own && (!facts.IsClaude || facts.Thinking == ThinkingStyle.Enabled)) return null;
        // The newest models show no thinking unless asked; a Chat client that asks for effort has no other word to ask with.
        var visible = wish.Visible ?? (wish.Summary is not null || (source == Protocol.OpenAiChat && facts.Newest) ? true : null);
        return visible switch { true => "summarized", false => "omitted", _ => null };
    }

    /// <summary>Whether the last calls were made in a turn that does not begin with signed thinking; then thinking is refused with a budget.</summary>
    private static bool ContinuesWithoutThinking(List<PlannedTurn> turns)
    {
        var last = turns.FindLast(turn => turn.Role == Role.Assistant);
        if (last is null || !last.Blocks.Exists(block => block is ToolCallBlock) || last.Blocks[0] is ReasoningBlock) return false;
        return turns[^1].Role == Role.User && turns[^1].Blocks.Exists(block => block is ToolResultBlock);
    }
}
