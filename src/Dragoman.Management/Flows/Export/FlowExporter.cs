using System.Runtime.CompilerServices;
using Dragoman.Gateway.Flows;
using Dragoman.Gateway.Persistence;

namespace Dragoman.Management.Flows.Export;

/// <summary>Flows to take away: as JSON, as lines of JSON, as HAR for tools that know HTTP, as Markdown for people.</summary>
public sealed class FlowExporter(FlowLookup lookup, FlowRecorder recorder, IFlowStore flows, TimeProvider time)
{
    private const int PageSize = 100;

    /// <summary>Flows that fit, newest first.</summary>
    /// <param name="filter">Which flows.</param>
    /// <param name="format"><c>json</c> (also when null), <c>jsonl</c>, <c>har</c> or <c>markdown</c>.</param>
    /// <param name="withBodies">Whether <c>json</c> and <c>jsonl</c> carry the recorded bodies; the others always do.</param>
    /// <param name="limit">How many at most; null for all.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<ManagementResult<ExportFile>> ExportAsync(FlowFilter filter, string? format, bool withBodies, int? limit, CancellationToken cancellationToken) => StoreCalls.RunAsync<ExportFile>(async () =>
    {
        ArgumentNullException.ThrowIfNull(filter);
        var query = filter.Read(time);
        if (!query.Succeeded) return query.Error;
        if (FlowExport.Find(format ?? "json", withBodies) is not { } export) return Unknown(format);
        if (limit is < 1) return ManagementError.Invalid("'limit' is 1 or more.", "limit");
        await recorder.FlushAsync(cancellationToken);
        return FileOf(export, "flows", (target, stop) => export.WriteAsync(target, EachAsync(query.Value, limit ?? int.MaxValue, export.WantsBodies, stop), stop));
    });

    /// <summary>One flow, by its id or the request id that clients show.</summary>
    public Task<ManagementResult<ExportFile>> ExportOneAsync(string id, string? format, bool withBodies, CancellationToken cancellationToken) => StoreCalls.RunAsync<ExportFile>(async () =>
    {
        if (FlowExport.Find(format ?? "json", withBodies) is not { } export) return Unknown(format);
        if (await lookup.FindAsync(id, cancellationToken) is not { } flow) return FlowLookup.Missing(id);
        return FileOf(export, $"flow-{flow.Id}", (target, stop) => export.WriteAsync(target, OneAsync(flow, export.WantsBodies, stop), stop));
    });

    private static ExportFile FileOf(FlowExport export, string name, Func<Stream, CancellationToken, Task> write) => new(export.MediaType, $"{name}.{export.Extension}", write);

    private static ManagementError Unknown(string? format) => ManagementError.Invalid($"'{format}' is no format; say json, jsonl, har or markdown.", "format");

    private async IAsyncEnumerable<ExportedFlow> EachAsync(FlowQuery query, int limit, bool bodies, [EnumeratorCancellation] CancellationToken cancellationToken)
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

    private async IAsyncEnumerable<ExportedFlow> OneAsync(FlowRecord flow, bool bodies, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        yield return await WithBodiesAsync(flow, bodies, cancellationToken);
    }

    private async Task<ExportedFlow> WithBodiesAsync(FlowRecord flow, bool bodies, CancellationToken cancellationToken)
        => new(flow, bodies ? await FlowBodies.ReadAsync(flows, flow.Id, cancellationToken) : []);
}
