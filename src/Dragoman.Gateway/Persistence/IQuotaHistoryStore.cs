namespace Dragoman.Gateway.Persistence;

/// <summary>How quotas stood over time: readings of windows, and how much of each period was used.</summary>
public interface IQuotaHistoryStore
{
    /// <summary>Appends readings; one of a window and time that is known already changes nothing.</summary>
    Task AppendAsync(IReadOnlyList<StoredQuotaReading> readings, CancellationToken cancellationToken = default);

    /// <summary>The newest readings that fit, at most so many, ordered by account, model, name and time.</summary>
    Task<IReadOnlyList<StoredQuotaReading>> ListAsync(QuotaHistoryQuery query, int most, CancellationToken cancellationToken = default);

    /// <summary>The highest reading of each window and stated reset, of resets between two times.</summary>
    Task<IReadOnlyList<QuotaPeak>> PeaksAsync(DateTimeOffset resetFrom, DateTimeOffset resetTo, CancellationToken cancellationToken = default);

    /// <summary>Forgets readings that are older.</summary>
    /// <returns>How many.</returns>
    Task<int> PruneAsync(DateTimeOffset before, CancellationToken cancellationToken = default);
}

/// <summary>How a quota window stood at a time.</summary>
/// <param name="AccountId">The account.</param>
/// <param name="Model">The upstream's model; null for the account as a whole.</param>
/// <param name="Name">The window's name.</param>
/// <param name="At">When.</param>
/// <param name="Used">How much was used, 0 to 1.</param>
/// <param name="ResetsAt">When it was to begin anew; null where the upstream did not say.</param>
/// <param name="Length">How long it is; null where that is not known.</param>
public sealed record StoredQuotaReading(string AccountId, string? Model, string Name, DateTimeOffset At, double Used, DateTimeOffset? ResetsAt, TimeSpan? Length);

/// <summary>Which readings are meant. Null is any.</summary>
public sealed record QuotaHistoryQuery
{
    /// <summary>Of this account.</summary>
    public string? AccountId { get; init; }

    /// <summary>Of windows of this name.</summary>
    public string? Name { get; init; }

    /// <summary>Of this model; empty for the account as a whole.</summary>
    public string? Model { get; init; }

    /// <summary>From when, included.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>Until when, not included.</summary>
    public DateTimeOffset? To { get; init; }
}

/// <summary>The most that was used of a window before a stated reset.</summary>
/// <param name="AccountId">The account.</param>
/// <param name="Model">The upstream's model; null for the account as a whole.</param>
/// <param name="Name">The window's name.</param>
/// <param name="FirstAt">When it was first read.</param>
/// <param name="ResetsAt">The reset.</param>
/// <param name="Length">How long it is; null where that is not known.</param>
/// <param name="Used">The most that was used, 0 to 1.</param>
public sealed record QuotaPeak(string AccountId, string? Model, string Name, DateTimeOffset FirstAt, DateTimeOffset ResetsAt, TimeSpan? Length, double Used);
