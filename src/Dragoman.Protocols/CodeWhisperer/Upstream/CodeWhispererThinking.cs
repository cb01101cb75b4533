using System.Text.Json;
using Dragoman.Protocols.CodeWhisperer.Shared;
using Dragoman.Protocols.Conversation;

namespace Dragoman.Protocols.CodeWhisperer.Upstream;

/// <summary>How the model is asked to reason: by the fields that its catalogue lists, else by tags in the system text, as the service's own clients do.</summary>
internal sealed class CodeWhispererThinking
{
    private const int LeastBudget = 1024;
    private const int MostBudget = 24_576;
    private const int DefaultBudget = 20_000;
    private readonly string? _effort;
    private readonly CodeWhispererReasoning _style;

    private CodeWhispererThinking(CodeWhispererReasoning style, string? effort, string? tags)
    {
        _style = style;
        _effort = effort;
        Tags = tags;
    }

    /// <summary>The tags for the head of the system text, or null.</summary>
    public string? Tags { get; }

    private bool IsNative => _style is CodeWhispererReasoning.Adaptive or CodeWhispererReasoning.Effort;

    /// <summary>Whether a request asks for reasoning.</summary>
    public static bool IsWanted(ConversationRequest request) => request.Reasoning is { } reasoning && reasoning.Mode != ReasoningMode.Off && reasoning.Effort != "none"
        && (reasoning.Mode != ReasoningMode.Unspecified || reasoning.Effort is not null || reasoning.BudgetTokens is not null);

    public static CodeWhispererThinking Decide(TranslationContext exchange, CodeWhispererOptions options)
    {
        var request = exchange.Request;
        var losses = exchange.Losses;
        // A name with this ending asks for reasoning where the request says nothing of it.
        var byName = request.Reasoning is null or { Mode: ReasoningMode.Unspecified } && exchange.Model.Id.EndsWith("-thinking", StringComparison.Ordinal);
        if (!IsWanted(request) && !byName) return new(CodeWhispererReasoning.None, null, null);
        var wish = request.Reasoning ?? new ReasoningOptions { Mode = ReasoningMode.On };
        var style = exchange.Model.Reasoning == ReasoningStyle.None ? CodeWhispererReasoning.None : options.Reasoning;
        switch (style)
        {
            case CodeWhispererReasoning.None:
                losses.Drop("reasoning", "the model does not reason on request");
                return new(style, null, null);
            case CodeWhispererReasoning.Tags:
                losses.Approximate("reasoning", "the model has no field for it: it is asked by tags in the system text");
                return new(style, null, IsAskedFor(request) ? null : TagsOf(wish));
            default:
                if (wish.BudgetTokens is not null) losses.Approximate("reasoning.budget_tokens", "the model reasons by effort");
                return new(style, Clamp(EffortOf(wish), options.Efforts, losses), null);
        }
    }

    /// <summary>Writes <c>additionalModelRequestFields</c>, where the wish is said there.</summary>
    public void Write(Utf8JsonWriter writer)
    {
        if (!IsNative) return;
        writer.WriteStartObject("additionalModelRequestFields"u8);
        if (_style == CodeWhispererReasoning.Adaptive)
        {
            writer.WriteStartObject("thinking"u8);
            writer.WriteString("type"u8, "adaptive"u8);
            writer.WriteString("display"u8, "summarized"u8);
            writer.WriteEndObject();
        }

        if (_effort is not null || _style == CodeWhispererReasoning.Effort)
        {
            writer.WriteStartObject(_style == CodeWhispererReasoning.Adaptive ? "output_config"u8 : "reasoning"u8);
            writer.WriteString("effort"u8, _effort ?? "medium");
            writer.WriteEndObject();
        }

        writer.WriteEndObject();
    }

    /// <summary>Whether the client says the tags itself, as Claude Code may.</summary>
    private static bool IsAskedFor(ConversationRequest request)
    {
        foreach (var block in request.System)
            if (block is TextBlock text && text.Text.ToUtf8().Span.IndexOf("<thinking_mode>"u8) >= 0) return true;
        return false;
    }

    private static string TagsOf(ReasoningOptions wish)
    {
        if (wish.Mode == ReasoningMode.Adaptive)
        {
            var effort = wish.Effort switch { "minimal" or "low" => "low", "medium" => "medium", _ => "high" };
            return $"<thinking_mode>adaptive</thinking_mode><thinking_effort>{effort}</thinking_effort>";
        }

        var budget = wish.BudgetTokens ?? wish.Effort switch
        {
            "minimal" => 4000,
            "low" => 8192,
            "medium" => 16_000,
            "high" or "xhigh" or "max" => MostBudget,
            _ => DefaultBudget,
        };
        return $"<thinking_mode>enabled</thinking_mode><max_thinking_length>{Math.Clamp(budget, LeastBudget, MostBudget)}</max_thinking_length>";
    }

    private static string? EffortOf(ReasoningOptions wish) => wish.Effort ?? wish.BudgetTokens switch
    {
        null => null,
        < 4000 => "low",
        < 16_000 => "medium",
        _ => "high",
    };

    /// <summary>The nearest effort that the model lists: the next lower one, else the lowest.</summary>
    private static string? Clamp(string? effort, IReadOnlyList<string> listed, Losses losses)
    {
        if (effort is null || listed.Count == 0 || listed.Contains(effort)) return effort;
        var known = listed.Where(static word => Array.IndexOf(CodeWhispererOptions.AllEfforts, word) >= 0).OrderBy(static word => Array.IndexOf(CodeWhispererOptions.AllEfforts, word)).ToList();
        if (known.Count == 0) return effort;
        var rank = Array.IndexOf(CodeWhispererOptions.AllEfforts, effort);
        var nearest = known.FindLast(word => Array.IndexOf(CodeWhispererOptions.AllEfforts, word) <= rank) ?? known[0];
        losses.Approximate("reasoning.effort", $"the model knows no effort {effort}: {nearest} is the nearest");
        return nearest;
    }
}
