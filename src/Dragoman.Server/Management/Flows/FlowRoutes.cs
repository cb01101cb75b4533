using Dragoman.Gateway.Persistence;
using Dragoman.Server.Hosting;
using Dragoman.Server.Management.Audit;

namespace Dragoman.Server.Management.Flows;

/// <summary><c>/api/v1/flows</c>: what happened, request by request.</summary>
internal static class FlowRoutes
{
    private const int LongestNote = 10_000;
    private const int MostTags = 50;
    private const int LongestTag = 100;

    public static void Map(IEndpointRouteBuilder api, GatewayServices services)
    {
        api.MapGet("/flows", async Task<Results<Ok<FlowPageView>, ManagementError>> ([AsParameters] FlowFilters filters, int? limit, string? after, CancellationToken cancellationToken) =>
        {
            if (filters.Read(services.Time, out var fault) is not { } query) return fault!;
            if (PageQuery.Invalid(limit) is { } wrong) return wrong;
            await services.Flows.FlushAsync(cancellationToken);
            var page = await services.Store.Flows.SearchAsync(query, PageQuery.Of(limit, after), cancellationToken);
            return TypedResults.Ok(new FlowPageView([.. page.Items.Select(FlowView.Of)], page.Next));
        }).WithName("listFlows").WithTags("Flows").WithSummary("Flows that fit, newest first.");

        api.MapGet("/flows/totals", async (CancellationToken cancellationToken) =>
        {
            await services.Flows.FlushAsync(cancellationToken);
            var totals = await services.Store.Flows.TotalsAsync(cancellationToken);
            return TypedResults.Ok(new FlowTotalsView(totals.Flows, totals.Bytes, totals.Oldest, services.Config.Flows.Mode, services.Flows.Status));
        }).WithName("getFlowTotals").WithTags("Flows").WithSummary("How much is recorded, and how recording is doing.");

        api.MapGet("/flows/{id}", async Task<Results<Ok<FlowView>, ManagementError>> (string id, CancellationToken cancellationToken) =>
            await FindAsync(services, id, cancellationToken) is { } flow ? TypedResults.Ok(FlowView.Of(flow)) : Missing(id))
            .WithName("getFlow").WithTags("Flows").WithSummary("One flow.");

        api.MapPatch("/flows/{id}", async Task<Results<Ok<FlowView>, ManagementError>> (string id, FlowMarksInput marks, HttpContext context, CancellationToken cancellationToken) =>
        {
            if (Fault(marks) is { } fault) return fault;
            await services.Flows.FlushAsync(cancellationToken);
            var found = await services.Store.Flows.MarkAsync(id, new FlowMarks { Bookmarked = marks.Bookmarked, Note = marks.Note, Tags = marks.Tags is null ? null : [.. marks.Tags.Distinct(StringComparer.Ordinal)] }, cancellationToken);
            if (found) await services.Audit.RecordAsync(context, "flow.mark", id, AuditTrail.Done, Detail(marks));
            return found && await services.Store.Flows.GetAsync(id, cancellationToken) is { } flow ? TypedResults.Ok(FlowView.Of(flow)) : Missing(id);
        }).WithName("markFlow").WithTags("Flows").WithSummary("Bookmarks, notes and tags a flow; bookmarked ones are kept beyond retention.");

        api.MapDelete("/flows/{id}", async Task<Results<NoContent, ManagementError>> (string id, HttpContext context, CancellationToken cancellationToken) =>
        {
            await services.Flows.FlushAsync(cancellationToken);
            if (!await services.Store.Flows.RemoveAsync(id, cancellationToken)) return Missing(id);
            await services.Audit.RecordAsync(context, "flow.remove", id);
            return TypedResults.NoContent();
        }).WithName("removeFlow").WithTags("Flows").WithSummary("Removes a flow with its bodies.");
        FlowBodyRoutes.Map(api, services);
        FlowExportRoutes.Map(api, services);
        FlowLiveRoutes.Map(api, services);
        FlowReplayRoutes.Map(api, services);
    }

    /// <summary>A flow by its id, or by the request id that clients show.</summary>
    public static async Task<FlowRecord?> FindAsync(GatewayServices services, string id, CancellationToken cancellationToken)
    {
        await services.Flows.FlushAsync(cancellationToken);
        return await services.Store.Flows.GetAsync(id.StartsWith("req_", StringComparison.Ordinal) ? id[4..] : id, cancellationToken);
    }

    public static ManagementError Missing(string id) => ManagementError.NotFound($"There is no flow '{id}'; it may have been let go by retention, or flows were off.");

    private static string Detail(FlowMarksInput marks)
    {
        var said = new List<string>();
        if (marks.Bookmarked is { } bookmarked) said.Add(bookmarked ? "bookmarked" : "no bookmark");
        if (marks.Note is { } note) said.Add(note.Length == 0 ? "no note" : "a note");
        if (marks.Tags is { } tags) said.Add($"tags {string.Join(", ", tags)}");
        return string.Join("; ", said);
    }

    private static ManagementError? Fault(FlowMarksInput marks)
    {
        if (marks.Note is { Length: > LongestNote }) return ManagementError.Invalid($"A note has at most {LongestNote} characters.", "note");
        if (marks.Tags is { Count: > MostTags }) return ManagementError.Invalid($"A flow has at most {MostTags} tags.", "tags");
        if (marks.Tags is { } tags && tags.Any(tag => string.IsNullOrWhiteSpace(tag) || tag.Length > LongestTag)) return ManagementError.Invalid($"A tag has 1 to {LongestTag} characters.", "tags");
        return null;
    }
}
