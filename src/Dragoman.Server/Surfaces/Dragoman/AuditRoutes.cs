using Dragoman.Gateway.Persistence;
using Dragoman.Management.Audit;

namespace Dragoman.Server.Surfaces.Dragoman;

/// <summary><c>GET /api/v1/audit</c>: who changed what.</summary>
internal sealed class AuditRoutes(AuditTrail audit) : IManagementRoutes
{
    public void Map(IEndpointRouteBuilder api)
        => api.MapGet("/audit", Task<Results<Ok<AuditPageView>, ManagementErrorResult>> (string? actor, string? action, string? target, DateTimeOffset? from, DateTimeOffset? to, int? limit, string? after, CancellationToken cancellationToken)
            => audit.ListAsync(new AuditQuery { Actor = actor, Action = action, Target = target, From = from, To = to }, limit, after, cancellationToken).ToOkAsync())
            .WithName("listAudit").WithTags("Gateway").WithSummary("Who changed what, newest first.")
            .WithDescription("`action` is one action (`key.rotate`), or all that begin with it when it ends in a dot (`key.`). `from` is included, `to` is not. `limit` is 1 to 1000; `after` is the `next` of the page before.");
}
