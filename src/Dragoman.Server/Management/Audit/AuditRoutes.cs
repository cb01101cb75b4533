using Dragoman.Gateway.Persistence;

namespace Dragoman.Server.Management.Audit;

/// <summary><c>GET /api/v1/audit</c>: who changed what.</summary>
internal sealed class AuditRoutes(IAuditStore entries) : IManagementRoutes
{
    public void Map(IEndpointRouteBuilder api)
        => api.MapGet("/audit", async Task<Results<Ok<AuditPageView>, ManagementError>> (string? actor, string? action, string? target, DateTimeOffset? from, DateTimeOffset? to, int? limit, string? after, CancellationToken cancellationToken) =>
        {
            if (PageQuery.Invalid(limit) is { } fault) return fault;
            var query = new AuditQuery { Actor = actor, Action = action, Target = target, From = from, To = to };
            var page = await entries.ListAsync(query, PageQuery.Parse(limit, after), cancellationToken);
            return TypedResults.Ok(new AuditPageView([.. page.Items.Select(AuditEntryView.From)], page.Next));
        }).WithName("listAudit").WithTags("Gateway").WithSummary("Who changed what, newest first.")
            .WithDescription("`action` is one action (`key.rotate`), or all that begin with it when it ends in a dot (`key.`). `from` is included, `to` is not. `limit` is 1 to 1000; `after` is the `next` of the page before.");
}

/// <summary>A part of the audit log.</summary>
/// <param name="Entries">The entries, newest first.</param>
/// <param name="Next">What to ask for the next page with; absent at the end.</param>
internal sealed record AuditPageView(IReadOnlyList<AuditEntryView> Entries, string? Next);

/// <summary>One change, or one attempt at it.</summary>
/// <param name="At">When.</param>
/// <param name="Actor">Who: <c>management</c>, <c>cli</c>, <c>key:ID</c>, <c>gateway</c>.</param>
/// <param name="Source">From which address; empty for the process itself.</param>
/// <param name="Action">What.</param>
/// <param name="Target">On what; empty for nothing in particular.</param>
/// <param name="Outcome">What came of it: <c>done</c>, <c>refused</c>, <c>failed</c>.</param>
/// <param name="Detail">What changed, without secrets.</param>
internal sealed record AuditEntryView(DateTimeOffset At, string Actor, string Source, string Action, string Target, string Outcome, string Detail)
{
    public static AuditEntryView From(AuditEntry entry) => new(entry.At, entry.Actor, entry.Source, entry.Action, entry.Target, entry.Outcome, entry.Detail);
}
