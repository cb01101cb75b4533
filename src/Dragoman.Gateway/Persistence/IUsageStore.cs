using System.Text.Json.Serialization;

namespace Dragoman.Gateway.Persistence;

/// <summary>
/// The ledger: one entry a request, appended and never changed, with one exception: an entry marked as estimated is replaced by the real
/// one of the same request id when that comes after all. Summaries by the hour are kept in the same transaction, so they never disagree.
/// </summary>
public interface IUsageStore
{
    /// <summary>
    /// Appends entries, all or none, durable when acknowledged. Exactly once: an entry whose request id is known already changes nothing,
    /// so a batch whose fate is unknown may be sent again.
    /// </summary>
    /// <returns>How many were new.</returns>
    Task<int> AppendAsync(IReadOnlyList<UsageEntry> entries, CancellationToken cancellationToken = default);

    /// <summary>Sums over whole hours: those that <see cref="UsageQuery.From"/> and <see cref="UsageQuery.To"/> fall in included.</summary>
    /// <returns>One row for each combination of what was grouped by, ordered by time, then by the names; none for no usage.</returns>
    Task<IReadOnlyList<UsageRow>> SummariseAsync(UsageQuery query, UsageGrouping grouping, CancellationToken cancellationToken = default);

    /// <summary>
    /// How long requests took, as percentiles: exact where there are not too many entries, else of a sample of them that is spread evenly over the time. Whole hours are taken as by <see cref="SummariseAsync"/>.
    /// </summary>
    /// <param name="query">Which usage.</param>
    /// <param name="grouping">What to group by.</param>
    /// <param name="most">How many entries are looked at; of more a sample is taken.</param>
    /// <param name="cancellationToken">Gives up.</param>
    Task<UsageLatencies> MeasureAsync(UsageQuery query, UsageGrouping grouping, int most = 200_000, CancellationToken cancellationToken = default);

    /// <summary>The entries themselves, newest first; here the times are exact.</summary>
    Task<Page<UsageEntry>> ListAsync(UsageQuery query, PageRequest page, CancellationToken cancellationToken = default);

    /// <summary>Drops entries older than <paramref name="before"/>; summaries stay.</summary>
    /// <returns>How many.</returns>
    Task<int> PruneAsync(DateTimeOffset before, CancellationToken cancellationToken = default);
}

/// <summary>What one request used.</summary>
public sealed record UsageEntry
{
    /// <summary>The request's id (the flow's).</summary>
    public required string RequestId { get; init; }

    /// <summary>When it came.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>The client key's id; empty for none.</summary>
    public string KeyId { get; init; } = "";

    /// <summary>The account that answered; empty for none.</summary>
    public string AccountId { get; init; } = "";

    /// <summary>The provider that answered; empty for none.</summary>
    public string Provider { get; init; } = "";

    /// <summary>The upstream's model; the name asked for where nobody answered.</summary>
    public string Model { get; init; } = "";

    /// <summary>The name the client asked for.</summary>
    public string RequestedModel { get; init; } = "";

    /// <summary>The family of client programs, for example <c>claude-code</c>; empty where it is not known.</summary>
    public string Client { get; init; } = "";

    /// <summary>The status the client got.</summary>
    public int Status { get; init; }

    /// <summary>Whether it failed.</summary>
    public bool Failed { get; init; }

    /// <summary>Whether it was a stream.</summary>
    public bool Stream { get; init; }

    /// <summary>Tokens of the whole prompt, cached ones included.</summary>
    public long InputTokens { get; init; }

    /// <summary>Tokens of the answer, reasoning included.</summary>
    public long OutputTokens { get; init; }

    /// <summary>Of the prompt, those from the cache.</summary>
    public long CachedTokens { get; init; }

    /// <summary>Of the prompt, those written to the cache.</summary>
    public long CacheWriteTokens { get; init; }

    /// <summary>Of the answer, those of reasoning.</summary>
    public long ReasoningTokens { get; init; }

    /// <summary>What it took from the account's plan, in the vendor's own credits; null where the vendor does not say.</summary>
    public decimal? Credits { get; init; }

    /// <summary>What it cost in US dollars; null when the price is unknown.</summary>
    public decimal? Cost { get; init; }

    /// <summary>What <see cref="Cost"/> is made of; null where that is not known.</summary>
    public CostParts? CostParts { get; init; }

    /// <summary>Time to the first byte for the client, or null.</summary>
    public TimeSpan? FirstByte { get; init; }

    /// <summary>Time to the end.</summary>
    public TimeSpan Duration { get; init; }

    /// <summary>Whether the numbers are an estimate: the upstream never said, or the process died before it could.</summary>
    public bool Estimated { get; init; }
}

/// <summary>Which usage is meant. Null is any.</summary>
public sealed record UsageQuery
{
    /// <summary>From when, included.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>Until when, not included.</summary>
    public DateTimeOffset? To { get; init; }

    /// <summary>Of this key.</summary>
    public string? KeyId { get; init; }

    /// <summary>Of this account.</summary>
    public string? AccountId { get; init; }

    /// <summary>Of this provider.</summary>
    public string? Provider { get; init; }

    /// <summary>Of this upstream model.</summary>
    public string? Model { get; init; }

    /// <summary>Of this family of client programs; empty for those that are not known.</summary>
    public string? Client { get; init; }
}

/// <summary>What to sum by. All false and no step gives the total.</summary>
public sealed record UsageGrouping
{
    /// <summary>A row for each key.</summary>
    public bool Key { get; init; }

    /// <summary>A row for each account.</summary>
    public bool Account { get; init; }

    /// <summary>A row for each provider.</summary>
    public bool Provider { get; init; }

