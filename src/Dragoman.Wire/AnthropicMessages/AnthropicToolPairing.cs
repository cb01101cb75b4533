using Dragoman.Wire.Conversation;
using Dragoman.Wire.Json;

namespace Dragoman.Wire.AnthropicMessages;

/// <summary>
/// Puts the results of tool calls where this language wants them: all of them, first in the user's turn right after the calls. A result
/// that never came is made up as an error; one that answers no call becomes text.
/// </summary>
internal static class AnthropicToolPairing
{
    /// <summary>Rearranges the turns in place.</summary>
    public static void Apply(List<PlannedTurn> turns, Losses losses)
    {
        for (var i = 0; i < turns.Count; i++)
        {
            if (turns[i].Role != Role.Assistant) continue;
            List<ToolCallBlock>? calls = null;
            foreach (var block in turns[i].Blocks)
            {
                if (block is ToolCallBlock call) (calls ??= []).Add(call);
            }

            if (calls is null) continue;
            CallsLast(turns[i].Blocks, losses);
            var answer = AnswerTurn(turns, i);
            if (!IsAnswered(calls, answer)) Answer(calls, answer, turns, i + 1, losses);
        }

        Orphans(turns, losses);
    }

    /// <summary>Text after a call would stand between the call and its result.</summary>
    private static void CallsLast(List<Block> blocks, Losses losses)
    {
        var firstCall = blocks.FindIndex(block => block is ToolCallBlock);
        var lastText = blocks.FindLastIndex(block => block is TextBlock);
        if (firstCall < 0 || lastText < firstCall) return;
        var late = blocks.FindAll(block => block is ToolCallBlock);
        // Reasoning between calls keeps its place; only calls that words follow move behind them.
        var moved = late.FindAll(call => blocks.IndexOf(call) < lastText);
        losses.Approximate("messages", "words that follow a tool call in the assistant's turn were put before it");
        blocks.RemoveAll(moved.Contains);
        var at = blocks.FindLastIndex(block => block is TextBlock) + 1;
        blocks.InsertRange(at, moved);
    }

    /// <summary>The user's turn after the calls; a system turn that came between goes behind it.</summary>
    private static PlannedTurn AnswerTurn(List<PlannedTurn> turns, int calls)
    {
        var next = calls + 1;
        if (next < turns.Count && turns[next].Role == Role.System && next + 1 < turns.Count && turns[next + 1].Role == Role.User)
        {
            (turns[next], turns[next + 1]) = (turns[next + 1], turns[next]);
        }

        if (next < turns.Count && turns[next].Role == Role.User) return turns[next];
        var made = new PlannedTurn(Role.User);
        turns.Insert(next, made);
        return made;
    }

    /// <summary>The usual case: as many results as calls stand first and answer them.</summary>
    private static bool IsAnswered(List<ToolCallBlock> calls, PlannedTurn answer)
    {
        if (answer.Blocks.Count < calls.Count) return false;
        for (var i = 0; i < answer.Blocks.Count; i++)
        {
            var isResult = answer.Blocks[i] is ToolResultBlock;
            if (isResult != i < calls.Count) return false;
        }

        return calls.TrueForAll(call => answer.Blocks.Exists(block => block is ToolResultBlock result && result.CallId == call.Id));
    }

    private static void Answer(List<ToolCallBlock> calls, PlannedTurn answer, List<PlannedTurn> turns, int from, Losses losses)
    {
        var results = new List<Block>();
        // Results of this turn keep their own order; what is missing is looked for further on.
        foreach (var block in answer.Blocks)
        {
            if (block is ToolResultBlock result && calls.Exists(call => call.Id == result.CallId)
                && !results.Exists(known => ((ToolResultBlock)known).CallId == result.CallId)) results.Add(result);
        }

        answer.Blocks.RemoveAll(results.Contains);
        foreach (var call in calls)
        {
            if (results.Exists(known => ((ToolResultBlock)known).CallId == call.Id)) continue;
            results.Add(TakeLater(call.Id, turns, from, losses) ?? Missing(call, losses));
        }

        answer.Blocks.InsertRange(0, results);
    }

    private static ToolResultBlock? TakeLater(string callId, List<PlannedTurn> turns, int from, Losses losses)
    {
        for (var i = from; i < turns.Count; i++)
        {
            if (turns[i].Role != Role.User) continue;
            var at = turns[i].Blocks.FindIndex(block => block is ToolResultBlock result && result.CallId == callId);
            if (at < 0) continue;
            var result = (ToolResultBlock)turns[i].Blocks[at];
            turns[i].Blocks.RemoveAt(at);
            losses.Approximate($"tool result {callId}", "it was put right behind its call");
            if (turns[i].Blocks.Count == 0) turns[i].Blocks.Add(new TextBlock(JsonText.From("(empty)")));
            return result;
        }

        return null;
    }

    private static ToolResultBlock Missing(ToolCallBlock call, Losses losses)
    {
        losses.Approximate($"tool call {call.Id}", "it has no result; one that says it was interrupted was put in");
        return new ToolResultBlock(call.Id, [new TextBlock(JsonText.From("[The tool call was interrupted: there is no result.]"))]) { IsError = true };
    }

    private static void Orphans(List<PlannedTurn> turns, Losses losses)
    {
        for (var i = 0; i < turns.Count; i++)
        {
            var blocks = turns[i].Blocks;
            if (!blocks.Exists(block => block is ToolResultBlock)) continue;
            var open = i > 0 && turns[i - 1].Role == Role.Assistant ? turns[i - 1].Blocks.OfType<ToolCallBlock>().Select(call => call.Id).ToHashSet() : [];
            List<Block>? text = null;
            for (var j = 0; j < blocks.Count; j++)
            {
                if (blocks[j] is not ToolResultBlock result || open.Remove(result.CallId)) continue;
                losses.Approximate($"tool result {result.CallId}", "it answers no call before it; its content is carried as text");
                blocks.RemoveAt(j--);
                (text ??= []).Add(new TextBlock(JsonText.From($"[Result of the tool call {result.CallId}{(result.IsError ? ", which failed" : "")}]")));
                text.AddRange(result.Content);
            }

            if (text is null) continue;
            var at = blocks.FindLastIndex(block => block is ToolResultBlock) + 1;
            blocks.InsertRange(at, text);
        }
    }
}
