using Dragoman.Gateway.Persistence;
using Dragoman.Protocols.Conversation;

namespace Dragoman.Gateway.Catalog;

/// <summary>What a model costs, in US dollars for a million tokens.</summary>
public sealed record ModelPrice
{
    /// <summary>Which models: a name, or a pattern in which <c>*</c> stands for any run of characters.</summary>
    public required string Model { get; init; }

    /// <summary>At which provider (a pattern too), or null for any.</summary>
    public string? Provider { get; init; }

    /// <summary>The rates.</summary>
    public required PriceRates Rates { get; init; }

    /// <summary>Other rates for long prompts, for the whole request.</summary>
    public IReadOnlyList<PriceTier> Above { get; init; } = [];

    /// <summary>Where the numbers are from: <c>config</c>, or a source of the built-in table.</summary>
    public string Source { get; init; } = "";

    /// <summary>What an answer cost, in US dollars.</summary>
    public decimal CostOf(TokenUsage usage) => PartsOf(usage).Total;

    /// <summary>What an answer cost, in US dollars, and what that is made of. Reasoning without a price of its own costs what other output costs.</summary>
    public CostParts PartsOf(TokenUsage usage)
    {
        ArgumentNullException.ThrowIfNull(usage);
        var rates = RatesFor(usage.InputTokens ?? 0);
        var cached = usage.CachedTokens ?? 0;
        var written = usage.CacheWriteTokens ?? 0;
        var writtenLong = Math.Min(written, usage.CacheWrite1HourTokens ?? 0);
        var write = rates.CacheWrite ?? rates.Input;
        var output = usage.OutputTokens ?? 0;
        var reasoning = Math.Min(output, usage.ReasoningTokens ?? 0);
        return new CostParts(
            usage.UncachedInputTokens * rates.Input / 1_000_000,
            cached * (rates.Cached ?? rates.Input) / 1_000_000,
            ((written - writtenLong) * write + writtenLong * (rates.CacheWrite1Hour ?? write)) / 1_000_000,
            (output - reasoning) * rates.Output / 1_000_000,
            reasoning * (rates.Reasoning ?? rates.Output) / 1_000_000);
    }

    /// <summary>The most a request can cost, whatever of it is cached or thought.</summary>
    public decimal MaxCost(long input, long output)
    {
        var rates = RatesFor(input);
        var dearestInput = Math.Max(rates.Input, Math.Max(rates.CacheWrite ?? 0, rates.CacheWrite1Hour ?? 0));
        return (input * dearestInput + output * Math.Max(rates.Output, rates.Reasoning ?? 0)) / 1_000_000;
    }

    private PriceRates RatesFor(long input)
    {
        var (rates, above) = (Rates, 0L);
        foreach (var tier in Above)
        {
            if (input > tier.Tokens && tier.Tokens >= above) (rates, above) = (tier.Rates, tier.Tokens);
        }

        return rates;
    }
}

/// <summary>Rates, in US dollars for a million tokens. A null is "as the plain kind".</summary>
public sealed record PriceRates
{
    /// <summary>Of the prompt.</summary>
    public required decimal Input { get; init; }

    /// <summary>Of the answer.</summary>
    public required decimal Output { get; init; }

    /// <summary>Of the prompt, what comes from the cache.</summary>
    public decimal? Cached { get; init; }

    /// <summary>Of the prompt, what is written to the cache.</summary>
    public decimal? CacheWrite { get; init; }

    /// <summary>Of the prompt, what is written to the cache for an hour.</summary>
    public decimal? CacheWrite1Hour { get; init; }

    /// <summary>Of the answer, reasoning, where it has a price of its own.</summary>
    public decimal? Reasoning { get; init; }
}

/// <summary>Rates for prompts longer than so many tokens.</summary>
/// <param name="Tokens">The length.</param>
/// <param name="Rates">The rates.</param>
public sealed record PriceTier(long Tokens, PriceRates Rates);
