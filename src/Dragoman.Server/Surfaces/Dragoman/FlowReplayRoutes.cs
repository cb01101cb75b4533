using Dragoman.Management.Flows;
using Dragoman.Server.Surfaces.Access;

namespace Dragoman.Server.Surfaces.Dragoman;

/// <summary><c>POST /api/v1/flows/{id}/replay</c>: the recorded request once more, to another model or account, and both answers side by side.</summary>
internal sealed class FlowReplayRoutes(FlowReplay replay) : IManagementRoutes
{
    public void Map(IEndpointRouteBuilder api)
        => api.MapPost("/flows/{id}/replay", Task<Results<Ok<ReplayView>, ManagementErrorResult>> (string id, ReplayInput? input, HttpContext context, CancellationToken cancellationToken)
            => replay.RunAsync(id, input ?? new ReplayInput(null, null, null), HttpActor.From(context), cancellationToken).WithFixAsync("not_recorded", "See GET /api/v1/flows/totals.").ToOkAsync())
            .WithName("replayFlow").WithTags("Flows").WithSummary("Sends the recorded request again, to the same or another model or account, and compares the answers. It costs what a request costs.");
}
