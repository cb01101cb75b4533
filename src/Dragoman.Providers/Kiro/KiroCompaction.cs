using System.Collections.Concurrent;
using Dragoman.Gateway.Providers;
using Dragoman.Protocols;
using Dragoman.Protocols.CodeWhisperer.Shared;
using Dragoman.Protocols.CodeWhisperer.Upstream;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Json;

namespace Dragoman.Providers.Kiro;

/// <summary>
/// Shortens a conversation that the service finds too long (kiro-and-bedrock §B.19): the last messages stay, a summary by a small model stands for the others, and where that fails nothing does. Two tries, the second with
/// fewer messages. A summary is used again for the next request of the conversation while little has been added to what it stands for.
/// </summary>
internal sealed class KiroCompaction(TimeProvider time) : IHistoryCompaction
{
    private const int MaxTries = 2;
    private const int MaxSummary = 2000;
    private const int MaxKept = 1000;

    /// <summary>How much may have been added to the older part while its summary is still taken.</summary>
    private const int MessagesAdded = 3;

    private const int LettersAdded = 4000;

    private const string Instruction = "Summarize this conversation between a user and an assistant so that the assistant can go on with it. Keep goals, decisions, names of files, commands and their outcomes, and what is open. Answer with the summary alone, in at most 300 words.";

    private static readonly TimeSpan SummaryLife = TimeSpan.FromSeconds(180);

    private static readonly UpstreamModel Summarizer = new("claude-haiku-4.5");

    private readonly ConcurrentDictionary<string, Summary> _summaries = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    public async Task<UpstreamOptions?> ShortenAsync(CompactionRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        var wish = request.Account.Options.GetValueOrDefault(KiroAccountSchema.Compaction.Name);
        if (wish == KiroAccountSchema.NoCompaction || request.Attempt >= MaxTries || request.Options is not CodeWhispererOptions options) return null;
        var kept = CodeWhispererCompaction.KeptMessages(request.Attempt);
        // The last turn is the current message and not part of the history.
        if (CodeWhispererCompaction.TextToSummarize(request.Conversation, kept + 1) is not { } text) return null;
        var summary = wish == KiroAccountSchema.Truncation ? null : await SummarizeAsync(request, text, request.Conversation.Turns.Count - kept - 1, cancellationToken);
        return options with { MaxHistoryMessages = kept, HistorySummary = summary };
    }

    private async Task<string?> SummarizeAsync(CompactionRequest request, string text, int messages, CancellationToken cancellationToken)
    {
        var key = request.ConversationKey is { Length: > 0 } conversation ? $"{request.Account.Id}\n{conversation}" : null;
        var now = time.GetUtcNow();
        if (key is not null && _summaries.TryGetValue(key, out var known) && now - known.At < SummaryLife && messages - known.Messages is >= 0 and < MessagesAdded && text.Length - known.Letters < LettersAdded) return known.Text;
        var question = new ConversationRequest { Source = Protocol.CodeWhisperer };
        question.System.Add(new TextBlock(JsonText.From(Instruction)));
        var turn = new Turn(Role.User);
        turn.Blocks.Add(new TextBlock(JsonText.From(text)));
        question.Turns.Add(turn);
        if (await request.AskAsync(Summarizer, question, cancellationToken) is not { } summary) return null;
        if (summary.Length > MaxSummary) summary = summary[..(char.IsHighSurrogate(summary[MaxSummary - 1]) ? MaxSummary - 1 : MaxSummary)];
        if (_summaries.Count >= MaxKept) _summaries.Clear();
        if (key is not null) _summaries[key] = new Summary(summary, messages, text.Length, now);
        return summary;
    }

    private sealed record Summary(string Text, int Messages, int Letters, DateTimeOffset At);
}
