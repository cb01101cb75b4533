using Dragoman.Gateway.Configuration;
using Dragoman.Gateway.Flows;
using Dragoman.Gateway.Persistence;
using Dragoman.Management.Audit;

namespace Dragoman.Management.Flows;

/// <summary>What happened, request by request: listed, shown, marked and removed. What was recorded before a call is in its result.</summary>
public sealed class FlowArchive(FlowLookup lookup, FlowRecorder recorder, IFlowStore flows, Func<GatewayConfig> config, AuditTrail audit, TimeProvider time)
{
    private const int MaxNote = 10_000;
    private const int MaxTags = 50;
    private const int MaxTag = 100;

    /// <summary>Flows that fit, newest first.</summary>
    /// <param name="filter">Which flows.</param>
    /// <param name="limit">How many at most: 1 to 1000, 50 when null.</param>
    /// <param name="after">The <see cref="FlowPageView.Next"/> of the page before; null for the first.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<ManagementResult<FlowPageView>> ListAsync(FlowFilter filter, int? limit, string? after, CancellationToken cancellationToken) => StoreCalls.RunAsync<FlowPageView>(async () =>
    {
        ArgumentNullException.ThrowIfNull(filter);
        var query = filter.Read(time);
        if (!query.Succeeded) return query.Error;
        var part = Paging.Read(limit, after);
        if (!part.Succeeded) return part.Error;
        await recorder.FlushAsync(cancellationToken);
        var page = await flows.SearchAsync(query.Value, part.Value, cancellationToken);
        return new FlowPageView([.. page.Items.Select(FlowView.From)], page.Next);
    });

    /// <summary>How many flows fit.</summary>
    /// <param name="filter">Which flows.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<ManagementResult<FlowCountView>> CountAsync(FlowFilter filter, CancellationToken cancellationToken) => StoreCalls.RunAsync<FlowCountView>(async () =>
    {
        ArgumentNullException.ThrowIfNull(filter);
        var query = filter.Read(time);
        if (!query.Succeeded) return query.Error;
        await recorder.FlushAsync(cancellationToken);
        return new FlowCountView(await flows.CountAsync(query.Value, cancellationToken));
    });

    /// <summary>How much is recorded, and how recording is doing.</summary>
    public Task<ManagementResult<FlowTotalsView>> GetTotalsAsync(CancellationToken cancellationToken) => StoreCalls.RunAsync<FlowTotalsView>(async () =>
    {
        await recorder.FlushAsync(cancellationToken);
        var totals = await flows.TotalsAsync(cancellationToken);
        return new FlowTotalsView(totals.Flows, totals.Bytes, totals.Oldest, config().Flows.Mode, recorder.Status);
    });

    /// <summary>One flow, by its id or the request id that clients show.</summary>
    public Task<ManagementResult<FlowView>> GetAsync(string id, CancellationToken cancellationToken) => StoreCalls.RunAsync<FlowView>(async ()
        => await lookup.FindAsync(id, cancellationToken) is { } flow ? FlowView.From(flow) : FlowLookup.Missing(id));

    /// <summary>Bookmarks, notes and tags a flow; bookmarked ones are kept beyond retention.</summary>
    public Task<ManagementResult<FlowView>> MarkAsync(string id, FlowMarksInput marks, Actor actor, CancellationToken cancellationToken) => StoreCalls.RunAsync<FlowView>(async () =>
    {
        ArgumentNullException.ThrowIfNull(marks);
        if (ErrorIn(marks) is { } error) return error;
        await recorder.FlushAsync(cancellationToken);
        var found = await flows.MarkAsync(id, new FlowMarks { Bookmarked = marks.Bookmarked, Note = marks.Note, Tags = marks.Tags is null ? null : [.. marks.Tags.Distinct(StringComparer.Ordinal)] }, cancellationToken);
        if (found) await audit.RecordAsync(actor, "flow.mark", id, AuditTrail.Done, Describe(marks));
        return found && await flows.GetAsync(id, cancellationToken) is { } flow ? FlowView.From(flow) : FlowLookup.Missing(id);
    });

    /// <summary>Removes a flow with its bodies. Null when it was done.</summary>
    public Task<ManagementError?> RemoveAsync(string id, Actor actor, CancellationToken cancellationToken) => StoreCalls.RunAsync(async () =>
    {
        await recorder.FlushAsync(cancellationToken);
        if (!await flows.RemoveAsync(id, cancellationToken)) return FlowLookup.Missing(id);
        await audit.RecordAsync(actor, "flow.remove", id);
        return null;
    });

    /// <summary>Which bodies of a flow were recorded.</summary>
    public Task<ManagementResult<FlowBodiesView>> ListBodiesAsync(string id, CancellationToken cancellationToken) => StoreCalls.RunAsync<FlowBodiesView>(async () =>
    {
        if (await lookup.FindAsync(id, cancellationToken) is not { } flow) return FlowLookup.Missing(id);
        var bodies = await FlowBodies.ReadAsync(flows, flow.Id, cancellationToken);
        return new FlowBodiesView([.. bodies.Select(FlowBodyView.From)]);
    });

    /// <summary>A recorded body.</summary>
    /// <param name="id">The flow.</param>
    /// <param name="kind">Which body: <c>client-request</c>, <c>upstream-request</c>, <c>upstream-answer</c> or <c>client-answer</c>.</param>
    /// <param name="attempt">Of which attempt, from 0; null for the last that has one.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<ManagementResult<RecordedBody>> GetBodyAsync(string id, string kind, int? attempt, CancellationToken cancellationToken) => StoreCalls.RunAsync<RecordedBody>(async () =>
    {
        if (FlowBodyNames.Parse(kind) is not { } wanted) return ManagementError.Invalid($"'{kind}' is no body; say one of {string.Join(", ", FlowBodyNames.All)}.", "kind");
        if (await lookup.FindAsync(id, cancellationToken) is not { } flow) return FlowLookup.Missing(id);
        var bodies = await FlowBodies.ReadAsync(flows, flow.Id, cancellationToken);
        return bodies.LastOrDefault(body => body.Kind == wanted && (attempt is null || body.Attempt == attempt)) is { } body
            ? new RecordedBody(MediaTypeOf(body), body.Content)
            : ManagementError.NotFound($"The flow has no recorded body '{kind}'{(attempt is null ? "" : $" of attempt {attempt}")}. Bodies are recorded with flows.mode: full.");
    });

    /// <summary>What the client and the gateway said to each other, as texts; each is null where it was not recorded.</summary>
    /// <param name="id">The flow.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<ManagementResult<RecordedExchange>> GetExchangeAsync(string id, CancellationToken cancellationToken) => StoreCalls.RunAsync<RecordedExchange>(async () =>
    {
        var bodies = await FlowBodies.ReadAsync(flows, id, cancellationToken);
        return new RecordedExchange(TextOf(FlowBodyKind.ClientRequest), TextOf(FlowBodyKind.ClientAnswer));

        string? TextOf(FlowBodyKind kind) => bodies.LastOrDefault(body => body.Kind == kind) is { } body ? System.Text.Encoding.UTF8.GetString(body.Content.Span) : null;
    });

    /// <summary>An upstream's page must not run in the browser of who looks at it.</summary>
    private static string MediaTypeOf(FlowBody body)
    {
        var (type, notes) = BodyAnnotations.Split(body);
        return !notes.IsCut && type.StartsWith("application/json", StringComparison.OrdinalIgnoreCase) ? type : "text/plain; charset=utf-8";
    }

    private static string Describe(FlowMarksInput marks)
    {
        var parts = new List<string>();
        if (marks.Bookmarked is { } bookmarked) parts.Add(bookmarked ? "bookmarked" : "no bookmark");
        if (marks.Note is { } note) parts.Add(note.Length == 0 ? "no note" : "a note");
        if (marks.Tags is { } tags) parts.Add($"tags {string.Join(", ", tags)}");
        return string.Join("; ", parts);
    }

    private static ManagementError? ErrorIn(FlowMarksInput marks)
    {
        if (marks.Note is { Length: > MaxNote }) return ManagementError.Invalid($"A note has at most {MaxNote} characters.", "note");
        if (marks.Tags is { Count: > MaxTags }) return ManagementError.Invalid($"A flow has at most {MaxTags} tags.", "tags");
        if (marks.Tags is { } tags && tags.Any(tag => string.IsNullOrWhiteSpace(tag) || tag.Length > MaxTag)) return ManagementError.Invalid($"A tag has 1 to {MaxTag} characters.", "tags");
        return null;
    }
}

/// <summary>What the client and the gateway said to each other.</summary>
/// <param name="Request">What the client sent; null where it was not recorded.</param>
/// <param name="Answer">What the client was answered; null where it was not recorded.</param>
public sealed record RecordedExchange(string? Request, string? Answer);

/// <summary>The bytes of a recorded body.</summary>
/// <param name="MediaType">The media type it may be shown as: whole JSON as such, everything else as text.</param>
/// <param name="Content">The bytes that were kept.</param>
public sealed record RecordedBody(string MediaType, ReadOnlyMemory<byte> Content);
