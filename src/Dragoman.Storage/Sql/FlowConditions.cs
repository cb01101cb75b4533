using Dragoman.Gateway.Persistence;

namespace Dragoman.Storage.Sql;

/// <summary>A <see cref="FlowQuery"/> as conditions of SQL.</summary>
internal static class FlowConditions
{
    /// <summary>Adds the conditions.</summary>
    /// <param name="conditions">Where they are added.</param>
    /// <param name="session">The transaction.</param>
    /// <param name="query">Which flows are meant.</param>
    /// <param name="flow">What the select calls the table of flows.</param>
    /// <returns>False where no flow can fit.</returns>
    public static bool Add(WhereBuilder conditions, DbTransactionScope session, FlowQuery query, string flow)
    {
        var words = FlowTokenizer.Tokenize(query.Text);
        if (words.Count == 0 && !string.IsNullOrWhiteSpace(query.Text)) return false;
        foreach (var word in words) HasWord(conditions, session, word, flow);
        if (query.Model is { } model)
        {
            var name = conditions.Parameter(WhereBuilder.Like(model));
            conditions.Add($"(LOWER({flow}.model) LIKE {name} ESCAPE '!' OR LOWER({flow}.requested_model) LIKE {name} ESCAPE '!')");
        }

        Either(conditions, query.Account, $"{flow}.account_id", $"{flow}.account_label");
        Either(conditions, query.Key, $"{flow}.key_id", $"{flow}.key_name");
        conditions.AddIf($"{flow}.provider = ?", query.Provider);
        conditions.AddIf($"{flow}.client = ?", query.Client);
        conditions.AddIf($"{flow}.session = ?", query.Session);
        conditions.AddIf($"{flow}.status >= ?", query.StatusFrom);
        conditions.AddIf($"{flow}.status <= ?", query.StatusTo);
        conditions.AddIf($"{flow}.started_at >= ?", UnixMilliseconds.From(query.From));
        conditions.AddIf($"{flow}.started_at < ?", UnixMilliseconds.From(query.To));
        if (query.HasLosses is { } losses) conditions.Add(losses ? $"{flow}.losses > 0" : $"{flow}.losses = 0");
        if (query.Bookmarked is { } bookmarked) conditions.Add(bookmarked ? $"{flow}.bookmarked = 1" : $"{flow}.bookmarked = 0");
        if (query.IsRefused is { } refused) conditions.Add(refused ? $"{flow}.refused = 1" : $"{flow}.refused = 0");
        if (query.Tag is { } tag)
        {
            var json = StateJson.Tags([tag]);
            conditions.Add($"{flow}.tags LIKE ? ESCAPE '!'", "%" + json[1..^1].Replace("!", "!!", StringComparison.Ordinal).Replace("%", "!%", StringComparison.Ordinal).Replace("_", "!_", StringComparison.Ordinal) + "%");
        }

        return true;
    }

    private static void Either(WhereBuilder conditions, string? value, string one, string other)
    {
        if (value is null) return;
        var name = conditions.Parameter(value);
        conditions.Add($"({one} = {name} OR {other} = {name})");
    }

    /// <summary>Each word begins a word that the flow shares with others, or one of its own: of its id, its session, what was said, or its marks.</summary>
    private static void HasWord(WhereBuilder conditions, DbTransactionScope session, string word, string flow)
    {
        var inside = conditions.Parameter($"% {word}%");
        var whole = conditions.Parameter($"{word}%");
        var indexed = conditions.Parameter(session.TermQuery(word));
        conditions.Add($"({flow}.word_set IN (SELECT seq FROM flow_word_sets WHERE words LIKE {inside}) OR {flow}.names LIKE {inside} OR {flow}.id LIKE {whole} OR {flow}.seq IN ({session.FlowsWithTerm(indexed)}))");
    }
}
