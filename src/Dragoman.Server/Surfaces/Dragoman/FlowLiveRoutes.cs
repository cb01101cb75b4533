using Dragoman.Management.Flows;
using Microsoft.AspNetCore.Mvc;

namespace Dragoman.Server.Surfaces.Dragoman;

/// <summary>What happens, as it happens: server-sent events.</summary>
internal sealed class FlowLiveRoutes(FlowEvents events, EventStreamWriter writer) : IManagementRoutes
{
    public void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("/flows/live", Results<EventStreamResult, ManagementErrorResult> ([AsParameters] FlowFilters filters, [FromHeader(Name = "Last-Event-ID")] string? lastEventId) =>
        {
            var source = events.Follow(filters.ToFilter(), lastEventId);
            return source.Succeeded ? new EventStreamResult(writer, [source.Value]) : ManagementErrorResult.From(source.Error);
        }).WithName("tailFlows").WithTags("Flows").WithSummary("Flows as they end ('flow'), with the filters of the list; 'missed' says how many a slow reader lost.")
            .WithDescription("Each has an id, but for those of a search by `text`. With `Last-Event-ID` it goes on behind that event; `reset` says that some between are not known any more: read anew what you show.").Produces<string>(200, "text/event-stream");

        api.MapGet("/events", ([FromHeader(Name = "Last-Event-ID")] string? lastEventId) => new EventStreamResult(writer, events.FollowAll(lastEventId)))
            .WithName("listenToEvents").WithTags("Gateway").WithSummary("Flows ('flow'), changes of the store ('change': account, key, setting, cooldown) and health ('health'), as they happen.")
            .WithDescription("With `Last-Event-ID` it goes on behind that event; `reset` says that some between are not known any more: read anew what you show.").Produces<string>(200, "text/event-stream");
    }
}
