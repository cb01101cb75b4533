using Dragoman.Gateway.Persistence;

namespace Dragoman.Storage.Sql;

internal sealed class SqlFlowStore(Database database) : IFlowStore
{
    private const string Joined = "FROM flows f LEFT JOIN flow_details d ON d.flow = f.seq";
    private readonly SharedTermSets _sets = new();

    public Task AppendAsync(IReadOnlyList<FlowRecord> flows, CancellationToken cancellationToken = default)
    {
        if (flows.Count == 0) return Task.CompletedTask;
        var drafts = Inserts(flows);
        return database.WriteAsync(session => AppendAsync(session, drafts), cancellationToken);
    }

    public Task<FlowRecord?> GetAsync(string id, CancellationToken cancellationToken = default)
        => database.ReadAsync(session => session.FirstAsync($"SELECT {FlowRows.Select} {Joined} WHERE f.id = $1", FlowRows.Read, id), cancellationToken);

    public Task<IReadOnlyList<FlowBody>> BodiesAsync(string id, CancellationToken cancellationToken = default) => database.ReadAsync<IReadOnlyList<FlowBody>>(async session =>
        await session.QueryAsync("SELECT b.kind, b.attempt, b.content_type, b.content, b.kept, b.length FROM flows f JOIN flow_bodies b ON b.flow = f.seq WHERE f.id = $1 ORDER BY b.ordinal",
            FlowRows.ReadBody, id).ConfigureAwait(false), cancellationToken);

    public Task<Page<FlowRecord>> SearchAsync(FlowQuery query, PageRequest page, CancellationToken cancellationToken = default) => database.ReadAsync(async session =>
    {
        var conditions = new WhereBuilder();
        if (!FlowConditions.Add(conditions, session, query, "f")) return new Page<FlowRecord>([], null);
        conditions.After(page.After, "f.started_at", "f.seq");
        var limit = conditions.Parameter(page.Limit + 1);
        var rows = await session.QueryAsync($"SELECT {FlowRows.Select} {Joined}{conditions.Where} ORDER BY f.started_at DESC, f.seq DESC LIMIT {limit}",
            row => (Flow: FlowRows.Read(row), Place: new Cursor(row.Number(1), row.Number(FlowRows.Place))), conditions.Values).ConfigureAwait(false);
        return new Page<FlowRecord>([.. rows.Take(page.Limit).Select(row => row.Flow)], rows.Count > page.Limit ? rows[page.Limit - 1].Place.ToString() : null);
    }, cancellationToken);

    public Task<Page<FlowConversation>> ConversationsAsync(FlowQuery query, PageRequest page, CancellationToken cancellationToken = default)
        => database.ReadAsync(session => FlowConversations.ListAsync(session, query, page), cancellationToken);

    public Task<long> CountAsync(FlowQuery query, CancellationToken cancellationToken = default) => database.ReadAsync(async session =>
    {
        var conditions = new WhereBuilder();
        return FlowConditions.Add(conditions, session, query, "f") ? await session.NumberAsync($"SELECT COUNT(*) FROM flows f{conditions.Where}", conditions.Values).ConfigureAwait(false) ?? 0 : 0;
    }, cancellationToken);

    public Task<FlowBody?> BodyAsync(string id, FlowBodyKind kind, CancellationToken cancellationToken = default) => database.ReadAsync(session =>
        session.FirstAsync("SELECT b.kind, b.attempt, b.content_type, b.content, b.kept, b.length FROM flows f JOIN flow_bodies b ON b.flow = f.seq WHERE f.id = $1 AND b.kind = $2 ORDER BY b.ordinal DESC LIMIT 1",
            FlowRows.ReadBody, id, (long)(int)kind), cancellationToken);

    public Task<bool> MarkAsync(string id, FlowMarks marks, CancellationToken cancellationToken = default) => database.WriteAsync(async session =>
    {
        var found = await session.QueryAsync($"SELECT seq, bookmarked, note, tags FROM flows WHERE id = $1{session.ForUpdate}",
            row => (Flow: row.Number(0), Bookmarked: row.GetBool(1), Note: row.Text(2), Tags: StateJson.Tags(row.Text(3))), id).ConfigureAwait(false);
        if (found is not [var old, ..]) return false;
        var note = marks.Note ?? old.Note;
        var tags = marks.Tags ?? old.Tags;
        await session.ExecuteAsync("UPDATE flows SET bookmarked = $2, note = $3, tags = $4 WHERE seq = $1", old.Flow, marks.Bookmarked ?? old.Bookmarked, note, StateJson.Tags(tags)).ConfigureAwait(false);
        await session.IndexMarksAsync(old.Flow, FlowTokenizer.Tokenize(note, tags)).ConfigureAwait(false);
        return true;
    }, cancellationToken);