    /// <summary>A row for each upstream model.</summary>
    public bool Model { get; init; }

    /// <summary>A row for each family of client programs.</summary>
    public bool Client { get; init; }

    /// <summary>A row for each span of time.</summary>
    public UsageStep Step { get; init; }

    /// <summary>How far local days are from UTC, for <see cref="UsageStep.Day"/> and <see cref="UsageStep.Week"/>.</summary>
    public TimeSpan Offset { get; init; }

    /// <summary>Whether the entries are summed and not the summaries by the hour: whole tens of minutes are counted, and it takes longer the more entries there are. So it is for <see cref="UsageStep.TenMinutes"/>.</summary>
    public bool ByEntries { get; init; }
}

/// <summary>How fine a series is.</summary>
public enum UsageStep
{
    /// <summary>No series.</summary>
    None,

    /// <summary>By the hour.</summary>
    Hour,

    /// <summary>By the day.</summary>
    Day,

    /// <summary>By ten minutes.</summary>
    [JsonStringEnumMemberName("10m")]
    TenMinutes,

    /// <summary>By the week, which begins on Monday.</summary>
    Week,
}

/// <summary>One row of a summary.</summary>
public sealed record UsageRow
{
    /// <summary>When the hour or day begins, or null without a step.</summary>
    public DateTimeOffset? At { get; init; }

    /// <summary>The key, or null when not grouped by it.</summary>
    public string? KeyId { get; init; }

    /// <summary>The account, or null when not grouped by it.</summary>
    public string? AccountId { get; init; }

    /// <summary>The provider, or null when not grouped by it.</summary>
    public string? Provider { get; init; }

    /// <summary>The model, or null when not grouped by it.</summary>
    public string? Model { get; init; }

    /// <summary>The family of client programs, or null when not grouped by it; empty for those that are not known.</summary>
    public string? Client { get; init; }

    /// <summary>Requests.</summary>
    public long Requests { get; init; }

    /// <summary>Of them, failed ones.</summary>
    public long Errors { get; init; }

    /// <summary>Of them, those whose numbers are estimates.</summary>
    public long Estimated { get; init; }

    /// <summary>Of them, those whose price is unknown; their cost is not in <see cref="Cost"/>.</summary>
    public long Unpriced { get; init; }

    /// <summary>Tokens of prompts.</summary>
    public long InputTokens { get; init; }

    /// <summary>Tokens of answers.</summary>
    public long OutputTokens { get; init; }

    /// <summary>Of the prompts, those from caches.</summary>
    public long CachedTokens { get; init; }

    /// <summary>Of the prompts, those written to caches.</summary>
    public long CacheWriteTokens { get; init; }

    /// <summary>Of the answers, those of reasoning.</summary>
    public long ReasoningTokens { get; init; }

    /// <summary>What the requests took from plans, in the vendors' own credits, of those whose vendors say it.</summary>
    public decimal Credits { get; init; }

    /// <summary>What the priced requests cost, in US dollars; null when none of them has a price.</summary>
    public decimal? Cost { get; init; }

    /// <summary>What <see cref="Cost"/> is made of, of the requests of which that is known; null where none has a price.</summary>
    public CostParts? CostParts { get; init; }

    /// <summary>The mean time to the first byte, of those that had one; or null.</summary>
    public TimeSpan? MeanFirstByte { get; init; }

    /// <summary>The mean time to the end.</summary>
    public TimeSpan MeanDuration { get; init; }
}

/// <summary>What a cost in US dollars is made of.</summary>
/// <param name="Input">Tokens of prompts that were neither read from a cache nor written to one.</param>
/// <param name="Cached">Tokens of prompts that were read from a cache.</param>
/// <param name="CacheWrite">Tokens of prompts that were written to a cache.</param>
/// <param name="Output">Tokens of answers, without those of reasoning.</param>
/// <param name="Reasoning">Tokens of reasoning.</param>
public readonly record struct CostParts(decimal Input, decimal Cached, decimal CacheWrite, decimal Output, decimal Reasoning)
{
    /// <summary>All of it.</summary>
    [JsonIgnore]
    public decimal Total => Input + Cached + CacheWrite + Output + Reasoning;

    /// <summary>Two costs together.</summary>
    public static CostParts operator +(CostParts one, CostParts other)
        => new(one.Input + other.Input, one.Cached + other.Cached, one.CacheWrite + other.CacheWrite, one.Output + other.Output, one.Reasoning + other.Reasoning);

    /// <summary>Two costs together.</summary>
    public static CostParts Add(CostParts one, CostParts other) => one + other;
}

/// <summary>How long requests took.</summary>
/// <param name="Rows">A row for each combination of what was grouped by.</param>
/// <param name="Total">All of them together; null for none.</param>
/// <param name="Sampled">Whether there were so many that only a sample was taken.</param>
public sealed record UsageLatencies(IReadOnlyList<UsageLatency> Rows, UsageLatency? Total, bool Sampled);

/// <summary>Percentiles of what requests took: half of them, and 95 of 100, took at most so long.</summary>
public sealed record UsageLatency
{
    /// <summary>Which requests: the row of <see cref="IUsageStore.SummariseAsync"/> that has the same time and names.</summary>
    public required UsageRow Group { get; init; }

    /// <summary>To the first byte for the client, of those that had one: the median; or null.</summary>
    public TimeSpan? FirstByteMedian { get; init; }

    /// <summary>To the first byte for the client, of those that had one: the 95th percentile; or null.</summary>
    public TimeSpan? FirstByte95 { get; init; }

    /// <summary>To the end: the median.</summary>
    public TimeSpan DurationMedian { get; init; }

    /// <summary>To the end: the 95th percentile.</summary>
    public TimeSpan Duration95 { get; init; }
}
