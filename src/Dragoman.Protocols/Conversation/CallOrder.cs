namespace Dragoman.Protocols.Conversation;

/// <summary>The order of words and calls in an assistant's turn.</summary>
internal static class CallOrder
{
    /// <summary>
    /// Puts words that follow a call before it, for protocols that take nothing between a call and its result. Reasoning keeps its place;
    /// only calls that words follow move behind the last of them. Neighbouring turns of the assistant count as one.
    /// </summary>
    public static List<Turn> TextFirst(List<Turn> turns, Losses losses)
    {
        List<Turn>? changed = null;
        for (var i = 0; i < turns.Count;)
        {
            var end = i + 1;
            if (turns[i].Role == Role.Assistant)
            {
                while (end < turns.Count && turns[end].Role == Role.Assistant) end++;
                if (HasWordsBehindCall(turns, i, end))
                {
                    losses.Approximate("messages", "words that follow a tool call in the assistant's turn were put before it");
                    changed ??= turns.GetRange(0, i);
                    changed.Add(Ordered(turns, i, end));
                    i = end;
                    continue;
                }
            }

            changed?.AddRange(turns.GetRange(i, end - i));
            i = end;
        }

        return changed ?? turns;
    }

    private static bool HasWordsBehindCall(List<Turn> turns, int start, int end)
    {
        var called = false;
        for (var i = start; i < end; i++)
        {
            foreach (var block in turns[i].Blocks)
            {
                if (block is ToolCallBlock) called = true;
                else if (called && IsWords(block)) return true;
            }
        }

        return false;
    }

    private static Turn Ordered(List<Turn> turns, int start, int end)
    {
        var blocks = new List<Block>();
        string? name = null;
        List<Extra>? extras = null;
        for (var i = start; i < end; i++)
        {
            blocks.AddRange(turns[i].Blocks);
            name ??= turns[i].Name;
            if (turns[i].Extras is { } more) (extras ??= []).AddRange(more);
        }

        var ordered = new Turn(Role.Assistant) { Name = name, Extras = extras };
        var lastWords = blocks.FindLastIndex(IsWords);
        ordered.Blocks.AddRange(blocks.Take(lastWords).Where(static block => block is not ToolCallBlock));
        ordered.Blocks.Add(blocks[lastWords]);
        ordered.Blocks.AddRange(blocks.Take(lastWords).Where(static block => block is ToolCallBlock));
        ordered.Blocks.AddRange(blocks.Skip(lastWords + 1));
        return ordered;
    }

    /// <summary>Whether the block is written as content of its own: words, and the media that words stand for.</summary>
    private static bool IsWords(Block block) => block switch
    {
        TextBlock text => !text.Text.IsBlank,
        RefusalBlock refusal => !refusal.Text.IsBlank,
        _ => block is ImageBlock or DocumentBlock or AudioBlock or VideoBlock,
    };
}
