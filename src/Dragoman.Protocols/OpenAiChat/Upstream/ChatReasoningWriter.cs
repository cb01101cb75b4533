using System.Text.Json;
using Dragoman.Protocols.Conversation;

namespace Dragoman.Protocols.OpenAiChat.Upstream;

/// <summary>Writes how hard to reason, in the way the server knows.</summary>
internal static class ChatReasoningWriter
{
    public static void Write(Utf8JsonWriter writer, TranslationContext exchange, ChatDialect dialect)
    {
        var losses = exchange.Losses;
        if (exchange.Request.Reasoning is { IncludeEncrypted: true } && !dialect.TakesReasoningDetails) losses.Drop("include", "Chat gives no encrypted reasoning");
        if (exchange.Request.Reasoning?.Summary is not null) losses.Drop("reasoning.summary", "Chat has no choice of summary");
        if (dialect.IsOpenAi && dialect.Facts.RefusesEffortBesideCalls && exchange.Request.Tools.Exists(static tool => tool.Kind is ToolKind.Function or ToolKind.Custom))
        {
            WriteBesideCalls(writer, exchange, dialect.Facts);
            return;
        }

        if (exchange.Request.Reasoning is not { } wish) return;
        var excluded = wish.Visible == false;
        var asked = wish.Mode != ReasoningMode.Unspecified || wish.Effort is not null || wish.BudgetTokens is not null;
        if (!asked)
        {
            if (excluded && dialect.IsMarketplace) WriteObject(writer, static _ => { }, exclude: true);
            return;
        }

        if (Cannot(exchange.Model, dialect))
        {
            if (wish.Mode != ReasoningMode.Off) losses.Drop("reasoning", "the model does not reason on request");
            return;
        }

        if (wish.Effort is { } own && exchange.Request.Source == Protocol.OpenAiChat && !dialect.SwitchesByEnable && !excluded)
        {
            // The client speaks the server's own protocol: its word goes as it is.
            if (wish.BudgetTokens is not null) losses.Drop("reasoning.max_tokens", "an effort is given too");
            writer.WriteString("reasoning_effort"u8, own);
            return;
        }

        if (dialect.SwitchesByThinking) WriteThinking(writer, exchange);
        else if (dialect.SwitchesByEnable) WriteEnable(writer, exchange);
        else if (dialect.TakesReasoningBudget && wish is { BudgetTokens: > 0, Mode: not ReasoningMode.Off })
        {
            WriteObject(writer, w => w.WriteNumber("max_tokens"u8, wish.BudgetTokens.Value), excluded);
        }
        else if (EffortOf(wish, dialect, losses) is { } effort)
        {
            if (excluded && dialect.IsMarketplace) WriteObject(writer, w => w.WriteString("effort"u8, effort), exclude: true);
            else writer.WriteString("reasoning_effort"u8, effort);
        }
    }

    /// <summary>OpenAI's newer models reason over Chat or call functions, not both; Responses does both.</summary>
    private static void WriteBesideCalls(Utf8JsonWriter writer, TranslationContext exchange, OpenAiModelFacts facts)
    {
        var wish = exchange.Request.Reasoning;
        var off = wish is null || IsOff(wish);
        if (!off && (wish!.Mode != ReasoningMode.Unspecified || wish.Effort is not null || wish.BudgetTokens is not null))
            exchange.Losses.Drop("reasoning", "over Chat the model takes functions only without reasoning; over Responses (wire-api: responses) it takes both");
        if (facts.LeastEffort == "none" && (facts.CallsOnlyWithoutReasoning || (wish is not null && off))) writer.WriteString("reasoning_effort"u8, "none"u8);
    }

    /// <summary>Whether the model will think: because it is asked to, or of its own accord.</summary>
    public static bool Thinks(TranslationContext exchange, ChatDialect dialect)
    {
        if (exchange.Request.Reasoning is not { } wish) return dialect.ThinksUnasked;
        if (IsOff(wish)) return false;
        if (dialect.ThinksUnasked) return true;
        return !Cannot(exchange.Model, dialect) && (wish.Mode != ReasoningMode.Unspecified || wish.Effort is not null || wish.BudgetTokens is not null);
    }

