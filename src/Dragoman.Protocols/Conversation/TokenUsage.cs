namespace Dragoman.Protocols.Conversation;

/// <summary>
/// What an answer cost, in tokens. Numbers are whole-answer totals, not increments; a null is "not said yet".
/// </summary>
/// <remarks>
/// <see cref="InputTokens"/> counts the whole prompt, cached and cache-written parts included (as OpenAI and Gemini count it). Anthropic
/// and Bedrock say the uncached rest: their readers add up, their writers subtract.
/// </remarks>
public sealed record TokenUsage
{
    /// <summary>Tokens of the whole prompt, read from the cache or written to it included.</summary>
    public long? InputTokens { get; init; }

    /// <summary>Tokens of the answer, reasoning included.</summary>
    public long? OutputTokens { get; init; }

    /// <summary>Tokens of the prompt that came from the cache.</summary>
    public long? CachedTokens { get; init; }

    /// <summary>Tokens of the prompt that were written to the cache.</summary>
    public long? CacheWriteTokens { get; init; }

    /// <summary>Of <see cref="CacheWriteTokens"/>, those written with a lifetime of one hour.</summary>
    public long? CacheWrite1HourTokens { get; init; }

    /// <summary>Of <see cref="OutputTokens"/>, those spent on reasoning.</summary>
    public long? ReasoningTokens { get; init; }

    /// <summary>Of <see cref="InputTokens"/>, those of sound.</summary>
    public long? InputAudioTokens { get; init; }

    /// <summary>Of <see cref="OutputTokens"/>, those of sound.</summary>
    public long? OutputAudioTokens { get; init; }

    /// <summary>Tokens of a predicted output that came true (Chat).</summary>
    public long? AcceptedPredictionTokens { get; init; }

    /// <summary>Tokens of a predicted output that did not (Chat).</summary>
    public long? RejectedPredictionTokens { get; init; }

    /// <summary>How often a hosted web search ran.</summary>
    public long? WebSearches { get; init; }

    /// <summary>What the vendor took for it from the plan, in the vendor's own credits, where it says so (Kiro).</summary>
    public decimal? Credits { get; init; }

    /// <summary>The tier of service that has answered, in the upstream's word; null where it says none. What a token costs hangs on it.</summary>
    public string? ServiceTier { get; init; }

    /// <summary>The whole prompt less what the cache gave or took.</summary>
    public long UncachedInputTokens => Math.Max(0, (InputTokens ?? 0) - (CachedTokens ?? 0) - (CacheWriteTokens ?? 0));

    /// <summary>The sum of two usages; a number that neither says stays unsaid.</summary>
    public TokenUsage Plus(TokenUsage other) => new()
    {
        InputTokens = Sum(InputTokens, other.InputTokens),
        OutputTokens = Sum(OutputTokens, other.OutputTokens),
        CachedTokens = Sum(CachedTokens, other.CachedTokens),
        CacheWriteTokens = Sum(CacheWriteTokens, other.CacheWriteTokens),
        CacheWrite1HourTokens = Sum(CacheWrite1HourTokens, other.CacheWrite1HourTokens),
        ReasoningTokens = Sum(ReasoningTokens, other.ReasoningTokens),
        InputAudioTokens = Sum(InputAudioTokens, other.InputAudioTokens),
        OutputAudioTokens = Sum(OutputAudioTokens, other.OutputAudioTokens),
        AcceptedPredictionTokens = Sum(AcceptedPredictionTokens, other.AcceptedPredictionTokens),
        RejectedPredictionTokens = Sum(RejectedPredictionTokens, other.RejectedPredictionTokens),
        WebSearches = Sum(WebSearches, other.WebSearches),
        Credits = Credits is null ? other.Credits : Credits + (other.Credits ?? 0),
        ServiceTier = ServiceTier ?? other.ServiceTier,
    };

    /// <summary>These numbers, with every one that <paramref name="later"/> says replaced by its word.</summary>
    public TokenUsage With(TokenUsage later) => new()
    {
        InputTokens = later.InputTokens ?? InputTokens,
        OutputTokens = later.OutputTokens ?? OutputTokens,
        CachedTokens = later.CachedTokens ?? CachedTokens,
        CacheWriteTokens = later.CacheWriteTokens ?? CacheWriteTokens,
        CacheWrite1HourTokens = later.CacheWrite1HourTokens ?? CacheWrite1HourTokens,
        ReasoningTokens = later.ReasoningTokens ?? ReasoningTokens,
        InputAudioTokens = later.InputAudioTokens ?? InputAudioTokens,
        OutputAudioTokens = later.OutputAudioTokens ?? OutputAudioTokens,
        AcceptedPredictionTokens = later.AcceptedPredictionTokens ?? AcceptedPredictionTokens,
        RejectedPredictionTokens = later.RejectedPredictionTokens ?? RejectedPredictionTokens,
        WebSearches = later.WebSearches ?? WebSearches,
        Credits = later.Credits ?? Credits,
        ServiceTier = later.ServiceTier ?? ServiceTier,
    };

    private static long? Sum(long? one, long? other) => one is null ? other : one + (other ?? 0);
}
