namespace Dragoman.Gateway.Persistence;

/// <summary>
/// Budgets: <c>reserve → settle | release</c>, keyed by request id. A reservation takes from every window at once or from none, in one
/// transaction that is durable before it is acknowledged; what is spent and reserved together never exceeds a limit at the time of
/// reserving, on however many nodes. (Settling books what was really used, and that may be more: the crossing request completes.)
/// </summary>
public interface IBudgetStore
{
    /// <summary>
    /// Takes a reservation from all windows of the request, or from none. Repeated with the same request id, it answers as the first time
    /// and takes nothing more.
    /// </summary>
    Task<BudgetVerdict> ReserveAsync(ReservationRecord reservation, CancellationToken cancellationToken = default);

    /// <summary>
    /// Raises an open reservation to the given totals (never lowers it), in all its windows or in none: for streams that outgrow their estimate.
    /// Repeating it changes nothing. A reservation that is not open any more is refused without a line.
    /// </summary>
    Task<BudgetVerdict> RaiseAsync(string requestId, decimal tokens, decimal money, CancellationToken cancellationToken = default);

    /// <summary>
    /// Books what was used, gives back the rest, and appends the usage entry: one transaction, done once however often it is called. Settles
    /// a request without a reservation too (then only the entry is appended), and one that was settled as an orphan: there the estimate is
    /// replaced by the real numbers. Where the price is unknown, the money reserved is booked.
    /// </summary>
    /// <returns>False when it was settled before with real numbers.</returns>
    Task<bool> SettleAsync(UsageEntry used, CancellationToken cancellationToken = default);

    /// <summary>Gives a reservation back whole: the request never reached an upstream.</summary>
    /// <returns>Whether there was an open one.</returns>
    Task<bool> ReleaseAsync(string requestId, CancellationToken cancellationToken = default);

    /// <summary>Says that a process lives: its open reservations do not become orphans for another <paramref name="term"/>.</summary>
    /// <returns>How many are open.</returns>
    Task<int> KeepAliveAsync(string instance, TimeSpan term, CancellationToken cancellationToken = default);

    /// <summary>
    /// Settles reservations nobody lives for as estimates: everything reserved is booked, and the usage entry that came with the reservation
    /// is appended, marked as estimated. Of one instance (which is known to be gone), or with null all whose term is over.
    /// </summary>
    /// <returns>The entries appended.</returns>
    Task<IReadOnlyList<UsageEntry>> SettleOrphansAsync(string? ofInstance = null, CancellationToken cancellationToken = default);

    /// <summary>How the present windows of an owner stand, for limits given; windows nobody used yet stand at zero.</summary>
    Task<IReadOnlyList<BudgetStatus>> GetStatusAsync(string owner, IReadOnlyList<BudgetLimit> limits, CancellationToken cancellationToken = default);

    /// <summary>Forgets settled and released reservations, and windows that ended, before <paramref name="before"/>.</summary>
    Task<int> PruneAsync(DateTimeOffset before, CancellationToken cancellationToken = default);
}

/// <summary>What a budget counts.</summary>
public enum BudgetUnit
{
    /// <summary>Tokens, of prompts and answers together.</summary>
    Tokens,

    /// <summary>US dollars.</summary>
    Money,
}

/// <summary>How long a budget's window is.</summary>
public enum BudgetPeriod
{
    /// <summary>A day of its time zone.</summary>
    Day,

    /// <summary>A month of its time zone.</summary>
    Month,

    /// <summary>For ever.</summary>
    Total,
}

/// <summary>A limit on what may be spent.</summary>
/// <param name="Unit">Of what.</param>
/// <param name="Period">In which window.</param>
/// <param name="Limit">How much: tokens or US dollars.</param>
/// <param name="TimeZone">The IANA name of the zone whose days and months count.</param>
public sealed record BudgetLimit(BudgetUnit Unit, BudgetPeriod Period, decimal Limit, string TimeZone = "UTC");

/// <summary>One window that a reservation takes from.</summary>
/// <param name="Owner">Whose budget: <c>key:&lt;id&gt;</c>, <c>account:&lt;id&gt;</c>, <c>all</c>, …</param>
/// <param name="Limit">The limit.</param>
public sealed record BudgetLine(string Owner, BudgetLimit Limit);

/// <summary>What is to be reserved.</summary>
public sealed record ReservationRecord
{
    /// <summary>The request's id.</summary>
    public required string RequestId { get; init; }

    /// <summary>The process that will settle it: an id made anew at every start.</summary>
    public required string Instance { get; init; }

    /// <summary>The windows; at most one for each owner, unit and period.</summary>
    public required IReadOnlyList<BudgetLine> Lines { get; init; }

    /// <summary>An upper bound of its tokens, prompt and answer together.</summary>
    public decimal Tokens { get; init; }

    /// <summary>An upper bound of its cost in US dollars.</summary>
    public decimal Money { get; init; }

    /// <summary>After how long without <see cref="IBudgetStore.KeepAliveAsync"/> it is an orphan.</summary>
    public TimeSpan Term { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>The ledger's entry if nobody settles it: who and what, with the estimated numbers.</summary>
    public required UsageEntry IfOrphaned { get; init; }
}

/// <summary>What came of a reservation.</summary>
/// <param name="Granted">Whether it may be spent.</param>
/// <param name="Refusal">When refused: the window without room that ends last; null when there is no such reservation to raise.</param>
public sealed record BudgetVerdict(bool Granted, BudgetStatus? Refusal = null);

/// <summary>How one window stands.</summary>
/// <param name="Owner">Whose.</param>
/// <param name="Limit">The limit.</param>
/// <param name="Start">When it began; null for <see cref="BudgetPeriod.Total"/>.</param>
/// <param name="End">When it ends; null for <see cref="BudgetPeriod.Total"/>.</param>
/// <param name="Spent">What was booked.</param>
/// <param name="Reserved">What is reserved.</param>
public sealed record BudgetStatus(string Owner, BudgetLimit Limit, DateTimeOffset? Start, DateTimeOffset? End, decimal Spent, decimal Reserved)
{
    /// <summary>What is left.</summary>
    public decimal Remaining => Math.Max(0, Limit.Limit - Spent - Reserved);
}
