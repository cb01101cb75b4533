using Dragoman.Gateway.Persistence;

namespace Dragoman.Gateway.Requests;

/// <summary>Why an account stands where it does in a plan, or is left out: codes that stay the same, beside the words for people. What a word needs besides is in the values of <see cref="Exclusion"/>.</summary>
public static class RouteReasons
{
    /// <summary>The caller asked for this account by name.</summary>
    public const string Pinned = "pinned";

    /// <summary>The conversation is this account's.</summary>
    public const string Conversation = "conversation";

    /// <summary>It cools down; a candidate is asked after the others.</summary>
    public const string CoolingDown = "cooling_down";

    /// <summary>It had as many requests in the last minute as its owner's limits allow.</summary>
    public const string RateReached = "rate_reached";

    /// <summary>The account is disabled.</summary>
    public const string Disabled = "disabled";

    /// <summary>The account's owner has excluded the model.</summary>
    public const string ModelExcluded = "model_excluded";

    /// <summary>It serves as many requests at once as it may.</summary>
    public const string Full = "full";

    /// <summary>The caller's key may not use the provider.</summary>
    public const string ProviderNotPermitted = "provider_not_permitted";

    /// <summary>What is left of its quota is kept.</summary>
    public const string QuotaReserved = "quota_reserved";

    /// <summary>The code of what a cooldown follows from: <c>rate_limited</c>, <c>quota_exhausted</c>, …</summary>
    public static string CauseOf(FailureClass cause) => cause switch
    {
        FailureClass.RateLimited => "rate_limited",
        FailureClass.QuotaExhausted => "quota_exhausted",
        FailureClass.Capacity => "capacity",
        FailureClass.Transient => "transient",
        FailureClass.UpstreamBug => "upstream_bug",
        FailureClass.AuthExpired => "auth_expired",
        FailureClass.AuthDead => "auth_dead",
        FailureClass.Forbidden => "forbidden",
        FailureClass.Gone => "gone",
        _ => "other",
    };
}
