using System.Buffers;
using Dragoman.Protocols.Json;

namespace Dragoman.Protocols.Conversation;

/// <summary>
/// System text in the middle of a conversation, for protocols that take it only in front. Moved there it would change the head of the prompt
/// with every turn and spoil the prompt's cache, and as bare words it would seem to be the user's; so it stays at its place, in the user's turn, marked.
/// </summary>
internal static class SystemReminder
{
    /// <summary>The text, marked as the operator's.</summary>
    public static TextBlock Create(TextBlock text)
    {
        using var buffer = new PooledBuffer(text.Text.Length + 64);
        buffer.Write("<system-reminder>\n"u8);
        text.Text.AppendUtf8(buffer);
        buffer.Write("\n</system-reminder>"u8);
        return new TextBlock(JsonText.FromUtf8(buffer.WrittenMemory).Detach()) { Cache = text.Cache };
    }

    /// <summary>The turns with reminders in the place of what the rules do not take; the same list where there is none.</summary>
    public static List<Turn> Apply(List<Turn> turns, in ConversationRules rules, Losses losses)
    {
        List<Turn>? changed = null;
        for (var i = 0; i < turns.Count; i++)
        {
            var turn = turns[i];
            var whole = turn.Role is Role.System or Role.Developer;
            if (whole ? rules.TakesSystemTurns : rules.TakesSystemBlocks || !turn.Blocks.Exists(static block => block is TextBlock { IsSystem: true })) continue;
            losses.Approximate($"messages[{i}]", "system text inside the conversation is shown to the model as a reminder in the user's turn");
            var copy = new Turn(whole ? Role.User : turn.Role) { Name = turn.Name, Extras = turn.Extras };
            foreach (var block in turn.Blocks) copy.Blocks.Add(block is TextBlock text && (whole || text.IsSystem) && !text.Text.IsBlank ? Create(text) : block);
            (changed ??= [.. turns])[i] = copy;
        }

        return changed ?? turns;
    }
}
