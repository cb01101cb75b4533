namespace Dragoman.Management.Quotas;

/// <summary>The quotas of all accounts.</summary>
/// <param name="Windows">A row for each quota window and each cooldown, the one that resets soonest first; those that never say when come last.</param>
/// <param name="Accounts">A row for each account, those that are ready last, the others by when they are ready again.</param>
public sealed record QuotaListView(IReadOnlyList<QuotaWindowView> Windows, IReadOnlyList<QuotaAccountView> Accounts);

/// <summary>One quota window of an account or of one of its models, or a cooldown where the upstream reported no window.</summary>
public sealed record QuotaWindowView
{
    /// <summary>The account's id.</summary>
    public required string AccountId { get; init; }

    /// <summary>Its label.</summary>
    public required string Account { get; init; }

    /// <summary>Its provider.</summary>
    public required string Provider { get; init; }

    /// <summary>Its plan, as the vendor names it; absent where the vendor does not say.</summary>
    public string? Plan { get; init; }

    /// <summary>The upstream's model or group of models; absent for the account as a whole.</summary>
    public string? Model { get; init; }

    /// <summary>The window's name: <c>5h</c>, <c>7d</c>, <c>requests</c>, …; <c>cooldown</c> where there is only a cooldown.</summary>
    public required string Name { get; init; }

    /// <summary>What sort of window it is: <c>minutes</c>, <c>five-hour</c>, <c>daily</c>, <c>weekly</c>, <c>monthly</c>, <c>requests</c>, <c>tokens</c>, <c>per-model</c>, <c>credits</c>, <c>cooldown</c> or <c>other</c>.</summary>
    public required string Family { get; init; }

    /// <summary>How much is used, 0 to 1; 0 once the reset has passed; absent where the upstream does not say.</summary>
    public double? UsedFraction { get; init; }

    /// <summary>The whole.</summary>
    public long? Limit { get; init; }

    /// <summary>The amount left.</summary>
    public long? Remaining { get; init; }

    /// <summary>When it begins anew; absent where the upstream does not say, or where that has passed.</summary>
    public DateTimeOffset? ResetsAt { get; init; }

    /// <summary>How long the window is, in seconds, where that is known.</summary>
    public long? WindowSeconds { get; init; }

    /// <summary>When the upstream said so.</summary>
    public DateTimeOffset? SeenAt { get; init; }

    /// <summary>Whether the account or model is cooling down.</summary>
    public bool CoolingDown { get; init; }

    /// <summary>When the cooldown ends.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>Why it is cooling down.</summary>
    public string? Reason { get; init; }

    /// <summary>The reason as a code, as for accounts; absent when it is not cooling down.</summary>
    public string? ReasonCode { get; init; }

    /// <summary>Whether requests can be sent now: something of the window is left, neither the model nor the account is cooling down, and the account is enabled.</summary>
    public bool Ready { get; init; }

    /// <summary>How the window ends at the pace so far; absent where too little is known.</summary>
    public QuotaForecastView? Forecast { get; init; }

    /// <summary>The share that was left when windows ended, averaged over those that ended within the last seven days; absent where none did.</summary>
    public double? UnusedLastWeek { get; init; }
}

/// <summary>How the quotas of an account stand as a whole.</summary>
/// <param name="AccountId">The account's id.</param>
/// <param name="Account">Its label.</param>
/// <param name="Provider">Its provider.</param>
/// <param name="Plan">Its plan, as the vendor names it.</param>
/// <param name="Ready">Whether requests can be sent to it now.</param>
/// <param name="NextReadyAt">When it is ready again; absent where it is ready now, or where nobody knows.</param>
/// <param name="AskedAt">When its vendor's usage page was asked last; absent where there is none.</param>
/// <param name="Problem">Why the usage page was not answered, or why the account cannot be used.</param>
public sealed record QuotaAccountView(string AccountId, string Account, string Provider, string? Plan, bool Ready, DateTimeOffset? NextReadyAt, DateTimeOffset? AskedAt, string? Problem)
{
    /// <summary>The problem as a code, as for accounts; absent where it is what the usage page answered.</summary>
    public string? ProblemCode { get; init; }

    /// <summary>What the problem says besides; absent without a code.</summary>
    public IReadOnlyDictionary<string, string>? ProblemValues { get; init; }

    /// <summary>The models of it that are cooling down by themselves: an account that is ready is not ready for these.</summary>
    public IReadOnlyList<CoolingModelView> CoolingModels { get; init; } = [];
}

/// <summary>A model of an account that is cooling down.</summary>
/// <param name="Model">The upstream's model.</param>
/// <param name="Until">When the cooldown ends.</param>
/// <param name="Reason">Why it is cooling down.</param>
/// <param name="ReasonCode">The reason as a code, as for accounts.</param>
public sealed record CoolingModelView(string Model, DateTimeOffset Until, string Reason, string ReasonCode);
