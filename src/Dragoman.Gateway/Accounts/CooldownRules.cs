using Dragoman.Gateway.Persistence;
using Dragoman.Protocols;

namespace Dragoman.Gateway.Accounts;

/// <summary>How long a target cools down after which failure. The numbers and where they come from are in this folder's README.md.</summary>
internal static class CooldownRules
{
    /// <summary>The longest cooldown that is a guess of ours.</summary>
    public static readonly TimeSpan LongestGuess = TimeSpan.FromMinutes(30);

    /// <summary>The longest cooldown after a rate limit or passing fault that the upstream may ask for.</summary>
    public static readonly TimeSpan LongestHint = TimeSpan.FromHours(1);

    /// <summary>The longest cooldown until a quota's reset that the upstream may ask for: a weekly window and a day.</summary>
    public static readonly TimeSpan LongestQuotaHint = TimeSpan.FromDays(8);

    /// <summary>Faults of parallel requests within this time count once.</summary>
    public static readonly TimeSpan SameFault = TimeSpan.FromSeconds(2);

    /// <summary>After this long without a fault a run of failures is forgotten (counted from the end of the cooldown).</summary>
    public static readonly TimeSpan Forgotten = TimeSpan.FromMinutes(10);

    private static readonly TimeSpan[] Steps = [TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(5), LongestGuess];

    /// <summary>Whether the failure says nothing against the account at all.</summary>
    public static bool IsRequestFault(FailureClass cause)
        => cause is FailureClass.InvalidRequest or FailureClass.ContextTooLong or FailureClass.ContentFiltered or FailureClass.Unsupported;

    /// <summary>Whether an upstream's time is a limit to be obeyed: only then may a cooldown refuse requests.</summary>
    public static bool IsLimit(FailureClass cause) => cause is FailureClass.RateLimited or FailureClass.QuotaExhausted or FailureClass.Capacity
        or FailureClass.Transient or FailureClass.UpstreamBug;

    /// <summary>Whether the whole account cools down, not only the target.</summary>
    public static bool IsOfAccount(Failure failure)
        => failure.IsOfAccount || failure.Class is FailureClass.AuthDead or FailureClass.AuthExpired || failure.Error.Kind == ErrorKind.Billing;

    /// <summary>The cooldown we guess at for the given number of faults in a row.</summary>
    public static TimeSpan Guess(FailureClass cause, int failures, TimeSpan transientCap) => cause switch
    {
        FailureClass.RateLimited => Doubling(TimeSpan.FromSeconds(1), failures, LongestGuess),
        // One odd request must not move a target behind the others for long; the same fault again and again does.
        FailureClass.QuotaExhausted or FailureClass.Forbidden or FailureClass.Gone => Steps[Math.Min(failures, Steps.Length) - 1],
        FailureClass.Capacity => Doubling(TimeSpan.FromSeconds(15), failures, TimeSpan.FromSeconds(60)),
        FailureClass.Transient or FailureClass.UpstreamBug => Doubling(TimeSpan.FromSeconds(5), failures, transientCap),
        FailureClass.AuthExpired => TimeSpan.FromMinutes(1),
        FailureClass.AuthDead => LongestGuess,
        _ => TimeSpan.Zero,
    };

    /// <summary>The longest wait that an upstream's own word may bring.</summary>
    public static TimeSpan HintCap(FailureClass cause) => cause == FailureClass.QuotaExhausted ? LongestQuotaHint : LongestHint;

    private static TimeSpan Doubling(TimeSpan first, int failures, TimeSpan cap)
    {
        var ticks = first.Ticks * Math.Pow(2, Math.Min(failures, 30) - 1);
        return ticks >= cap.Ticks ? cap : TimeSpan.FromTicks((long)ticks);
    }
}
