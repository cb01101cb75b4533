using Dragoman.Gateway.Flows;
using Dragoman.Gateway.Persistence;
using Dragoman.Server.Hosting;
using Dragoman.Server.Management.Flows.Export;

namespace Dragoman.Server.Management.Flows;

/// <summary>Flows to take away: as JSON, as lines of JSON, as HAR for tools that know HTTP, as Markdown for people.</summary>
internal static class FlowExportRoutes
{
    private const int PageSize = 100;

    public static void Map(IEndpointRouteBuilder api, GatewayServices services)
    {
        api.MapGet("/flows/export", async Task<Results<StreamedAnswer, ManagementError>> ([AsParameters] FlowFilters filters, string? format, bool? bodies, int? limit, CancellationToken cancellationToken) =>
        {
            if (filters.Read(services.Time, out var fault) is not { } query) return fault!;
            if (FlowExport.Of(format ?? "json", bodies ?? false) is not { } export) return Unknown(format);
            if (limit is < 1) return ManagementError.Invalid("'limit' is 1 or more.", "limit");
            await services.Flows.FlushAsync(cancellationToken);
            return Answer(export, "flows", (target, stop) => export.WriteAsync(target, EachAsync(services, query, limit ?? int.MaxValue, export.WantsBodies, stop), stop));
        }).WithName("exportFlows").WithTags("Flows").WithSummary("Flows that fit, newest first, as json, jsonl, har or markdown; written as they are read.").Produces<IReadOnlyList<ExportedFlowView>>(200, "application/json", "application/jsonl", "text/markdown");

        api.MapGet("/flows/{id}/export", async Task<Results<StreamedAnswer, ManagementError>> (string id, string? format, bool? bodies, CancellationToken cancellationToken) =>
        {
            if (FlowExport.Of(format ?? "json", bodies ?? true) is not { } export) return Unknown(format);
            if (await FlowRoutes.FindAsync(services, id, cancellationToken) is not { } flow) return FlowRoutes.Missing(id);
            return Answer(export, $"flow-{flow.Id}", (target, stop) => export.WriteAsync(target, OneAsync(services, flow, export.WantsBodies, stop), stop));
        }).WithName("exportFlow").WithTags("Flows").WithSummary("One flow as json, jsonl, har or markdown.").Produces<IReadOnlyList<ExportedFlowView>>(200, "application/json", "application/jsonl", "text/markdown");
    }

    private static StreamedAnswer Answer(FlowExport export, string name, Func<Stream, CancellationToken, Task> write) => new(export.MediaType, $"{name}.{export.Extension}", write);

    private static ManagementError Unknown(string? format) => ManagementError.Invalid($"'{format}' is no format; say json, jsonl, har or markdown.", "format");

    private static async IAsyncEnumerable<ExportedFlow> EachAsync(GatewayServices services, FlowQuery query, int limit, bool bodies, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        string? after = null;
        do
        {
            var page = await services.Store.Flows.SearchAsync(query, new PageRequest(Math.Min(PageSize, limit), after), cancellationToken);
            foreach (var flow in page.Items) yield return await WithBodiesAsync(services, flow, bodies, cancellationToken);
            limit -= page.Items.Count;
            after = page.Next;
        }
        while (after is not null && limit > 0);
    }

    private static async IAsyncEnumerable<ExportedFlow> OneAsync(GatewayServices services, FlowRecord flow, bool bodies, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        yield return await WithBodiesAsync(services, flow, bodies, cancellationToken);
    }

    private static async Task<ExportedFlow> WithBodiesAsync(GatewayServices services, FlowRecord flow, bool bodies, CancellationToken cancellationToken)
        => new(flow, bodies ? await FlowBodies.ReadAsync(services.Store.Flows, flow.Id, cancellationToken) : []);
}
