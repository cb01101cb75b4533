using Dragoman.Gateway.State;

namespace Dragoman.Storage.Sql;

internal sealed class SqlFlowStore(Database database) : IFlowStore
{
    private const string Joined = "FROM flows f LEFT JOIN flow_details d ON d.flow = f.seq";
    private static readonly string Replace = "ON CONFLICT (id) DO UPDATE SET " + string.Join(", ", FlowRows.Columns.Where(column => column is not ("id" or "bookmarked" or "note" or "tags")).Select(column => $"{column}=excluded.{column}"));

    public Task AppendAsync(IReadOnlyList<FlowRecord> flows, CancellationToken cancel = default)
    {
        if (flows.Count == 0) return Task.CompletedTask;
        // Packed and cut into words here, not in the transaction.
        var drafts = flows.Reverse().DistinctBy(flow => flow.Id, StringComparer.Ordinal).OrderBy(flow => flow.Id, StringComparer.Ordinal).Select(flow => new Draft(flow)).ToList();
        return database.WriteAsync(session => AppendAsync(session, drafts), cancel);
    }

    public Task<FlowRecord?> GetAsync(string id, CancellationToken cancel = default)
        => database.ReadAsync(session => session.FirstAsync($"SELECT {FlowRows.Select} {Joined} WHERE f.id = $1", FlowRows.Read, id), cancel);

    public Task<IReadOnlyList<FlowBody>> BodiesAsync(string id, CancellationToken cancel = default) => database.ReadAsync<IReadOnlyList<FlowBody>>(async session =>
        await session.QueryAsync("SELECT b.kind, b.attempt, b.content_type, b.content, b.kept, b.length FROM flows f JOIN flow_bodies b ON b.flow = f.seq WHERE f.id = $1 ORDER BY b.ordinal",
            FlowRows.ReadBody, id).ConfigureAwait(false), cancel);

    public Task<Page<FlowRecord>> SearchAsync(FlowQuery query, PageRequest page, CancellationToken cancel = default) => database.ReadAsync(async session =>
    {
        var conditions = new Conditions();
        var words = FlowWords.Of(query.Text);
        if (words.Count > 0) conditions.Add(session.HasWords(conditions.Parameter(session.WordsQuery(words))));
        else if (!string.IsNullOrWhiteSpace(query.Text)) return new Page<FlowRecord>([], null);
        if (query.Model is { } model)
        {
            var name = conditions.Parameter(Conditions.Like(model));
            conditions.Add($"(LOWER(f.model) LIKE {name} ESCAPE '!' OR LOWER(f.requested_model) LIKE {name} ESCAPE '!')");
        }

        Either(conditions, query.Account, "f.account_id", "f.account_label");
        Either(conditions, query.Key, "f.key_id", "f.key_name");
        conditions.AddIf("f.provider = ?", query.Provider);
        conditions.AddIf("f.session = ?", query.Session);
        conditions.AddIf("f.status >= ?", query.StatusFrom);
        conditions.AddIf("f.status <= ?", query.StatusTo);
        conditions.AddIf("f.started_at >= ?", Moment.Of(query.From));
        conditions.AddIf("f.started_at < ?", Moment.Of(query.To));
        if (query.HasLosses is { } losses) conditions.Add(losses ? "f.losses > 0" : "f.losses = 0");
        if (query.Bookmarked is { } bookmarked) conditions.Add(bookmarked ? "f.bookmarked = 1" : "f.bookmarked = 0");
        if (query.Tag is { } tag)
        {
            var json = StateJson.Tags([tag]);
            conditions.Add("f.tags LIKE ? ESCAPE '!'", "%" + json[1..^1].Replace("!", "!!", StringComparison.Ordinal).Replace("%", "!%", StringComparison.Ordinal).Replace("_", "!_", StringComparison.Ordinal) + "%");
        }

        conditions.After(page.After, "f.started_at", "f.seq");
        var limit = conditions.Parameter(page.Limit + 1);
        var rows = await session.QueryAsync($"SELECT {FlowRows.Select} {Joined}{conditions.Where} ORDER BY f.started_at DESC, f.seq DESC LIMIT {limit}",
            row => (Flow: FlowRows.Read(row), Place: new Cursor(row.Number(1), row.Number(FlowRows.Place))), conditions.Values).ConfigureAwait(false);
        return new Page<FlowRecord>([.. rows.Take(page.Limit).Select(row => row.Flow)], rows.Count > page.Limit ? rows[page.Limit - 1].Place.ToString() : null);
    }, cancel);

