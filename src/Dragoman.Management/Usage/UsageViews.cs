using Dragoman.Gateway.Persistence;

namespace Dragoman.Management.Usage;

/// <summary>Usage, summed up.</summary>
/// <param name="From">From when, or null.</param>
/// <param name="To">Until when, or null.</param>
/// <param name="By">What it is summed by.</param>
/// <param name="Step">How fine the series is: <c>none</c>, <c>10m</c>, <c>hour</c>, <c>day</c>, <c>week</c>.</param>
/// <param name="Rows">A row for each combination, ordered by time, then by the names.</param>
/// <param name="Total">All of it together; null where there is none.</param>
public sealed record UsageSummaryView(DateTimeOffset? From, DateTimeOffset? To, IReadOnlyList<string> By, UsageStep Step, IReadOnlyList<UsageRowView> Rows, UsageRowView? Total)
{
    /// <summary>Whether percentiles are those of every request (<c>exact</c>) or, where there are too many, of a sample that is spread evenly (<c>sampled</c>); absent where none were asked for.</summary>
    public string? Percentiles { get; init; }
}

/// <summary>A sum. Tokens of the cache are part of the input, those of reasoning part of the output.</summary>
public sealed record UsageRowView
{
    /// <summary>The family of requests that nothing is known of.</summary>
    internal const string Unknown = "unknown";

    /// <summary>When the span of time began; absent where there is no series.</summary>
    public DateTimeOffset? At { get; init; }

    /// <summary>The client key's id; absent where usage is not summed by key.</summary>
    public string? Key { get; init; }

    /// <summary>What people call the key, where it is still known.</summary>
    public string? KeyName { get; init; }

    /// <summary>The account's id; absent where usage is not summed by account.</summary>
    public string? Account { get; init; }

    /// <summary>The provider's id; absent where usage is not summed by provider.</summary>
    public string? Provider { get; init; }

    /// <summary>The upstream's model; absent where usage is not summed by model.</summary>
    public string? Model { get; init; }

    /// <summary>The family of client programs (<c>claude-code</c>, <c>codex</c>, …, <c>other</c>); <c>unknown</c> for what was recorded before families were; absent where usage is not summed by client.</summary>
    public string? Client { get; init; }

    /// <summary>Requests.</summary>
    public long Requests { get; init; }

    /// <summary>Requests that failed.</summary>
    public long Errors { get; init; }

    /// <summary>Requests whose numbers are estimates.</summary>
    public long Estimated { get; init; }

    /// <summary>Requests whose price is unknown; their cost is not in the sum.</summary>
    public long Unpriced { get; init; }

    /// <summary>Tokens of prompts, those of the cache included.</summary>
    public long InputTokens { get; init; }

    /// <summary>Tokens of answers, those of reasoning included.</summary>
    public long OutputTokens { get; init; }

    /// <summary>Tokens of prompts that were read from a cache.</summary>
    public long CachedTokens { get; init; }

    /// <summary>Tokens of prompts that were written to a cache.</summary>
    public long CacheWriteTokens { get; init; }

    /// <summary>Tokens of reasoning.</summary>
    public long ReasoningTokens { get; init; }

    /// <summary>How much of the prompts was read from a cache, 0 to 1; absent where there were no prompts.</summary>
    public double? CachedShare { get; init; }

    /// <summary>What was taken from plans, in the vendors' own credits; left out where no vendor says it.</summary>
    public decimal? Credits { get; init; }

    /// <summary>US dollars; left out where no price is known.</summary>
    public decimal? Cost { get; init; }

    /// <summary>What the cost is made of; left out where no price is known. What was recorded before parts were is in none of them.</summary>
    public CostPartsView? CostParts { get; init; }

    /// <summary>Milliseconds to the first byte for the client: the median of those that had one.</summary>
    public double? P50FirstByteMs { get; init; }

    /// <summary>Milliseconds to the first byte for the client: the 95th percentile of those that had one.</summary>
    public double? P95FirstByteMs { get; init; }

    /// <summary>Milliseconds to the end: the median.</summary>
    public double? P50DurationMs { get; init; }

    /// <summary>Milliseconds to the end: the 95th percentile.</summary>
    public double? P95DurationMs { get; init; }

    /// <summary>Milliseconds to the first byte for the client, on average; absent where none came.</summary>
    public double? MeanFirstByteMs { get; init; }

    /// <summary>Milliseconds to the end, on average.</summary>
    public double MeanDurationMs { get; init; }

