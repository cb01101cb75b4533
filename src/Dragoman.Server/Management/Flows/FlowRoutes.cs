using Dragoman.Gateway.Configuration;
using Dragoman.Gateway.Flows;
using Dragoman.Gateway.Persistence;
using Dragoman.Server.Management.Audit;

namespace Dragoman.Server.Management.Flows;

/// <summary><c>/api/v1/flows</c>: what happened, request by request.</summary>
internal sealed class FlowRoutes(FlowLookup lookup, TimeProvider time, FlowRecorder recordings, IFlowStore flows, Func<GatewayConfig> config, AuditTrail audit) : IManagementRoutes
{
    private const int LongestNote = 10_000;
    private const int MostTags = 50;
    private const int LongestTag = 100;

    public void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("/flows", async Task<Results<Ok<FlowPageView>, ManagementError>> ([AsParameters] FlowFilters filters, int? limit, string? after, CancellationToken cancellationToken) =>
        {
            if (filters.Read(time, out var fault) is not { } query) return fault!;
            if (PageQuery.Invalid(limit) is { } wrong) return wrong;
            await recordings.FlushAsync(cancellationToken);
            var page = await flows.SearchAsync(query, PageQuery.Parse(limit, after), cancellationToken);
            return TypedResults.Ok(new FlowPageView([.. page.Items.Select(FlowView.From)], page.Next));
        }).WithName("listFlows").WithTags("Flows").WithSummary("Flows that fit, newest first.");

        api.MapGet("/flows/totals", async (CancellationToken cancellationToken) =>
        {
            await recordings.FlushAsync(cancellationToken);
            var totals = await flows.TotalsAsync(cancellationToken);
            return TypedResults.Ok(new FlowTotalsView(totals.Flows, totals.Bytes, totals.Oldest, config().Flows.Mode, recordings.Status));
        }).WithName("getFlowTotals").WithTags("Flows").WithSummary("How much is recorded, and how recording is doing.");

        api.MapGet("/flows/{id}", async Task<Results<Ok<FlowView>, ManagementError>> (string id, CancellationToken cancellationToken) =>
            await lookup.FindAsync(id, cancellationToken) is { } flow ? TypedResults.Ok(FlowView.From(flow)) : FlowLookup.Missing(id))
            .WithName("getFlow").WithTags("Flows").WithSummary("One flow.");

        api.MapPatch("/flows/{id}", async Task<Results<Ok<FlowView>, ManagementError>> (string id, FlowMarksInput marks, HttpContext context, CancellationToken cancellationToken) =>
        {
            if (ErrorIn(marks) is { } fault) return fault;
            await recordings.FlushAsync(cancellationToken);
            var found = await flows.MarkAsync(id, new FlowMarks { Bookmarked = marks.Bookmarked, Note = marks.Note, Tags = marks.Tags is null ? null : [.. marks.Tags.Distinct(StringComparer.Ordinal)] }, cancellationToken);
            if (found) await audit.RecordAsync(context, "flow.mark", id, AuditTrail.Done, Detail(marks));
            return found && await flows.GetAsync(id, cancellationToken) is { } flow ? TypedResults.Ok(FlowView.From(flow)) : FlowLookup.Missing(id);
        }).WithName("markFlow").WithTags("Flows").WithSummary("Bookmarks, notes and tags a flow; bookmarked ones are kept beyond retention.");

        api.MapDelete("/flows/{id}", async Task<Results<NoContent, ManagementError>> (string id, HttpContext context, CancellationToken cancellationToken) =>
        {
            await recordings.FlushAsync(cancellationToken);
            if (!await flows.RemoveAsync(id, cancellationToken)) return FlowLookup.Missing(id);
            await audit.RecordAsync(context, "flow.remove", id);
            return TypedResults.NoContent();
        }).WithName("removeFlow").WithTags("Flows").WithSummary("Removes a flow with its bodies.");
    }

    private static string Detail(FlowMarksInput marks)
    {
        var said = new List<string>();
        if (marks.Bookmarked is { } bookmarked) said.Add(bookmarked ? "bookmarked" : "no bookmark");
        if (marks.Note is { } note) said.Add(note.Length == 0 ? "no note" : "a note");
        if (marks.Tags is { } tags) said.Add($"tags {string.Join(", ", tags)}");
        return string.Join("; ", said);
    }

    private static ManagementError? ErrorIn(FlowMarksInput marks)
    {
        if (marks.Note is { Length: > LongestNote }) return ManagementError.Invalid($"A note has at most {LongestNote} characters.", "note");
        if (marks.Tags is { Count: > MostTags }) return ManagementError.Invalid($"A flow has at most {MostTags} tags.", "tags");
        if (marks.Tags is { } tags && tags.Any(tag => string.IsNullOrWhiteSpace(tag) || tag.Length > LongestTag)) return ManagementError.Invalid($"A tag has 1 to {LongestTag} characters.", "tags");
        return null;
    }
}
