using Dragoman.Gateway.AccountManagement;

namespace Dragoman.Server.Management.Accounts;

/// <summary><c>GET /api/v1/limits</c>: what rests, until when and why, and how quotas stand.</summary>
internal sealed class LimitRoutes(TimeProvider time, AccountRegistry accounts, Dragoman.Gateway.Routing.Router router) : IManagementRoutes
{
    public void Map(IEndpointRouteBuilder api)
        => api.MapGet("/limits", () =>
        {
            var now = time.GetUtcNow();
            var known = accounts.Entries.Where(entry => entry.Problem is null).ToDictionary(entry => entry.Id, StringComparer.Ordinal);
            return TypedResults.Ok(new LimitListView([.. router.Lanes.Report()
                .Where(report => known.ContainsKey(report.AccountId) && (report.State.Rests(now) || report.Quotas.Count > 0))
                .Select(report => LimitView.Of(known[report.AccountId], CooldownView.Of(report, now)))
                .OrderByDescending(limit => limit.Resting).ThenBy(limit => limit.Until).ThenBy(limit => limit.Account, StringComparer.OrdinalIgnoreCase)]));
        }).WithName("listLimits").WithTags("Accounts").WithSummary("Every lane that rests or whose upstream told its quotas.");
}

/// <summary>What rests, and how quotas stand.</summary>
/// <param name="Limits">What rests first, in the order in which it is back.</param>
internal sealed record LimitListView(IReadOnlyList<LimitView> Limits);

/// <summary>A lane that rests, or whose upstream told its quotas.</summary>
/// <param name="AccountId">The account's id.</param>
/// <param name="Account">Its label.</param>
/// <param name="Provider">Its provider.</param>
/// <param name="Model">The upstream's model; absent for the account as a whole.</param>
/// <param name="Resting">Whether it rests now: nothing is sent there where the upstream named the time, else it is asked after the others.</param>
/// <param name="Until">Until when.</param>
/// <param name="Reason">Why.</param>
/// <param name="Told">Whether the upstream itself named the time.</param>
/// <param name="Quotas">What the upstream last said of its quotas.</param>
internal sealed record LimitView(string AccountId, string Account, string Provider, string? Model, bool Resting, DateTimeOffset? Until, string? Reason, bool Told, IReadOnlyList<QuotaView> Quotas)
{
    public static LimitView Of(AccountEntry account, CooldownView lane)
        => new(account.Id, account.Label, account.Account!.Provider, lane.Model, lane.Resting, lane.Until, lane.Reason, lane.Told, lane.Quotas);
}
