using Dragoman.Protocols;

namespace Dragoman.Gateway.Persistence;

/// <summary>What sort of failure; what follows from it is decided once, in Relay.</summary>
public enum FailureClass
{
    /// <summary>A passing fault (5xx, reset, time-out before the first byte): the same candidate may be tried again.</summary>
    Transient,

    /// <summary>Too many requests: the target waits until <see cref="Failure.Until"/>.</summary>
    RateLimited,

    /// <summary>A quota is used up: the target waits until <see cref="Failure.Until"/>.</summary>
    QuotaExhausted,

    /// <summary>The provider is overloaded (529, 503): try elsewhere, cool the target shortly.</summary>
    Capacity,

    /// <summary>A token has expired: refresh once, then try again.</summary>
    AuthExpired,

    /// <summary>The credential is not accepted: the account cools down.</summary>
    AuthDead,

    /// <summary>The credential may not do this (a ban, a missing permission, a model it has no access to).</summary>
    Forbidden,

    /// <summary>The prompt is too long for the model: no candidate of the same model would take it; tell the client.</summary>
    ContextTooLong,

    /// <summary>The request itself is wrong: tell the client.</summary>
    InvalidRequest,

    /// <summary>A filter stopped it: tell the client.</summary>
    ContentFiltered,

    /// <summary>The upstream answered against its own protocol: try elsewhere.</summary>
    UpstreamBug,

    /// <summary>The model or address is not there: try elsewhere, and ask this target after the others for a while.</summary>
    Gone,

    /// <summary>
    /// This upstream does not take this request (a tool, a region, a data policy, a plan): another may, and other requests are taken here as
    /// ever, so nothing cools down.
    /// </summary>
    Unsupported,
}

/// <summary>What the owner of an account wants to follow from a failure, where its class alone would have something else follow.</summary>
public enum Ruling
{
    /// <summary>Nothing: the class says it.</summary>
    None,

    /// <summary>The client gets the error, and nothing cools down.</summary>
    Stop,

    /// <summary>The client gets the error, and the target cools down, also where the account's targets never do else.</summary>
    StopAndCoolDown,

    /// <summary>The target cools down, also where the account's targets never do else.</summary>
    CoolDown,
}

/// <summary>A classified failure of one attempt.</summary>
/// <param name="Class">What sort.</param>
/// <param name="Error">What the client is told if nobody else can answer; the upstream's wording unchanged.</param>
/// <param name="Until">When the target may be tried again, where the upstream said so; else null.</param>
public sealed record Failure(FailureClass Class, WireError Error, DateTimeOffset? Until = null)
{
    /// <summary>Whether the upstream speaks of the whole account where the class alone would be about the model (a plan's window that all models share).</summary>
    public bool IsOfAccount { get; init; }

    /// <summary>What the account's owner has ruled for failures like this one; <see cref="Ruling.None"/> leaves it to the class.</summary>
    public Ruling Ruling { get; init; }

    /// <summary>Whether the upstream answered and said nothing, which is nobody's fault that another try would meet again: nothing cools down.</summary>
    public bool IsEmptyAnswer { get; init; }

    /// <summary>Whether only encrypted reasoning is in the way that another organization's account has made: without it the request may be answered.</summary>
    public bool IsForeignReasoning { get; init; }
}
