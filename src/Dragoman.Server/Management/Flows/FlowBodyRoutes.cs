using Dragoman.Gateway.Flows;
using Dragoman.Gateway.Persistence;

namespace Dragoman.Server.Management.Flows;

/// <summary><c>/api/v1/flows/{id}/bodies</c>: what crossed the wires, where it was recorded.</summary>
internal sealed class FlowBodyRoutes(FlowLookup lookup, IFlowStore flows) : IManagementRoutes
{
    public void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("/flows/{id}/bodies", async Task<Results<Ok<FlowBodiesView>, ManagementError>> (string id, CancellationToken cancellationToken) =>
        {
            if (await lookup.FindAsync(id, cancellationToken) is not { } flow) return FlowLookup.Missing(id);
            var bodies = await FlowBodies.ReadAsync(flows, flow.Id, cancellationToken);
            return TypedResults.Ok(new FlowBodiesView([.. bodies.Select(ViewOf)]));
        }).WithName("listFlowBodies").WithTags("Flows").WithSummary("Which bodies of a flow were recorded.");

        api.MapGet("/flows/{id}/bodies/{kind}", async Task<Results<StreamedAnswer, ManagementError>> (string id, string kind, int? attempt, CancellationToken cancellationToken) =>
        {
            if (KindOf(kind) is not { } wanted) return ManagementError.Invalid($"'{kind}' is no body; say one of {string.Join(", ", Enum.GetValues<FlowBodyKind>().Select(NameOf))}.", "kind");
            if (await lookup.FindAsync(id, cancellationToken) is not { } flow) return FlowLookup.Missing(id);
            var bodies = await FlowBodies.ReadAsync(flows, flow.Id, cancellationToken);
            var body = bodies.LastOrDefault(body => body.Kind == wanted && (attempt is null || body.Attempt == attempt));
            if (body is null) return ManagementError.NotFound($"The flow has no recorded body '{kind}'{(attempt is null ? "" : $" of attempt {attempt}")}. Bodies are recorded with flows.mode: full.");
            return new StreamedAnswer(MediaTypeOf(body), null, (target, stop) => target.WriteAsync(body.Content, stop).AsTask());
        }).WithName("getFlowBody").WithTags("Flows").WithSummary("A recorded body; of the last attempt that has one unless 'attempt' says which.").Produces<string>(200, "text/plain");
    }

    public static string NameOf(FlowBodyKind kind) => kind switch
    {
        FlowBodyKind.ClientRequest => "client-request",
        FlowBodyKind.UpstreamRequest => "upstream-request",
        FlowBodyKind.UpstreamAnswer => "upstream-answer",
        _ => "client-answer",
    };

    private static FlowBodyKind? KindOf(string word)
    {
        foreach (var kind in Enum.GetValues<FlowBodyKind>())
            if (NameOf(kind).Equals(word, StringComparison.OrdinalIgnoreCase)) return kind;
        return null;
    }

    public static FlowBodyView ViewOf(FlowBody body)
    {
        var (type, notes) = BodyAnnotations.Split(body);
        return new FlowBodyView(body.Kind, body.Attempt, type, body.Length, body.Content.Length, notes.IsCut, notes.IsRedacted, notes.LacksMedia, notes.SameAs);
    }

    /// <summary>An upstream's page must not run in the browser of who looks at it.</summary>
    private static string MediaTypeOf(FlowBody body)
    {
        var (type, notes) = BodyAnnotations.Split(body);
        return !notes.IsCut && (type.StartsWith("application/json", StringComparison.OrdinalIgnoreCase)) ? type : "text/plain; charset=utf-8";
    }
}
