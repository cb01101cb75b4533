using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Dragoman.Gateway.Persistence;

namespace Dragoman.Storage.Sql;

/// <summary>
/// The words that many flows have alike: of models, accounts, keys, clients and outcomes. Each set of them is one row that flows point at, so that a flow
/// costs a number and not an entry in an index, and a word of all of them is found by looking at few rows.
/// </summary>
internal sealed class SharedTermSets
{
    private const int MostKnown = 4_000;
    private const int LongestKnown = 1_024;
    private const long Day = 86_400_000;

    private readonly ConcurrentDictionary<string, TermSet> _known = new(StringComparer.Ordinal);

    /// <summary>The set of a flow. Names recur, so what was cut once is remembered.</summary>
    public TermSet From(FlowRecord flow)
    {
        var length = 9 + flow.RequestedModel.Length + flow.Model.Length + flow.Provider.Length + flow.AccountLabel.Length + flow.KeyName.Length + flow.UserAgent.Length + flow.Surface.Length + (flow.Error?.Length ?? 0);
        for (var i = 0; i < flow.Attempts.Count; i++) length += 2 + flow.Attempts[i].AccountLabel.Length + flow.Attempts[i].Outcome.Length;
        var room = length <= LongestKnown ? stackalloc char[LongestKnown] : new char[length];
        var at = 0;
        Append(room, ref at, flow.RequestedModel);
        Append(room, ref at, flow.Model);
        Append(room, ref at, flow.Provider);
        Append(room, ref at, flow.AccountLabel);
        Append(room, ref at, flow.KeyName);
        Append(room, ref at, flow.UserAgent);
        Append(room, ref at, flow.Surface);
        Append(room, ref at, flow.Error ?? "");
        for (var i = 0; i < flow.Attempts.Count; i++)
        {
            Append(room, ref at, flow.Attempts[i].AccountLabel);
            Append(room, ref at, flow.Attempts[i].Outcome);
        }

        var text = room[..at];
        var lookup = _known.GetAlternateLookup<ReadOnlySpan<char>>();
        if (lookup.TryGetValue(text, out var set)) return set;
        set = Cut(text);
        if (at > LongestKnown) return set;
        if (_known.Count >= MostKnown) _known.Clear();
        return lookup.TryAdd(text, set) ? set : lookup[text];
    }

    /// <summary>The numbers of sets, by their hash; those that are not there yet are written.</summary>
    /// <param name="session">The transaction that writes the flows too.</param>
    /// <param name="sets">Each set and the time of the newest flow that has it.</param>
    public static async Task<Dictionary<string, long>> NumbersAsync(DbTransactionScope session, Dictionary<TermSet, long> sets)
    {
        var numbers = new Dictionary<string, long>(sets.Count, StringComparer.Ordinal);
        // In one order everywhere, so that two nodes never wait for each other.
        var wanted = sets.OrderBy(set => set.Key.Hash, StringComparer.Ordinal).ToList();
        foreach (var part in wanted.Chunk(session.RowsAtOnce))
        {
            var names = string.Join(',', part.Select((_, number) => $"${number + 1}"));
            var rows = await session.QueryAsync($"SELECT hash, seq, used_until FROM flow_word_sets WHERE hash IN ({names})", row => (Hash: row.Text(0), Number: row.Number(1), Until: row.Number(2)),
                [.. part.Select(set => set.Key.Hash)]).ConfigureAwait(false);
            foreach (var row in rows) numbers[row.Hash] = row.Number;
            foreach (var (set, last) in part)
            {
                if (rows.Exists(row => row.Hash == set.Hash && row.Until >= last)) continue;
                // Written a day ahead, so that a set in use is not written with every batch.
                await session.ExecuteAsync("INSERT INTO flow_word_sets (hash, words, used_until) VALUES ($1, $2, $3) ON CONFLICT (hash) DO UPDATE SET used_until = excluded.used_until WHERE flow_word_sets.used_until < excluded.used_until",
                    set.Hash, set.Words, last + Day).ConfigureAwait(false);
                if (!numbers.ContainsKey(set.Hash)) numbers[set.Hash] = await session.NumberAsync("SELECT seq FROM flow_word_sets WHERE hash = $1", set.Hash).ConfigureAwait(false) ?? 0;
            }
        }

        return numbers;
    }

    /// <summary>Lets go the sets that no flow has any more: those that were last used before the oldest flow. A day is left for a flow that is being written.</summary>
    public static Task DropUnusedAsync(DbTransactionScope session)
        => session.ExecuteAsync("DELETE FROM flow_word_sets WHERE used_until < (SELECT MIN(started_at) FROM flows) - $1", Day);

    private static TermSet Cut(ReadOnlySpan<char> text)
    {
        var words = FlowTokenizer.Cut(text);
        return new TermSet(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(words)).AsSpan(0, 16)), words);
    }

    private static void Append(Span<char> room, ref int at, string text)
    {
        text.CopyTo(room[at..]);
        at += text.Length;
        room[at++] = '\n';
    }
}

/// <summary>A set of words.</summary>
/// <param name="Hash">Of the words: what it is known by, as they may be too long for an index.</param>
/// <param name="Words">The words, each after a space.</param>
internal sealed record TermSet(string Hash, string Words)
{
    public bool Equals(TermSet? other) => ReferenceEquals(this, other) || (other is not null && Hash == other.Hash);

    public override int GetHashCode() => Hash.GetHashCode(StringComparison.Ordinal);
}
