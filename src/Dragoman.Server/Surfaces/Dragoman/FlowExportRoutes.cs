using Dragoman.Management.Flows.Export;

namespace Dragoman.Server.Surfaces.Dragoman;

/// <summary>Flows to take away: as JSON, as lines of JSON, as HAR for tools that know HTTP, as Markdown for people.</summary>
internal sealed class FlowExportRoutes(FlowExporter exporter) : IManagementRoutes
{
    public void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("/flows/export", Task<Results<StreamedAnswer, ManagementErrorResult>> ([AsParameters] FlowFilters filters, string? format, bool? bodies, int? limit, CancellationToken cancellationToken)
            => exporter.ExportAsync(filters.ToFilter(), format, bodies ?? false, limit, cancellationToken).ToFileAsync())
            .WithName("exportFlows").WithTags("Flows").WithSummary("Flows that fit, newest first, as json, jsonl, har or markdown; written as they are read.").Produces<IReadOnlyList<ExportedFlowView>>(200, "application/json", "application/jsonl", "text/markdown");

        api.MapGet("/flows/{id}/export", Task<Results<StreamedAnswer, ManagementErrorResult>> (string id, string? format, bool? bodies, CancellationToken cancellationToken)
            => exporter.ExportOneAsync(id, format, bodies ?? true, cancellationToken).ToFileAsync())
            .WithName("exportFlow").WithTags("Flows").WithSummary("One flow as json, jsonl, har or markdown.").Produces<IReadOnlyList<ExportedFlowView>>(200, "application/json", "application/jsonl", "text/markdown");
    }
}
