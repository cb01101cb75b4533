using Dragoman.Server.Management.Audit;

namespace Dragoman.Server.Management.Flows;

/// <summary><c>POST /api/v1/flows/{id}/replay</c>: the recorded request once more, to another model or account, and both answers side by side.</summary>
internal sealed class FlowReplayRoutes(FlowLookup lookup, FlowReplay replay, AuditTrail audit) : IManagementRoutes
{
    public void Map(IEndpointRouteBuilder api)
    {
        api.MapPost("/flows/{id}/replay", async Task<Results<Ok<ReplayView>, ManagementError>> (string id, ReplayInput? input, HttpContext context, CancellationToken cancellationToken) =>
        {
            if (await lookup.FindAsync(id, cancellationToken) is not { } flow) return FlowLookup.Missing(id);
            var (view, fault) = await replay.RunAsync(flow, input ?? new ReplayInput(null, null, null), cancellationToken);
            if (view is null) return fault!;
            await audit.RecordAsync(context, "flow.replay", flow.Id, AuditTrail.Done, $"as {view.Replay.Flow.Id}");
            return TypedResults.Ok(view);
        }).WithName("replayFlow").WithTags("Flows").WithSummary("Sends the recorded request again, to the same or another model or account, and compares the answers. It costs what a request costs.");
    }
}

/// <summary>How a request is sent again; what is absent is as it was.</summary>
/// <param name="Model">Another model, by the name a client would use.</param>
/// <param name="Account">The account that shall answer, by id or label; absent lets routing choose.</param>
/// <param name="Stream">Streamed or whole.</param>
internal sealed record ReplayInput(string? Model, string? Account, bool? Stream);

/// <summary>A replay beside its original.</summary>
/// <param name="Original">What was.</param>
/// <param name="Replay">What is now.</param>
/// <param name="Differences">What differs: <c>status</c>, <c>text</c>, <c>tool_calls</c>, <c>usage</c>, <c>model</c>, <c>account</c>.</param>
internal sealed record ReplayView(ReplaySide Original, ReplaySide Replay, IReadOnlyList<string> Differences);

/// <summary>One of two answers.</summary>
/// <param name="Flow">The flow.</param>
/// <param name="Text">What was said; absent where it was not recorded or cannot be read.</param>
/// <param name="ToolCalls">The tools it called.</param>
internal sealed record ReplaySide(FlowView Flow, string? Text, IReadOnlyList<ReplayToolCall> ToolCalls);

/// <summary>A tool's call.</summary>
/// <param name="Name">The tool.</param>
/// <param name="Arguments">What was passed, as text.</param>
internal sealed record ReplayToolCall(string Name, string Arguments);
