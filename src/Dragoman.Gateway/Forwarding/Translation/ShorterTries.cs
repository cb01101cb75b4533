using Dragoman.Gateway.Forwarding.Attempts;
using Dragoman.Gateway.Forwarding.Transport;
using Dragoman.Gateway.Persistence;
using Dragoman.Gateway.Providers;
using Dragoman.Gateway.Requests;
using Dragoman.Protocols.Conversation;

namespace Dragoman.Gateway.Forwarding.Translation;

/// <summary>Asks the same account again with a shorter conversation, as long as it finds it too long and its provider knows how to shorten it. Nothing of an answer has reached the client by then.</summary>
internal static class ShorterTries
{
    /// <summary>Whatever a provider says.</summary>
    private const int MaxTries = 4;

    public static async Task<AttemptResult> RunAsync(Attempt attempt, IHistoryCompaction compaction, TranslationContext first, AttemptResult result, ActivityTimeout timeout)
    {
        for (var tries = 0; tries < MaxTries && result.Failure is { Class: FailureClass.ContextTooLong }; tries++)
        {
            var request = new CompactionRequest(attempt.Candidate.Account, attempt.Request.Conversation, first.Options, tries)
            {
                ConversationKey = first.ConversationKey,
                AskAsync = (model, question, cancellationToken) => SideQuestion.AskAsync(attempt, model, question, timeout, cancellationToken),
            };
            if (await compaction.ShortenAsync(request, timeout.Token) is not { } options) return result;
            timeout.Expect(attempt.Options.FirstByteTimeout);
            result = await TranslatedExchange.AskAsync(attempt, TranslatedExchange.ExchangeFor(attempt, options), timeout);
        }

        return result;
    }
}
