using Dragoman.Gateway.Flows;
using Dragoman.Gateway.Persistence;

namespace Dragoman.Server.Management.Flows.Export;

/// <summary>Flows to take away: as JSON, as lines of JSON, as HAR for tools that know HTTP, as Markdown for people.</summary>
internal sealed class FlowExportRoutes(FlowLookup lookup, TimeProvider time, FlowRecorder recordings, IFlowStore flows) : IManagementRoutes
{
    private const int PageSize = 100;

    public void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("/flows/export", async Task<Results<StreamedAnswer, ManagementError>> ([AsParameters] FlowFilters filters, string? format, bool? bodies, int? limit, CancellationToken cancellationToken) =>
        {
            if (filters.Read(time, out var fault) is not { } query) return fault!;
            if (FlowExport.Find(format ?? "json", bodies ?? false) is not { } export) return Unknown(format);
            if (limit is < 1) return ManagementError.Invalid("'limit' is 1 or more.", "limit");
            await recordings.FlushAsync(cancellationToken);
            return Answer(export, "flows", (target, stop) => export.WriteAsync(target, EachAsync(query, limit ?? int.MaxValue, export.WantsBodies, stop), stop));
        }).WithName("exportFlows").WithTags("Flows").WithSummary("Flows that fit, newest first, as json, jsonl, har or markdown; written as they are read.").Produces<IReadOnlyList<ExportedFlowView>>(200, "application/json", "application/jsonl", "text/markdown");

        api.MapGet("/flows/{id}/export", async Task<Results<StreamedAnswer, ManagementError>> (string id, string? format, bool? bodies, CancellationToken cancellationToken) =>
        {
            if (FlowExport.Find(format ?? "json", bodies ?? true) is not { } export) return Unknown(format);
            if (await lookup.FindAsync(id, cancellationToken) is not { } flow) return FlowLookup.Missing(id);
            return Answer(export, $"flow-{flow.Id}", (target, stop) => export.WriteAsync(target, OneAsync(flow, export.WantsBodies, stop), stop));
        }).WithName("exportFlow").WithTags("Flows").WithSummary("One flow as json, jsonl, har or markdown.").Produces<IReadOnlyList<ExportedFlowView>>(200, "application/json", "application/jsonl", "text/markdown");
    }

    private static StreamedAnswer Answer(FlowExport export, string name, Func<Stream, CancellationToken, Task> write) => new(export.MediaType, $"{name}.{export.Extension}", write);

    private static ManagementError Unknown(string? format) => ManagementError.Invalid($"'{format}' is no format; say json, jsonl, har or markdown.", "format");

    private async IAsyncEnumerable<ExportedFlow> EachAsync(FlowQuery query, int limit, bool bodies, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        string? after = null;
        do
        {
            var page = await flows.SearchAsync(query, new PageRequest(Math.Min(PageSize, limit), after), cancellationToken);
            foreach (var flow in page.Items) yield return await WithBodiesAsync(flow, bodies, cancellationToken);
            limit -= page.Items.Count;
            after = page.Next;
        }
        while (after is not null && limit > 0);
    }

    private async IAsyncEnumerable<ExportedFlow> OneAsync(FlowRecord flow, bool bodies, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        yield return await WithBodiesAsync(flow, bodies, cancellationToken);
    }

    private async Task<ExportedFlow> WithBodiesAsync(FlowRecord flow, bool bodies, CancellationToken cancellationToken)
        => new(flow, bodies ? await FlowBodies.ReadAsync(flows, flow.Id, cancellationToken) : []);
}
