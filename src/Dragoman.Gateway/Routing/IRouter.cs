using Dragoman.Gateway.Persistence;
using Dragoman.Gateway.Requests;
using Dragoman.Protocols.Conversation;

namespace Dragoman.Gateway.Routing;

/// <summary>Chooses who answers, and learns from how it went.</summary>
public interface IRouter
{
    /// <summary>
    /// The candidates for a request, in order. Planning moves round-robin on; <paramref name="dryRun"/> (explain) leaves everything as it is.
    /// </summary>
    RoutePlan Plan(RouteRequest request, bool dryRun = false);

    /// <summary>Models that stand in, one after the other, when all accounts of the requested one are exhausted.</summary>
    IReadOnlyList<string> FallbacksOf(RouteRequest request);

    /// <summary>
    /// Takes a place at the candidate's account for one attempt; every place that was taken is given back by <see cref="Release"/>. Things may
    /// have changed since the plan was made.
    /// </summary>
    AcquireResult TryAcquire(Candidate candidate);

    /// <summary>Gives the place back.</summary>
    void Release(Candidate candidate);

    /// <summary>Ends when a place at an account with a limit is given back. Ask for it before looking whether there is one, or the notice may be missed.</summary>
    Task SlotFreed { get; }

    /// <summary>The candidate answered: its target's fault counters are reset, and the session sticks to it.</summary>
    /// <param name="request">The request.</param>
    /// <param name="candidate">Who answered.</param>
    /// <param name="usage">What the answer cost, as far as is known.</param>
    void ReportSuccess(RouteRequest request, Candidate candidate, TokenUsage? usage = null);

    /// <summary>The candidate failed: its target (or, for authentication faults, the whole account) cools down as the class demands.</summary>
    /// <returns>How the target stands now; null when it does not cool down for it.</returns>
    CooldownState? ReportFailure(Candidate candidate, Failure failure);

    /// <summary>The candidate's upstream said how its quotas stand.</summary>
    void ReportQuotas(Candidate candidate, QuotaReading quotas);
}

/// <summary>Whether an attempt may be made.</summary>
public enum AcquireResult
{
    /// <summary>A place was taken.</summary>
    Taken,

    /// <summary>The account serves as many requests as it may.</summary>
    Full,

    /// <summary>The upstream has stated a limit since the plan was made.</summary>
    CoolingDown,

    /// <summary>The target has failed since the plan was made: it is asked after the others.</summary>
    CoolsDown,

    /// <summary>The account was removed or disabled since the plan was made.</summary>
    Gone,
}
