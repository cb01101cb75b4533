using Dragoman.Gateway.Providers;

namespace Dragoman.Gateway.Relay;

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
    public static NextStep After(FailureClass failure) => failure switch
    {
        // What answers "expired" has been renewed by the provider meanwhile (keys of a chain, a clock's skew).
        FailureClass.Transient or FailureClass.AuthExpired => NextStep.RetrySame,
        FailureClass.ContextTooLong or FailureClass.InvalidRequest or FailureClass.ContentFiltered => NextStep.Surface,
        _ => NextStep.Switch,
    };

    /// <summary>Whether the candidate's lane has to rest for it.</summary>
    public static bool CoolsDown(FailureClass failure) => After(failure) != NextStep.Surface;

    /// <summary>Whether another round over the candidates may help.</summary>
    public static bool WorthAnotherRound(FailureClass failure) => failure is FailureClass.Transient or FailureClass.RateLimited
        or FailureClass.Capacity or FailureClass.UpstreamBug;
}
