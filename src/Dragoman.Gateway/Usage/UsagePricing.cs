using Dragoman.Gateway.Catalog;
using Dragoman.Gateway.Forwarding;
using Dragoman.Gateway.Persistence;
using Dragoman.Gateway.Requests;
using Dragoman.Protocols.Conversation;

namespace Dragoman.Gateway.Usage;

/// <summary>Makes the ledger's entry of a request that has ended.</summary>
public sealed class UsagePricing(PriceCatalog prices)
{
    /// <summary>
    /// What a request used, and what that cost where the price is known. Where the upstream never said (or the answer was interrupted before it
    /// could), the numbers are estimated from what was sent either way, and marked so. An answer that was empty or failed before any content used what its
    /// upstream says that it used, and nothing else. What failed attempts say that they used is added: it is the request's, whoever answered in the end.
    /// </summary>
    public UsageEntry EntryOf(ClientRequest request, RequestOutcome outcome, DateTimeOffset startedAt, TimeSpan? firstByte, TimeSpan duration, ResponseSize sent)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(outcome);
        // An upstream that was still at work when the client left is paid for its prompt.
        var answered = outcome.ServedBy ?? (outcome.ClientLeft ? outcome.Pending : null);
        var usage = outcome.Usage ?? new TokenUsage();
        var estimated = false;
        if (answered is not null && (outcome.HadContent || outcome.ClientLeft))
        {
            usage = Complete(request, outcome, usage, sent, out estimated);
        }

        // Where nobody answered nothing was spent, whatever it would have cost.
        var cost = answered is null ? default(CostParts) : CostOf(answered, usage);
        foreach (var (candidate, wasted) in outcome.Wasted)
        {
            // Trying cost something, and the vendor bills it. A price that is not known takes nothing away from one that is.
            var price = CostOf(candidate, wasted);
            cost = answered is null || price is not null ? cost + price : cost;
            answered ??= candidate;
            usage = usage.Plus(wasted);
        }

        // What came to nothing is its account's all the same, or the account's failures would be nobody's. It costs nothing by itself.
        answered ??= outcome.FailedBy;
        return new UsageEntry
        {
            RequestId = request.FlowId,
            At = startedAt,
            KeyId = request.Client.KeyId,
            AccountId = answered?.Account.Id ?? "",
            Provider = answered?.Account.Provider ?? "",
            Model = answered?.Model.Id ?? request.Model,
            RequestedModel = request.Model,
            Client = ClientFamily.Of(request.UserAgent),
            Status = outcome.Status,
            Failed = outcome.Error is not null || outcome.Status is < 200 or >= 400,
            Stream = request.Stream,
            InputTokens = usage.InputTokens ?? 0,
            OutputTokens = usage.OutputTokens ?? 0,
            CachedTokens = usage.CachedTokens ?? 0,
            CacheWriteTokens = usage.CacheWriteTokens ?? 0,
            ReasoningTokens = usage.ReasoningTokens ?? 0,
            Credits = usage.Credits,
            Cost = cost?.Total,
            CostParts = cost,
            FirstByte = firstByte,
            Duration = duration,
            Estimated = estimated,
        };
    }

    /// <summary>What usage cost at an account; null where the price is not known.</summary>
    private CostParts? CostOf(Candidate candidate, TokenUsage usage) => prices.Find(candidate.Account.Provider, candidate.Model.Id)?.PartsOf(usage);

    private static TokenUsage Complete(ClientRequest request, RequestOutcome outcome, TokenUsage usage, ResponseSize sent, out bool estimated)
    {
        estimated = false;
        if (usage.InputTokens is null)
        {
            usage = usage with { InputTokens = request.PromptTokens };
            estimated = true;
        }

        // Before its end an upstream says little or nothing of the answer's length; Anthropic's greeting says 1.
        if (usage.OutputTokens is null || (!outcome.IsComplete && sent.Tokens > usage.OutputTokens))
        {
            usage = usage with { OutputTokens = sent.Tokens };
            estimated = true;
        }

        return usage;
    }
}
