namespace Dragoman.Gateway.Persistence;

/// <summary>How a target (or a whole account) stands. Immutable: a change swaps it whole.</summary>
public sealed record CooldownState
{
    /// <summary>A target that nothing is known of.</summary>
    public static CooldownState None { get; } = new();

    /// <summary>Until when it cools down; in the past when it does not.</summary>
    public DateTimeOffset Until { get; init; }

    /// <summary>Why it cools down or last cooled down.</summary>
    public FailureClass Cause { get; init; }

    /// <summary>Whether the upstream itself named the time.</summary>
    public bool IsUpstreamHint { get; init; }

    /// <summary>How many faults of the same sort came in a row; parallel ones count once.</summary>
    public int ConsecutiveFailures { get; init; }

    /// <summary>When the last of them was counted.</summary>
    public DateTimeOffset CountedAt { get; init; }

    /// <summary>
    /// Whether it cools down now. A cooldown that the upstream named (<see cref="IsUpstreamHint"/>) is obeyed; one that we only guess puts the target behind the others.
    /// </summary>
    public bool IsCoolingDown(DateTimeOffset now) => Until > now;

    /// <summary>Whether a guessed cooldown has ended of late and nothing has been answered since: one request finds out, the others go elsewhere as long.</summary>
    public bool IsUnproven(DateTimeOffset now, TimeSpan forgottenAfter) => ConsecutiveFailures > 0 && !IsUpstreamHint && Until <= now && now - Until < forgottenAfter;
}

/// <summary>A target as it stands, for people and for metrics.</summary>
/// <param name="AccountId">The account.</param>
/// <param name="Model">The upstream's model; null when the whole account is meant.</param>
/// <param name="State">How it stands.</param>
public sealed record CooldownReport(string AccountId, string? Model, CooldownState State)
{
    /// <summary>What the upstream last said of its quotas.</summary>
    public IReadOnlyList<QuotaWindow> Quotas { get; init; } = [];

    /// <summary>When windows are used up at the present pace, by their names; those that are not used up before their reset are left out.</summary>
    public IReadOnlyDictionary<string, DateTimeOffset> ExhaustedAt { get; init; } = new Dictionary<string, DateTimeOffset>();
}
