using Dragoman.Protocols.AnthropicMessages.Shared;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Json;
using Dragoman.Protocols.OpenAiChat.Upstream;

namespace Dragoman.Protocols.AnthropicMessages.Upstream;

/// <summary>A message as it will be written.</summary>
internal sealed class PlannedTurn(Role role)
{
    public Role Role { get; } = role;

    public List<Block> Blocks { get; init; } = [];
}

/// <summary>
/// Brings a prepared conversation (<see cref="ConversationPreparation"/>) into the shape this protocol demands: turns that alternate and
/// begin with the user, nothing blank. What had to be made up is reported.
/// </summary>
internal static class AnthropicTurnPlan
{
    /// <summary>What this protocol demands of a conversation beyond what all do.</summary>
    public static ConversationRules Rules(TranslationContext exchange, AnthropicTarget target) => new()
    {
        TextBeforeCalls = true,
        SupportsDeferredTools = AnthropicDeferral.IsKnown(exchange, target),
        TakesSystemTurns = TakesSystemTurns(exchange.Request, target),
        TakesSystemBlocks = !target.IsBedrock,
    };

    /// <summary>Plans the messages.</summary>
    public static List<PlannedTurn> Build(TranslationContext exchange, AnthropicTarget target, in AnthropicModelFacts facts)
    {
        var turns = Collect(exchange, target);
        Demand(turns, exchange);
        Begin(turns, exchange.Losses);
        End(turns, exchange, facts);
        return turns;
    }

    /// <summary>Only Anthropic's own clients know which models take system text in mid-conversation, so only theirs stays as it is.</summary>
    private static bool TakesSystemTurns(ConversationRequest request, AnthropicTarget target)
        => request.Source == Protocol.AnthropicMessages && !target.IsBedrock;

    private static List<PlannedTurn> Collect(TranslationContext exchange, AnthropicTarget target)
    {
        var request = exchange.Request;
        var converter = new AnthropicBlockConverter(exchange, target);
        var turns = new List<PlannedTurn>();
        for (var i = 0; i < request.Turns.Count; i++)
        {
            var turn = request.Turns[i];
            var path = $"messages[{i}]";
            if (turn.Name is not null) exchange.Losses.Drop($"{path}.name", "Messages has no names of speakers");
            Lose(turn.Extras, path, exchange.Losses);
            var role = turn.Role == Role.Developer ? Role.System : turn.Role;
            var native = role == Role.System && TakesSystemTurns(request, target) && turns.Count > 0;
            var into = native || role != Role.System ? role : Role.User;
            var blocks = new List<Block>();
            for (var j = 0; j < turn.Blocks.Count; j++)
            {
                var block = converter.Convert(turn.Blocks[j], role, $"{path}.content[{j}]");
                if (block is null) continue;
                blocks.Add(role == Role.System && !native && block is TextBlock text ? SystemReminder.Create(text) : block);
            }

            if (role == Role.System && !native && blocks.Count > 0) exchange.Losses.Approximate(path, "system text inside the conversation is shown to the model as a reminder in the user's turn");
            if (blocks.Count == 0)
            {
                // A user's blank turn still separates what the assistant said before from what it said after.
                if (into != Role.User || role == Role.System) continue;
                exchange.Losses.Approximate(path, "an empty turn is refused; a placeholder stands for it");
                blocks.Add(new TextBlock(JsonText.From(ConversationPreparation.Empty)));
            }

            if (turns.Count > 0 && turns[^1].Role == into) turns[^1].Blocks.AddRange(blocks);
            else turns.Add(new PlannedTurn(into) { Blocks = blocks });
        }

        return turns;
    }

    /// <summary>Messages of this protocol are refused with members beyond role and content, even their own of an answer.</summary>
    private static void Lose(List<Extra>? extras, string path, Losses losses)
    {
        if (extras is null) return;
        foreach (var extra in extras) losses.Drop($"{path}.{extra.Name}", "a message has only a role and content");
    }

    /// <summary>Other makers' models behind this protocol want the thinking of turns with calls back (<see cref="ChatDemandedReasoning"/>).</summary>
    private static void Demand(List<PlannedTurn> turns, TranslationContext exchange)
    {
        var dialect = new ChatDialect(exchange.Model);
        if (dialect.DemandedReasoning is not { } blank || !ChatReasoningWriter.Thinks(exchange, dialect)) return;
        foreach (var turn in turns)
        {
            if (turn.Role != Role.Assistant || !turn.Blocks.Exists(static block => block is ToolCallBlock) || turn.Blocks.Exists(static block => block is ReasoningBlock)) continue;
            turn.Blocks.Insert(0, new ReasoningBlock { Text = JsonText.From(blank) });
            exchange.Losses.Add(ChatDemandedReasoning.Loss);
        }
    }

    private static void Begin(List<PlannedTurn> turns, Losses losses)
    {
        if (turns.Count > 0 && turns[0].Role == Role.User) return;
        losses.Approximate("messages", "the conversation must begin with the user; a placeholder turn was put first");
        turns.Insert(0, new PlannedTurn(Role.User) { Blocks = [new TextBlock(JsonText.From(ConversationPreparation.Continued))] });
    }

    private static void End(List<PlannedTurn> turns, TranslationContext exchange, in AnthropicModelFacts facts)
    {
        var last = turns[^1];
        if (last.Role != Role.Assistant) return;
        // A paused turn is sent back as it is, to be gone on with.
        if (last.Blocks.Any(block => block is HostedToolCallBlock or HostedToolResultBlock)) return;
        var thinks = exchange.Request.Reasoning is { Mode: ReasoningMode.On or ReasoningMode.Adaptive };
        if (facts.NoPrefill || (facts.IsClaude && thinks))
        {
            exchange.Losses.Approximate("messages", "the model takes no words put into its mouth; it is asked to continue instead");
            turns.Add(new PlannedTurn(Role.User) { Blocks = [new TextBlock(JsonText.From("Please continue."))] });
            return;
        }

        if (last.Blocks is [.., TextBlock text] && TrimEnd(text) is { } trimmed) last.Blocks[^1] = trimmed;
    }

    /// <summary>The text without white space at its end, or null when it has none there: an assistant's last words may not end in it.</summary>
    private static TextBlock? TrimEnd(TextBlock text)
    {
        var bytes = text.Text.ToUtf8();
        var length = bytes.Span.TrimEnd(" \t\r\n"u8).Length;
        return length == bytes.Length ? null : new TextBlock(JsonText.FromUtf8(bytes[..length])) { Cache = text.Cache, Extras = text.Extras, Citations = text.Citations };
    }
}
