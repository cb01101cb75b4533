using Dragoman.Gateway.Persistence;
using Dragoman.Gateway.Requests;
using Dragoman.Protocols;
using Dragoman.Protocols.Conversation;

namespace Dragoman.Gateway.Routing;

/// <summary>A router that leaves one account to choose: for requests whose sender has said who shall answer.</summary>
/// <param name="inner">The router whose plans are narrowed; it still learns from how it went.</param>
/// <param name="account">The account's id or label.</param>
public sealed class PinnedRouter(IRouter inner, string account) : IRouter
{
    /// <inheritdoc/>
    public RoutePlan Plan(RouteRequest request, bool dryRun = false)
    {
        ArgumentNullException.ThrowIfNull(request);
        var plan = inner.Plan(request, dryRun);
        var candidates = plan.Candidates.Where(candidate => Is(candidate.Account.Id, candidate.Account.Label)).Select(candidate => candidate with { Reason = "asked for by name" }).ToArray();
        return new RoutePlan
        {
            RequestedModel = plan.RequestedModel,
            Candidates = candidates,
            Excluded = plan.Excluded,
            Trace = plan.Trace,
            Error = candidates.Length > 0 ? null : ErrorOf(plan),
        };
    }

    /// <inheritdoc/>
    public Task SlotFreed => inner.SlotFreed;

    /// <summary>Nobody stands in for an account that was asked for by name.</summary>
    public IReadOnlyList<string> FallbacksOf(RouteRequest request) => [];

    /// <inheritdoc/>
    public AcquireResult TryAcquire(Candidate candidate) => inner.TryAcquire(candidate);

    /// <inheritdoc/>
    public void Release(Candidate candidate) => inner.Release(candidate);

    /// <inheritdoc/>
    public void ReportSuccess(RouteRequest request, Candidate candidate, TokenUsage? usage = null) => inner.ReportSuccess(request, candidate, usage);

    /// <inheritdoc/>
    public CooldownState? ReportFailure(Candidate candidate, Failure failure) => inner.ReportFailure(candidate, failure);

    /// <inheritdoc/>
    public void ReportQuotas(Candidate candidate, QuotaReading quotas) => inner.ReportQuotas(candidate, quotas);

    private WireError ErrorOf(RoutePlan plan)
    {
        var excluded = plan.Excluded.FirstOrDefault(exclusion => Is(exclusion.Account.Id, exclusion.Account.Label));
        return excluded is not null
            ? new WireError(ErrorKind.Unavailable, $"The account '{account}' cannot be used for '{plan.RequestedModel}' now: {excluded.Reason}.") { Code = "account_unavailable" }
            : plan.Error is { Kind: ErrorKind.NotFound } unknown ? unknown
            : new WireError(ErrorKind.NotFound, $"There is no account '{account}' that serves '{plan.RequestedModel}'.") { Code = "account_not_found" };
    }

    private bool Is(string id, string label) => id == account || label == account;
}
