using Dragoman.Gateway.Requests;
using Dragoman.Gateway.Text;
using Dragoman.Protocols.Registry;

namespace Dragoman.Management.Routing;

/// <summary>A route plan, for the API and for <c>dragoman explain --json</c>.</summary>
/// <param name="Model">The model asked for.</param>
/// <param name="Trace">How the name was resolved and the order was made, in words.</param>
/// <param name="Candidates">Who would be tried, in order.</param>
/// <param name="Excluded">Who was left out.</param>
/// <param name="Error">The error the client would get, when no account can answer.</param>
public sealed record RoutePlanView(string Model, IReadOnlyList<string> Trace, IReadOnlyList<CandidateView> Candidates, IReadOnlyList<ExclusionView> Excluded, RouteErrorView? Error)
{
    /// <summary>The same as <see cref="Trace"/>, with each decision as a code and what it names: <c>configured</c>, <c>priority</c>, <c>conversation_stays</c>, …</summary>
    public IReadOnlyList<CodedText> Decisions { get; init; } = [];

    /// <summary>Describes a plan.</summary>
    public static RoutePlanView From(RoutePlan plan) => new(
        plan.RequestedModel,
        [.. plan.Trace.Select(static step => step.Text)],
        [.. plan.Candidates.Select(candidate => new CandidateView(candidate.Account.Label, candidate.Account.Id, candidate.Account.Provider, ProtocolRegistry.Traits(candidate.Account.Protocol).Name, candidate.Model.Id, candidate.Account.Priority, candidate.Reason)
        {
            ReasonCode = candidate.ReasonCode, CoolingDownUntil = candidate.Cooldown?.Until, CoolingDownCause = candidate.Cooldown is { } cooldown ? RouteReasons.CauseOf(cooldown.Cause) : null,
        })],
        [.. plan.Excluded.Select(exclusion => new ExclusionView(exclusion.Account.Label, exclusion.Model, exclusion.Reason, exclusion.Until, exclusion.Code, exclusion.Values))],
        plan.Error is { } error ? new RouteErrorView(error.EffectiveStatus, error.Message, error.Code, error.RetryAfter is { } wait ? Math.Ceiling(wait.TotalSeconds) : null) : null)
    {
        Decisions = plan.Trace,
    };
}

/// <summary>Who would be tried.</summary>
/// <param name="Account">The account's label.</param>
/// <param name="AccountId">The account's id.</param>
/// <param name="Provider">Its provider.</param>
/// <param name="Protocol">The protocol its upstream speaks.</param>
/// <param name="Model">The upstream's model.</param>
/// <param name="Priority">Accounts of higher priority are used up first.</param>
/// <param name="Reason">Why it stands where it does; absent where there is nothing to say.</param>
public sealed record CandidateView(string Account, string AccountId, string Provider, string Protocol, string Model, int Priority, string? Reason)
{
    /// <summary>Until when it is tried after the others, because it failed recently; absent when it is not cooling down.</summary>
    public DateTimeOffset? CoolingDownUntil { get; init; }

    /// <summary>What the cooldown follows from: <c>rate_limited</c>, <c>quota_exhausted</c>, <c>capacity</c>, <c>transient</c>, …; absent when it is not cooling down.</summary>
    public string? CoolingDownCause { get; init; }

    /// <summary>The reason as a code: <c>pinned</c>, <c>conversation</c>, <c>cooling_down</c>, or the strategy (<c>round-robin</c>, <c>fill-first</c>, <c>sticky</c>, <c>least-used</c>, <c>hybrid</c>).</summary>
    public string? ReasonCode { get; init; }
}

/// <summary>An account that was left out, why, and until when according to its upstream.</summary>
/// <param name="Account">The account's label.</param>
/// <param name="Model">The upstream's model.</param>
/// <param name="Reason">Why it was left out.</param>
/// <param name="Until">Until when, where its upstream said it.</param>
/// <param name="ReasonCode">The reason as a code: <c>disabled</c>, <c>model_excluded</c>, <c>cooling_down</c>, <c>rate_reached</c>, <c>full</c>, <c>provider_not_permitted</c>, <c>quota_reserved</c>.</param>
/// <param name="Values">What the reason says besides: <c>pattern</c>, <c>cause</c>, <c>concurrency</c>, <c>provider</c>, <c>left</c>, <c>kept</c>, <c>keys</c>.</param>
public sealed record ExclusionView(string Account, string Model, string Reason, DateTimeOffset? Until, string ReasonCode, IReadOnlyDictionary<string, string> Values);

/// <summary>The error the client would get.</summary>
/// <param name="Status">Its HTTP status.</param>
/// <param name="Message">Its message.</param>
/// <param name="Code">Its code, where it has one.</param>
/// <param name="RetryAfterSeconds">After how many seconds to try again, where that is known.</param>
public sealed record RouteErrorView(int Status, string Message, string? Code, double? RetryAfterSeconds);

/// <summary>The routes of all models.</summary>
/// <param name="Routes">A plan for each model.</param>
public sealed record RouteListView(IReadOnlyList<RoutePlanView> Routes);