    /// <summary>Whether the model is known not to reason on request, so that it is not asked to.</summary>
    private static bool Cannot(UpstreamModel model, ChatDialect dialect)
        => model.Reasoning == ReasoningStyle.None || (model.Reasoning == ReasoningStyle.Unknown && dialect.IsOpenAi && !dialect.IsOpenAiReasoning);

    /// <summary>The effort that a budget of tokens comes nearest to.</summary>
    public static string EffortOfBudget(int budget) => budget switch
    {
        < 0 => "medium",
        0 => "none",
        <= 512 => "minimal",
        <= 1024 => "low",
        <= 8192 => "medium",
        <= 24576 => "high",
        _ => "xhigh",
    };

    private static void WriteThinking(Utf8JsonWriter writer, TranslationContext exchange)
    {
        var wish = exchange.Request.Reasoning!;
        writer.WriteStartObject("thinking"u8);
        writer.WriteString("type"u8, IsOff(wish) ? "disabled"u8 : "enabled"u8);
        writer.WriteEndObject();
        if (!IsOff(wish) && (wish.Effort ?? (wish.BudgetTokens is null ? null : "")) is not null)
        {
            exchange.Losses.Approximate("reasoning", "the model reasons or not; how hard is its own choice");
        }
    }

    private static void WriteEnable(Utf8JsonWriter writer, TranslationContext exchange)
    {
        var wish = exchange.Request.Reasoning!;
        writer.WriteBoolean("enable_thinking"u8, !IsOff(wish));
        if (IsOff(wish)) return;
        if (wish.BudgetTokens is > 0) writer.WriteNumber("thinking_budget"u8, wish.BudgetTokens.Value);
        else if (wish.Effort is not null) exchange.Losses.Approximate("reasoning.effort", "the model knows a budget and no effort; its default is used");
    }

    private static bool IsOff(ReasoningOptions wish) => wish.Mode == ReasoningMode.Off || wish.Effort == "none" || wish.BudgetTokens == 0;

    private static string? EffortOf(ReasoningOptions wish, ChatDialect dialect, Losses losses)
    {
        var asked = IsOff(wish) ? "none" : wish.Effort;
        if (asked is null && wish.BudgetTokens is { } budget)
        {
            asked = EffortOfBudget(budget);
            losses.Approximate("reasoning.budget_tokens", $"Chat has no budget: an effort of {Known(asked, dialect)} stands for {budget} tokens");
            return Known(asked, dialect);
        }

        // On or adaptive without a measure: the model's own default is what is meant, but that of OpenAI's newer models is not to reason.
        if (asked is null && dialect is { IsOpenAiReasoning: true, TakesEffortNone: true }) asked = wish.Mode switch { ReasoningMode.Adaptive => "high", ReasoningMode.On => "medium", _ => null };
        if (asked is null) return null;
        var known = Known(asked, dialect);
        if (known != asked) losses.Approximate("reasoning.effort", $"{asked} is not known to the model: {known} is the nearest");
        return known;
    }

    private static string Known(string effort, ChatDialect dialect) => effort switch
    {
        "none" when !dialect.TakesEffortNone => dialect.TakesEffortMinimal ? "minimal" : "low",
        "minimal" when !dialect.TakesEffortMinimal => "low",
        "max" when dialect.IsOpenAiModel && dialect.Facts.TakesMax => "max",
        "xhigh" or "max" => dialect.TakesEffortXHigh ? "xhigh" : "high",
        _ => effort,
    };

    private static void WriteObject(Utf8JsonWriter writer, Action<Utf8JsonWriter> member, bool exclude)
    {
        writer.WriteStartObject("reasoning"u8);
        member(writer);
        if (exclude) writer.WriteBoolean("exclude"u8, true);
        writer.WriteEndObject();
    }
}
