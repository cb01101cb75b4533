using Dragoman.Gateway.Persistence;

namespace Dragoman.Server.Management.Usage;

/// <summary>Usage, summed up.</summary>
/// <param name="From">From when, or null.</param>
/// <param name="To">Until when, or null.</param>
/// <param name="By">What it is summed by.</param>
/// <param name="Step">How fine the series is: <c>none</c>, <c>hour</c>, <c>day</c>.</param>
/// <param name="Rows">A row for each combination, ordered by time, then by the names.</param>
/// <param name="Total">All of it together; null where there is none.</param>
internal sealed record UsageSummaryView(DateTimeOffset? From, DateTimeOffset? To, IReadOnlyList<string> By, UsageStep Step, IReadOnlyList<UsageRowView> Rows, UsageRowView? Total);

/// <summary>A sum. Tokens of the cache are part of the input, those of reasoning part of the output.</summary>
internal sealed record UsageRowView
{
    public DateTimeOffset? At { get; init; }

    public string? Key { get; init; }

    /// <summary>What people call the key, where it is still known.</summary>
    public string? KeyName { get; init; }

    public string? Account { get; init; }

    public string? Provider { get; init; }

    public string? Model { get; init; }

    public long Requests { get; init; }

    public long Errors { get; init; }

    /// <summary>Requests whose numbers are estimates.</summary>
    public long Estimated { get; init; }

    /// <summary>Requests whose price is unknown; their cost is not in the sum.</summary>
    public long Unpriced { get; init; }

    public long InputTokens { get; init; }

    public long OutputTokens { get; init; }

    public long CachedTokens { get; init; }

    public long CacheWriteTokens { get; init; }

    public long ReasoningTokens { get; init; }

    /// <summary>US dollars; left out where no price is known.</summary>
    public decimal? Cost { get; init; }

    public double? MeanFirstByteMs { get; init; }

    public double MeanDurationMs { get; init; }

    public static UsageRowView From(UsageRow row, Func<string, string?> nameOf) => new()
    {
        At = row.At,
        Key = row.KeyId,
        KeyName = row.KeyId is { Length: > 0 } id ? nameOf(id) : null,
        Account = row.AccountId,
        Provider = row.Provider,
        Model = row.Model,
        Requests = row.Requests,
        Errors = row.Errors,
        Estimated = row.Estimated,
        Unpriced = row.Unpriced,
        InputTokens = row.InputTokens,
        OutputTokens = row.OutputTokens,
        CachedTokens = row.CachedTokens,
        CacheWriteTokens = row.CacheWriteTokens,
        ReasoningTokens = row.ReasoningTokens,
        Cost = row.Cost,
        MeanFirstByteMs = row.MeanFirstByte is { } first ? Milliseconds.From(first) : null,
        MeanDurationMs = Milliseconds.From(row.MeanDuration),
    };
}

/// <summary>What one request used.</summary>
internal sealed record UsageEntryView
{
    public required string RequestId { get; init; }

    public required DateTimeOffset At { get; init; }

    public required string Key { get; init; }

    public required string Account { get; init; }

    public required string Provider { get; init; }

    public required string Model { get; init; }

    public required string RequestedModel { get; init; }

    public int Status { get; init; }

    public bool Failed { get; init; }

    public bool Stream { get; init; }

    public long InputTokens { get; init; }

    public long OutputTokens { get; init; }

    public long CachedTokens { get; init; }

    public long CacheWriteTokens { get; init; }

    public long ReasoningTokens { get; init; }

    /// <summary>US dollars; left out where the price is unknown.</summary>
    public decimal? Cost { get; init; }

    public double? FirstByteMs { get; init; }

    public double DurationMs { get; init; }

    /// <summary>Whether the numbers are an estimate.</summary>
    public bool Estimated { get; init; }

    public static UsageEntryView From(UsageEntry entry) => new()
    {
        RequestId = entry.RequestId,
        At = entry.At,
        Key = entry.KeyId,
        Account = entry.AccountId,
        Provider = entry.Provider,
        Model = entry.Model,
        RequestedModel = entry.RequestedModel,
        Status = entry.Status,
        Failed = entry.Failed,
        Stream = entry.Stream,
        InputTokens = entry.InputTokens,
        OutputTokens = entry.OutputTokens,
        CachedTokens = entry.CachedTokens,
        CacheWriteTokens = entry.CacheWriteTokens,
        ReasoningTokens = entry.ReasoningTokens,
        Cost = entry.Cost,
        FirstByteMs = entry.FirstByte is { } first ? Milliseconds.From(first) : null,
        DurationMs = Milliseconds.From(entry.Duration),
        Estimated = entry.Estimated,
    };
}

/// <summary>A part of the ledger, newest first.</summary>
/// <param name="Entries">The entries.</param>
/// <param name="Next">What to ask for the next part with (<c>after=</c>), or null at the end.</param>
internal sealed record UsagePageView(IReadOnlyList<UsageEntryView> Entries, string? Next);