    public Task<bool> MarkAsync(string id, FlowMarks marks, CancellationToken cancel = default) => database.WriteAsync(async session =>
    {
        var found = await session.QueryAsync($"SELECT seq, bookmarked, note, tags FROM flows WHERE id = $1{session.ForUpdate}",
            row => (Flow: row.Number(0), Bookmarked: row.Flag(1), Note: row.Text(2), Tags: StateJson.Tags(row.Text(3))), id).ConfigureAwait(false);
        if (found is not [var old, ..]) return false;
        var note = marks.Note ?? old.Note;
        var tags = marks.Tags ?? old.Tags;
        await session.ExecuteAsync("UPDATE flows SET bookmarked = $2, note = $3, tags = $4 WHERE seq = $1", old.Flow, marks.Bookmarked ?? old.Bookmarked, note, StateJson.Tags(tags)).ConfigureAwait(false);
        await session.IndexMarksAsync(old.Flow, FlowWords.Of(note, tags)).ConfigureAwait(false);
        return true;
    }, cancel);

    public Task<bool> RemoveAsync(string id, CancellationToken cancel = default) => database.WriteAsync(async session =>
    {
        if (await session.NumberAsync("SELECT seq FROM flows WHERE id = $1", id).ConfigureAwait(false) is not { } flow) return false;
        await FlowRetentionRun.RemoveAsync(session, [flow]).ConfigureAwait(false);
        return true;
    }, cancel);

    public Task<FlowsPruned> PruneAsync(FlowRetention retention, CancellationToken cancel = default) => new FlowRetentionRun(database, cancel).RunAsync(retention);

    public Task<FlowTotals> TotalsAsync(CancellationToken cancel = default) => database.ReadAsync(async session =>
        (await session.QueryAsync("SELECT COUNT(*), CAST(COALESCE(SUM(size + body_size), 0) AS BIGINT), MIN(started_at) FROM flows",
            row => new FlowTotals(row.Number(0), row.Number(1), row.TimeOrNull(2))).ConfigureAwait(false))[0], cancel);

    private static void Either(Conditions conditions, string? value, string one, string other)
    {
        if (value is null) return;
        var name = conditions.Parameter(value);
        conditions.Add($"({one} = {name} OR {other} = {name})");
    }

    private static async Task AppendAsync(Session session, List<Draft> drafts)
    {
        var known = await KnownAsync(session, drafts).ConfigureAwait(false);
        if (known.Count > 0) await FlowRetentionRun.RemoveRestAsync(session, [.. known.Values.Select(old => old.Flow)]).ConfigureAwait(false);
        var places = await session.InsertAsync("flows", FlowRows.Columns, [.. drafts.Select(draft => draft.Values)], $"{Replace} RETURNING CAST(seq AS TEXT) || ' ' || id").ConfigureAwait(false);
        var numbers = places.Select(place => place.Split(' ', 2)).ToDictionary(parts => parts[1], parts => long.Parse(parts[0], System.Globalization.CultureInfo.InvariantCulture), StringComparer.Ordinal);
        await session.InsertAsync("flow_details", ["flow", "detail"], [.. drafts.Select(draft => (object?[])[numbers[draft.Flow.Id], draft.Detail])], "").ConfigureAwait(false);
        await session.IndexWordsAsync([.. drafts.Select(draft => (numbers[draft.Flow.Id], draft.Words, known.TryGetValue(draft.Flow.Id, out var old) ? old.Marks : draft.Marks))]).ConfigureAwait(false);
        await session.InsertAsync("flow_bodies", FlowRows.BodyColumns,
            [.. drafts.SelectMany(draft => draft.Bodies.Select((body, ordinal) => (object?[])[numbers[draft.Flow.Id], ordinal, (int)body.Body.Kind, body.Body.Attempt, body.Body.ContentType, body.Packed, body.Body.Content.Length, body.Body.Length]))],
            "").ConfigureAwait(false);
    }

    private static async Task<Dictionary<string, (long Flow, string Marks)>> KnownAsync(Session session, List<Draft> drafts)
    {
        var known = new Dictionary<string, (long, string)>(StringComparer.Ordinal);
        foreach (var part in drafts.Chunk(500))
        {
            var names = string.Join(',', part.Select((_, number) => $"${number + 1}"));
            var rows = await session.QueryAsync($"SELECT seq, id, note, tags FROM flows WHERE id IN ({names})", row => (Flow: row.Number(0), Id: row.Text(1), Marks: FlowWords.Of(row.Text(2), StateJson.Tags(row.Text(3)))),
                [.. part.Select(draft => draft.Flow.Id)]).ConfigureAwait(false);
            foreach (var row in rows) known[row.Id] = (row.Flow, row.Marks);
        }

        return known;
    }

    private sealed class Draft
    {
        public Draft(FlowRecord flow)
        {
            Flow = flow;
            Detail = FlowRows.Detail(flow);
            Words = FlowWords.Of(flow);
            Marks = FlowWords.Of(flow.Marks.Note ?? "", flow.Marks.Tags ?? []);
            Bodies = [.. flow.Bodies.Select(body => (body, FlowRows.Pack(body.Content.Span)))];
            Values = FlowRows.Values(flow, Detail.Length + Words.Length + 200, Bodies.Sum(body => (long)body.Packed.Length));
        }

        public FlowRecord Flow { get; }

        public string Detail { get; }

        public string Words { get; }

        public string Marks { get; }

        public List<(FlowBody Body, byte[] Packed)> Bodies { get; }

        public object?[] Values { get; }
    }
}
