using Dragoman.Gateway.Relay;
using Dragoman.Gateway.State;

namespace Dragoman.Gateway.Metering;

/// <summary>Makes the ledger's entry of a request that has ended.</summary>
public sealed class UsagePricing
{
    /// <summary>What a request used, and what that cost where the price is known.</summary>
    public UsageEntry EntryOf(ClientRequest request, RelayOutcome outcome, DateTimeOffset startedAt, TimeSpan? firstByte, TimeSpan duration)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(outcome);
        var usage = outcome.Usage;
        var answered = outcome.Answered;
        return new UsageEntry
        {
            RequestId = request.FlowId,
            At = startedAt,
            KeyId = request.Caller.KeyId,
            AccountId = answered?.Account.Id ?? "",
            Provider = answered?.Account.Provider ?? "",
            Model = answered?.Model.Id ?? request.Model,
            RequestedModel = request.Model,
            Status = outcome.Status,
            Failed = outcome.Error is not null || outcome.Status is < 200 or >= 400,
            Stream = request.Stream,
            InputTokens = usage?.InputTokens ?? 0,
            OutputTokens = usage?.OutputTokens ?? 0,
            CachedTokens = usage?.CachedTokens ?? 0,
            CacheWriteTokens = usage?.CacheWriteTokens ?? 0,
            ReasoningTokens = usage?.ReasoningTokens ?? 0,
            FirstByte = firstByte,
            Duration = duration,
        };
    }
}
