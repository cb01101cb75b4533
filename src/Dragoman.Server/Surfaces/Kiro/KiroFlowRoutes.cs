using System.Text.Json.Nodes;
using Dragoman.Management;
using Dragoman.Management.Flows;
using Dragoman.Server.Surfaces.Abstractions;

namespace Dragoman.Server.Surfaces.Kiro;

/// <summary><c>/api/flows</c>: recorded requests listed, found, shown and marked (wire note A.6).</summary>
internal sealed class KiroFlowRoutes(KiroFlows flows, FlowArchive archive) : IKiroRoutes
{
    private static readonly string[] States = ["pending", "streaming", "completed", "error"];

    public void Map(SurfaceRoutes routes)
    {
        routes.Get("/api/flows", "The newest requests that were recorded; filtered by protocol, model, account, state, errors, bookmarks and words.", ListAsync);
        routes.Get("/api/flows/stats", "Their numbers.", StatsAsync);
        routes.Get("/api/flows/{id}", "One of them with what was said, where bodies are recorded.", GetAsync);
        routes.Post("/api/flows/{id}/bookmark", "Bookmarks a flow, or takes the bookmark away.", BookmarkAsync);
        routes.Post("/api/flows/{id}/note", "Writes a note to a flow.", NoteAsync);
        routes.Post("/api/flows/{id}/tag", "Adds a tag to a flow.", TagAsync);
    }

    private async Task<SurfaceAnswer> ListAsync(SurfaceCall call)
    {
        var query = new KiroQuery(call);
        var (limit, offset) = (Math.Clamp(query.Integer("limit", 50), 0, KiroFlows.Ring), Math.Max(0, query.Integer("offset", 0)));
        var (hasError, bookmarked) = (query.Flag("has_error"), query.Flag("bookmarked"));
        var (protocol, model, account, state, search) = (query.Text("protocol"), query.Text("model"), query.Text("account_id"), query.Text("state"), query.Text("search"));
        if (query.Refusal is { } refusal) return refusal;
        var newest = await flows.NewestAsync(call.CancellationToken);
        if (!newest.Succeeded) return DetailErrors.From(newest.Error);
        var found = newest.Value.Where(flow =>
            (protocol is null || KiroFlowShape.ProtocolOf(flow) == protocol)
            && (model is null || flow.RequestedModel == model)
            && (account is null || KiroAccounts.IdOf(flow.AccountId) == account || flow.AccountId == account)
            && (state is null || !States.Contains(state) || state == (KiroFlowShape.IsError(flow) ? "error" : "completed"))
            && (hasError is null || KiroFlowShape.IsError(flow) == hasError)
            && (bookmarked is null || flow.Bookmarked == bookmarked)).ToList();
        var shapes = new List<KiroFlowShape>();
        var matches = found;
        if (search is not null)
        {
            matches = [];
            foreach (var flow in found)
            {
                var shape = await flows.WithTextAsync(flow, call.CancellationToken);
                if (shape.Text.RequestText?.Contains(search, StringComparison.OrdinalIgnoreCase) == true || shape.Text.Content.Contains(search, StringComparison.OrdinalIgnoreCase)) matches.Add(flow);
            }
        }

        foreach (var flow in matches.Skip(offset).Take(limit)) shapes.Add(await flows.WithTextAsync(flow, call.CancellationToken));
        return SurfaceAnswer.Json(new JsonObject { ["flows"] = new JsonArray([.. shapes.Select(static shape => (JsonNode)shape.Summary())]), ["total"] = matches.Count, ["returned"] = shapes.Count });
    }

    private async Task<SurfaceAnswer> StatsAsync(SurfaceCall call)
    {
        var newest = await flows.NewestAsync(call.CancellationToken);
        if (!newest.Succeeded) return DetailErrors.From(newest.Error);
        var all = newest.Value;
        var errors = all.Count(KiroFlowShape.IsError);
        var byModel = new JsonObject();
        foreach (var model in all.GroupBy(static flow => flow.RequestedModel))
        {
            byModel[model.Key] = new JsonObject
            {
                ["count"] = model.Count(), ["errors"] = model.Count(KiroFlowShape.IsError), ["tokens_in"] = model.Sum(static flow => flow.Usage?.Input ?? 0), ["tokens_out"] = model.Sum(static flow => flow.Usage?.Output ?? 0),
            };
        }

        return SurfaceAnswer.Json(new JsonObject
        {
            ["total_flows"] = await flows.CountAsync(call.CancellationToken),
            ["active_flows"] = all.Count,
            ["completed"] = all.Count - errors,
            ["errors"] = errors,
            ["error_rate"] = KiroAnswers.Percent(errors, all.Count),
            ["avg_duration_ms"] = all.Count == 0 ? 0.0 : Math.Round(all.Average(static flow => flow.DurationMs), 2),
            ["total_tokens_in"] = all.Sum(static flow => flow.Usage?.Input ?? 0),
            ["total_tokens_out"] = all.Sum(static flow => flow.Usage?.Output ?? 0),
            ["by_model"] = byModel,
        });
    }

    private async Task<SurfaceAnswer> GetAsync(SurfaceCall call)
        => await flows.FindAsync(call.Route("id"), call.CancellationToken) is { } shape ? SurfaceAnswer.Json(shape.Detail()) : KiroAnswers.Detail(404, "Flow not found");

    private async Task<SurfaceAnswer> BookmarkAsync(SurfaceCall call)
        => await MarkAsync(call, new FlowMarksInput((await call.BodyAsync()).Flag("bookmarked") ?? true, null, null));

    private async Task<SurfaceAnswer> NoteAsync(SurfaceCall call)
        => await MarkAsync(call, new FlowMarksInput(null, (await call.BodyAsync())["note"]?.ToString() ?? "", null));

    private async Task<SurfaceAnswer> TagAsync(SurfaceCall call)
    {
        if ((await call.BodyAsync()).Text("tag") is not { } tag) return KiroAnswers.Ok();
        var flow = await archive.GetAsync(call.Route("id"), call.CancellationToken);
        if (!flow.Succeeded || flow.Value.Tags.Contains(tag, StringComparer.Ordinal)) return KiroAnswers.Ok();
        return await MarkAsync(call, new FlowMarksInput(null, null, [.. flow.Value.Tags, tag]));
    }

    /// <summary>That system says that it was done whether or not there is such a flow.</summary>
    private async Task<SurfaceAnswer> MarkAsync(SurfaceCall call, FlowMarksInput marks)
    {
        var marked = await archive.MarkAsync(call.Route("id"), marks, call.Actor, call.CancellationToken);
        return marked.Succeeded || marked.Error.Kind == ManagementErrorKind.NotFound ? KiroAnswers.Ok() : KiroAnswers.Failure(marked.Error);
    }
}
