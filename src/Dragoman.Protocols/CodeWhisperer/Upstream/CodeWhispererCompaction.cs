using System.Text;
using Dragoman.Protocols.CodeWhisperer.Shared;
using Dragoman.Protocols.Conversation;

namespace Dragoman.Protocols.CodeWhisperer.Upstream;

/// <summary>
/// How a conversation is shortened after the service found it too long: attempt by attempt fewer messages are kept
/// (<see cref="CodeWhispererOptions.MaxHistoryMessages"/>), and a summary stands for the others (<see cref="CodeWhispererOptions.HistorySummary"/>), which a small
/// model is asked for.
/// </summary>
public static class CodeWhispererCompaction
{
    /// <summary>How many characters of a message the summary is made of.</summary>
    private const int MaxMessage = 500;

    /// <summary>How many characters of all messages the summary is made of.</summary>
    private const int MaxText = 10_000;

    private const int LeastKept = 5;

    /// <summary>How many messages an attempt keeps.</summary>
    /// <param name="attempt">The attempt, from 0.</param>
    /// <param name="most">How many the first attempt keeps.</param>
    public static int KeptMessages(int attempt, int most = 20) => Math.Max(LeastKept, (int)Math.Floor(most * (1 - (0.3 * attempt))));

    /// <summary>The turns before the last ones as text to be summarised, or null where there are none.</summary>
    public static string? TextToSummarize(ConversationRequest request, int kept)
    {
        ArgumentNullException.ThrowIfNull(request);
        var turns = request.Turns;
        if (turns.Count <= kept) return null;
        var text = new StringBuilder();
        for (var i = 0; i < turns.Count - kept && text.Length < MaxText; i++)
        {
            var words = string.Join(' ', turns[i].Blocks.Select(Describe).Where(static part => part.Length > 0));
            if (words.Length == 0) continue;
            text.Append(turns[i].Role == Role.Assistant ? "Assistant: " : "User: ").Append(Cut(words, MaxMessage)).Append('\n');
        }

        return text.Length == 0 ? null : Cut(text.ToString(), MaxText);
    }

    private static string Describe(Block block) => block switch
    {
        TextBlock text => text.Text.ToString(),
        ToolCallBlock call => $"[called {call.Name} with {call.Arguments.Text}]",
        ToolResultBlock result => $"[result: {CodeWhispererResults.Join(result)}]",
        ImageBlock => "[image]",
        DocumentBlock document => $"[document {document.Title}]",
        _ => "",
    };

    private static string Cut(string text, int length)
    {
        if (text.Length <= length) return text;
        if (char.IsHighSurrogate(text[length - 1])) length--;
        return text[..length] + "…";
    }
}
