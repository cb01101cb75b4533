using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Persistence;
using Dragoman.Protocols;

namespace Dragoman.Gateway.Forwarding.Failover;

/// <summary>What follows from a failure.</summary>
internal enum NextStep
{
    /// <summary>Try the same candidate again, then the next.</summary>
    RetrySame,

    /// <summary>Try the next candidate.</summary>
    Switch,

    /// <summary>Tell the client: nobody else would do better.</summary>
    Surface,
}

/// <summary>What follows from each class of failure: decided here, once, for all providers.</summary>
internal static class FailurePolicy
{
    public static NextStep After(Failure failure) => failure.Class switch
    {
        _ when failure.Ruling is Ruling.Stop or Ruling.StopAndCoolDown => NextStep.Surface,
        _ when failure.Ruling is Ruling.CoolDown => NextStep.Switch,
        // What answers "expired" has been renewed by the provider meanwhile (keys of a chain, a clock's skew).
        FailureClass.Transient or FailureClass.AuthExpired => NextStep.RetrySame,
        FailureClass.ContextTooLong or FailureClass.InvalidRequest or FailureClass.ContentFiltered => NextStep.Surface,
        _ => NextStep.Switch,
    };

    /// <summary>Whether the candidate's target has to cool down for it.</summary>
    public static bool CoolsDown(Failure failure) => !failure.IsEmptyAnswer && !CooldownRules.IsRequestFault(failure.Class);

    /// <summary>Whether another round over the candidates may help.</summary>
    public static bool WorthAnotherRound(Failure failure) => failure is { IsEmptyAnswer: false, Class: FailureClass.Transient or FailureClass.RateLimited or FailureClass.Capacity or FailureClass.UpstreamBug };

    /// <summary>
    /// How much a failure tells the client when several accounts failed, the most telling highest: what is wrong with the request itself, then a
    /// limit (waiting helps), then a request that this upstream does not take, then passing faults (trying again helps), then a model that is
    /// not there, and last what is wrong between the gateway and its accounts.
    /// </summary>
    public static int Specificity(Failure failure) => failure.Class switch
    {
        FailureClass.InvalidRequest or FailureClass.ContextTooLong or FailureClass.ContentFiltered => 6,
        FailureClass.QuotaExhausted when failure.Error.Kind == ErrorKind.Billing => 1,
        FailureClass.RateLimited or FailureClass.QuotaExhausted => 5,
        FailureClass.Unsupported => 4,
        FailureClass.Transient or FailureClass.Capacity or FailureClass.UpstreamBug => 3,
        FailureClass.Gone => 2,
        FailureClass.Forbidden => 1,
        _ => 0,
    };
}
