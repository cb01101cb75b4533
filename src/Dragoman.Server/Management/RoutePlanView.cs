using Dragoman.Gateway.Requests;

namespace Dragoman.Server.Management;

/// <summary>A route plan, for the API and for <c>dragoman explain --json</c>.</summary>
/// <param name="Model">The model asked for.</param>
/// <param name="Steps">How the name was read and the order made.</param>
/// <param name="Candidates">Who would be tried, in order.</param>
/// <param name="Excluded">Who was left out.</param>
/// <param name="Error">What the client would be told, when nobody can answer.</param>
internal sealed record RoutePlanView(string Model, IReadOnlyList<string> Steps, IReadOnlyList<CandidateView> Candidates, IReadOnlyList<ExclusionView> Excluded, RouteErrorView? Error)
{
    public static RoutePlanView Of(RoutePlan plan) => new(
        plan.RequestedModel,
        plan.Steps,
        [.. plan.Candidates.Select(candidate => new CandidateView(candidate.Account.Label, candidate.Account.Id, candidate.Account.Provider, candidate.Account.Language.ToString(), candidate.Model.Id, candidate.Account.Priority, candidate.Why) { CoolingUntil = candidate.Cooldown?.Until })],
        [.. plan.Excluded.Select(exclusion => new ExclusionView(exclusion.Account.Label, exclusion.Model, exclusion.Reason, exclusion.Until))],
        plan.Error is { } error ? new RouteErrorView(error.EffectiveStatus, error.Message, error.Code, error.RetryAfter is { } wait ? Math.Ceiling(wait.TotalSeconds) : null) : null);
}

/// <summary>Who would be tried.</summary>
internal sealed record CandidateView(string Account, string AccountId, string Provider, string Language, string Model, int Priority, string? Why)
{
    /// <summary>Until when it is asked after the others, because it failed of late; absent when it does not cool down.</summary>
    public DateTimeOffset? CoolingUntil { get; init; }
}

/// <summary>Who was left out, why, and until when its upstream said.</summary>
internal sealed record ExclusionView(string Account, string Model, string Reason, DateTimeOffset? Until);

/// <summary>What the client would be told.</summary>
internal sealed record RouteErrorView(int Status, string Message, string? Code, double? RetryAfterSeconds);
