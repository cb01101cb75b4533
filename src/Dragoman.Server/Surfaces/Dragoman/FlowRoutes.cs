using Dragoman.Management.Flows;
using Dragoman.Server.Surfaces.Access;

namespace Dragoman.Server.Surfaces.Dragoman;

/// <summary><c>/api/v1/flows</c>: what happened, request by request.</summary>
internal sealed class FlowRoutes(FlowArchive flows) : IManagementRoutes
{
    public void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("/flows", Task<Results<Ok<FlowPageView>, ManagementErrorResult>> ([AsParameters] FlowFilters filters, int? limit, string? after, CancellationToken cancellationToken)
            => flows.ListAsync(filters.ToFilter(), limit, after, cancellationToken).ToOkAsync())
            .WithName("listFlows").WithTags("Flows").WithSummary("Flows that fit, newest first.");

        api.MapGet("/flows/totals", Task<Results<Ok<FlowTotalsView>, ManagementErrorResult>> (CancellationToken cancellationToken) => flows.GetTotalsAsync(cancellationToken).ToOkAsync())
            .WithName("getFlowTotals").WithTags("Flows").WithSummary("How much is recorded, and how recording is doing.");

        api.MapGet("/flows/count", Task<Results<Ok<FlowCountView>, ManagementErrorResult>> ([AsParameters] FlowFilters filters, CancellationToken cancellationToken) => flows.CountAsync(filters.ToFilter(), cancellationToken).ToOkAsync())
            .WithName("countFlows").WithTags("Flows").WithSummary("How many flows fit.").WithDescription("With `refused=true` those that usage does not count, as they were refused before they were let in.");

        api.MapGet("/flows/{id}", Task<Results<Ok<FlowView>, ManagementErrorResult>> (string id, CancellationToken cancellationToken) => flows.GetAsync(id, cancellationToken).ToOkAsync())
            .WithName("getFlow").WithTags("Flows").WithSummary("One flow.");

        api.MapPatch("/flows/{id}", Task<Results<Ok<FlowView>, ManagementErrorResult>> (string id, FlowMarksInput marks, HttpContext context, CancellationToken cancellationToken)
            => flows.MarkAsync(id, marks, HttpActor.From(context), cancellationToken).ToOkAsync())
            .WithName("markFlow").WithTags("Flows").WithSummary("Bookmarks, notes and tags a flow; bookmarked ones are kept beyond retention.");

        api.MapDelete("/flows/{id}", Task<Results<NoContent, ManagementErrorResult>> (string id, HttpContext context, CancellationToken cancellationToken)
            => flows.RemoveAsync(id, HttpActor.From(context), cancellationToken).ToNoContentAsync())
            .WithName("removeFlow").WithTags("Flows").WithSummary("Removes a flow with its bodies.");

        api.MapGet("/flows/{id}/bodies", Task<Results<Ok<FlowBodiesView>, ManagementErrorResult>> (string id, CancellationToken cancellationToken) => flows.ListBodiesAsync(id, cancellationToken).ToOkAsync())
            .WithName("listFlowBodies").WithTags("Flows").WithSummary("Which bodies of a flow were recorded.");

        api.MapGet("/flows/{id}/bodies/{kind}", async Task<Results<StreamedAnswer, ManagementErrorResult>> (string id, string kind, int? attempt, CancellationToken cancellationToken) =>
        {
            var body = await flows.GetBodyAsync(id, kind, attempt, cancellationToken);
            return body.Succeeded ? new StreamedAnswer(body.Value.MediaType, null, (target, stop) => target.WriteAsync(body.Value.Content, stop).AsTask()) : ManagementErrorResult.From(body.Error);
        }).WithName("getFlowBody").WithTags("Flows").WithSummary("A recorded body; of the last attempt that has one unless 'attempt' says which.").Produces<string>(200, "text/plain");
    }
}