    public Task<bool> RemoveAsync(string id, CancellationToken cancellationToken = default) => database.WriteAsync(async session =>
    {
        if (await session.NumberAsync("SELECT seq FROM flows WHERE id = $1", id).ConfigureAwait(false) is not { } flow) return false;
        await FlowRetentionRun.RemoveAsync(session, [flow]).ConfigureAwait(false);
        return true;
    }, cancellationToken);

    public Task<FlowsPruned> PruneAsync(FlowRetention retention, CancellationToken cancellationToken = default) => new FlowRetentionRun(database, cancellationToken).RunAsync(retention);

    public Task<FlowTotals> TotalsAsync(CancellationToken cancellationToken = default) => database.ReadAsync(async session =>
        (await session.QueryAsync("SELECT COUNT(*), CAST(COALESCE(SUM(size + body_size), 0) AS BIGINT), MIN(started_at) FROM flows",
            row => new FlowTotals(row.Number(0), row.Number(1), row.TimeOrNull(2))).ConfigureAwait(false))[0], cancellationToken);

    /// <summary>In the order of ids, so that two nodes never wait for each other; of those with one id the last.</summary>
    private List<FlowInsert> Inserts(IReadOnlyList<FlowRecord> flows)
    {
        using var details = new FlowDetails();
        var drafts = new List<FlowInsert>(flows.Count);
        foreach (var flow in flows) drafts.Add(new FlowInsert(flow, _sets, details));
        drafts.Sort(static (one, other) => string.CompareOrdinal(one.Flow.Id, other.Flow.Id));
        for (var i = drafts.Count - 1; i > 0; i--)
            if (drafts[i].Flow.Id == drafts[i - 1].Flow.Id) return [.. flows.Reverse().DistinctBy(flow => flow.Id, StringComparer.Ordinal).OrderBy(flow => flow.Id, StringComparer.Ordinal).Select(flow => drafts.Find(draft => ReferenceEquals(draft.Flow, flow))!)];
        return drafts;
    }

    private static async Task AppendAsync(DbTransactionScope session, List<FlowInsert> drafts)
    {
        var used = new Dictionary<TermSet, long>();
        foreach (var draft in drafts) used[draft.Set] = Math.Max(used.GetValueOrDefault(draft.Set), UnixMilliseconds.From(draft.Flow.StartedAt));
        var numbers = await SharedTermSets.NumbersAsync(session, used).ConfigureAwait(false);
        foreach (var draft in drafts) draft.TermSet = numbers[draft.Set.Hash];
        // Nearly always all of them are new, so none is asked for first.
        var places = await session.InsertAsync(FlowRows.Insertion, drafts).ConfigureAwait(false);
        for (var i = 0; i < places.Length; i++) drafts[i].RowId = places[i] != 0 ? places[i] : await ReplaceAsync(session, drafts[i]).ConfigureAwait(false);
        await session.InsertAsync(FlowRows.Details, drafts).ConfigureAwait(false);
        var texts = drafts.Where(draft => draft.SearchText.Length > 0 || draft.Flow.Marks is { Note.Length: > 0 } or { Tags.Count: > 0 })
            .Select(draft => (draft.RowId, draft.SearchText, FlowTokenizer.Tokenize(draft.Flow.Marks.Note ?? "", draft.Flow.Marks.Tags ?? []))).ToList();
        if (texts.Count > 0) await session.IndexTermsAsync(texts).ConfigureAwait(false);
        var bodies = drafts.SelectMany(draft => draft.Bodies.Select((body, ordinal) =>
            (object?[])[draft.RowId, ordinal, (int)body.Body.Kind, body.Body.Attempt, body.Body.ContentType, body.Packed, body.Body.Content.Length, body.Body.Length])).ToList();
        if (bodies.Count > 0) await session.InsertAsync("flow_bodies", FlowRows.BodyColumns, bodies, "").ConfigureAwait(false);
    }

    /// <summary>Puts a flow in the place of the one that has its id, whose marks it takes over. Again where another node was quicker.</summary>
    private static async Task<long> ReplaceAsync(DbTransactionScope session, FlowInsert draft)
    {
        while (true)
        {
            var found = await session.QueryAsync($"SELECT seq, bookmarked, note, tags FROM flows WHERE id = $1{session.ForUpdate}",
                row => (Flow: row.Number(0), Marks: new FlowMarks { Bookmarked = row.GetBool(1), Note = row.Text(2), Tags = StateJson.Tags(row.Text(3)) }), draft.Flow.Id).ConfigureAwait(false);
            if (found is [var old, ..])
            {
                draft.Flow = draft.Flow with { Marks = old.Marks };
                await FlowRetentionRun.RemoveAsync(session, [old.Flow]).ConfigureAwait(false);
            }

            var places = await session.InsertAsync(FlowRows.Insertion, [draft]).ConfigureAwait(false);
            if (places[0] != 0) return places[0];
        }
    }
}