    internal static UsageRowView From(UsageRow row, UsageLatency? latency, Func<string, string?> nameOf) => new()
    {
        At = row.At,
        Key = row.KeyId,
        KeyName = row.KeyId is { Length: > 0 } id ? nameOf(id) : null,
        Account = row.AccountId,
        Provider = row.Provider,
        Model = row.Model,
        Client = row.Client is "" ? Unknown : row.Client,
        Requests = row.Requests,
        Errors = row.Errors,
        Estimated = row.Estimated,
        Unpriced = row.Unpriced,
        InputTokens = row.InputTokens,
        OutputTokens = row.OutputTokens,
        CachedTokens = row.CachedTokens,
        CacheWriteTokens = row.CacheWriteTokens,
        ReasoningTokens = row.ReasoningTokens,
        CachedShare = row.InputTokens > 0 ? Math.Round(Math.Clamp((double)row.CachedTokens / row.InputTokens, 0, 1), 4) : null,
        Credits = row.Credits > 0 ? row.Credits : null,
        Cost = row.Cost,
        CostParts = row.CostParts is { } parts ? CostPartsView.From(parts) : null,
        P50FirstByteMs = latency?.FirstByteMedian is { } median ? Milliseconds.From(median) : null,
        P95FirstByteMs = latency?.FirstByte95 is { } high ? Milliseconds.From(high) : null,
        P50DurationMs = latency is null ? null : Milliseconds.From(latency.DurationMedian),
        P95DurationMs = latency is null ? null : Milliseconds.From(latency.Duration95),
        MeanFirstByteMs = row.MeanFirstByte is { } first ? Milliseconds.From(first) : null,
        MeanDurationMs = Milliseconds.From(row.MeanDuration),
    };
}

/// <summary>What one request used.</summary>
public sealed record UsageEntryView
{
    /// <summary>The request's id, which is its flow's.</summary>
    public required string RequestId { get; init; }

    /// <summary>When it came.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>The client key's id; empty for none.</summary>
    public required string Key { get; init; }

    /// <summary>The account that answered; empty for none.</summary>
    public required string Account { get; init; }

    /// <summary>The provider that answered; empty for none.</summary>
    public required string Provider { get; init; }

    /// <summary>The upstream's model; the name asked for where nobody answered.</summary>
    public required string Model { get; init; }

    /// <summary>The name the client asked for.</summary>
    public required string RequestedModel { get; init; }

    /// <summary>The family of client programs; <c>unknown</c> where it was not recorded.</summary>
    public required string Client { get; init; }

    /// <summary>The status the client got.</summary>
    public int Status { get; init; }

    /// <summary>Whether it failed.</summary>
    public bool Failed { get; init; }

    /// <summary>Whether it was a stream.</summary>
    public bool Stream { get; init; }

    /// <summary>Tokens of prompts, those of the cache included.</summary>
    public long InputTokens { get; init; }

    /// <summary>Tokens of answers, those of reasoning included.</summary>
    public long OutputTokens { get; init; }

    /// <summary>Tokens of prompts that were read from a cache.</summary>
    public long CachedTokens { get; init; }

    /// <summary>Tokens of prompts that were written to a cache.</summary>
    public long CacheWriteTokens { get; init; }

    /// <summary>Tokens of reasoning.</summary>
    public long ReasoningTokens { get; init; }

    /// <summary>What was taken from the account's plan, in the vendor's own credits; left out where the vendor does not say.</summary>
    public decimal? Credits { get; init; }

    /// <summary>US dollars; left out where the price is unknown.</summary>
    public decimal? Cost { get; init; }

    /// <summary>What the cost is made of; left out where that is unknown.</summary>
    public CostPartsView? CostParts { get; init; }

    /// <summary>Milliseconds to the first byte for the client; absent where none came.</summary>
    public double? FirstByteMs { get; init; }

    /// <summary>Milliseconds to the end.</summary>
    public double DurationMs { get; init; }

    /// <summary>Whether the numbers are an estimate.</summary>
    public bool Estimated { get; init; }

    internal static UsageEntryView From(UsageEntry entry) => new()
    {
        RequestId = entry.RequestId,
        At = entry.At,
        Key = entry.KeyId,
        Account = entry.AccountId,
        Provider = entry.Provider,
        Model = entry.Model,
        RequestedModel = entry.RequestedModel,
        Client = entry.Client.Length == 0 ? UsageRowView.Unknown : entry.Client,
        Status = entry.Status,
        Failed = entry.Failed,
        Stream = entry.Stream,
        InputTokens = entry.InputTokens,
        OutputTokens = entry.OutputTokens,
        CachedTokens = entry.CachedTokens,
        CacheWriteTokens = entry.CacheWriteTokens,
        ReasoningTokens = entry.ReasoningTokens,
        Credits = entry.Credits,
        Cost = entry.Cost,
        CostParts = entry.CostParts is { } parts ? CostPartsView.From(parts) : null,
        FirstByteMs = entry.FirstByte is { } first ? Milliseconds.From(first) : null,
        DurationMs = Milliseconds.From(entry.Duration),
        Estimated = entry.Estimated,
    };
}

/// <summary>What a cost is made of, in US dollars.</summary>
/// <param name="Input">Tokens of prompts that were neither read from a cache nor written to one.</param>
/// <param name="Cached">Tokens of prompts that were read from a cache.</param>
/// <param name="CacheWrite">Tokens of prompts that were written to a cache.</param>
/// <param name="Output">Tokens of answers, without those of reasoning.</param>
/// <param name="Reasoning">Tokens of reasoning.</param>
public sealed record CostPartsView(decimal Input, decimal Cached, decimal CacheWrite, decimal Output, decimal Reasoning)
{
    internal static CostPartsView From(CostParts parts) => new(parts.Input, parts.Cached, parts.CacheWrite, parts.Output, parts.Reasoning);
}

/// <summary>A part of the ledger, newest first.</summary>
/// <param name="Entries">The entries.</param>
/// <param name="Next">What to ask for the next part with (<c>after=</c>), or null at the end.</param>
public sealed record UsagePageView(IReadOnlyList<UsageEntryView> Entries, string? Next);
