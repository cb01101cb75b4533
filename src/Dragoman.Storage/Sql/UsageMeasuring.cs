using System.Runtime.InteropServices;
using Dragoman.Gateway.Persistence;

namespace Dragoman.Storage.Sql;

/// <summary>
/// Percentiles of what requests took, counted here and not in SQL so that both engines agree. Of too many entries every n-th by its number is taken, found by
/// its key: so the cost is bounded however large the ledger is.
/// </summary>
internal static class UsageMeasuring
{
    public static async Task<UsageLatencies> RunAsync(DbTransactionScope session, UsageQuery query, UsageGrouping grouping, int most)
    {
        var (from, to) = UsageSource.Times(query, grouping);
        var conditions = new WhereBuilder();
        conditions.AddIf("at >= ?", from);
        conditions.AddIf("at < ?", to);
        var many = conditions.Parameter(most + 1L);
        var count = await session.NumberAsync($"SELECT COUNT(*) FROM (SELECT 1 AS one FROM usage{conditions.Where} LIMIT {many}) AS counted", conditions.Values).ConfigureAwait(false) ?? 0;
        var isSampled = count > most;
        var source = isSampled ? await SampleAsync(session, from, to, most).ConfigureAwait(false) : "usage";

        conditions = new WhereBuilder();
        conditions.AddIf("at >= ?", from);
        conditions.AddIf("at < ?", to);
        SqlUsageStore.Named(conditions, query);
        var groups = UsageSource.Groups(grouping, $"((at / {UsageSource.TenMinutes}) * {UsageSource.TenMinutes})");
        // Days are those of whole hours, as in the sums.
        if (grouping.Step is UsageStep.Day or UsageStep.Week) groups = UsageSource.Groups(grouping, $"((at / {UsageHour.Length}) * {UsageHour.Length})");
        var measured = new Dictionary<UsageRow, Times>();
        await session.EachAsync($"SELECT {string.Join(", ", groups.Append("first_byte").Append("duration"))} FROM {source}{conditions.Where}", row =>
        {
            ref var times = ref CollectionsMarshal.GetValueRefOrAddDefault(measured, UsageSource.Group(row, grouping), out _);
            times ??= new Times();
            if (row.NumberOrNull(groups.Count) is { } first) times.FirstBytes.Add(first);
            times.Durations.Add(row.Number(groups.Count + 1));
            return Task.CompletedTask;
        }, conditions.Values).ConfigureAwait(false);
        return new UsageLatencies([.. measured.Select(pair => pair.Value.ToLatency(pair.Key))], measured.Count == 0 ? null : Times.Together(measured.Values).ToLatency(new UsageRow()), isSampled);
    }

    /// <summary>A join that finds every n-th entry by its key.</summary>
    private static async Task<string> SampleAsync(DbTransactionScope session, long? from, long? to, int most)
    {
        var conditions = new WhereBuilder();
        conditions.AddIf("at >= ?", from);
        conditions.AddIf("at < ?", to);
        var (low, high) = (await session.QueryAsync($"SELECT MIN(seq), MAX(seq) FROM usage{conditions.Where}", row => (row.Number(0), row.Number(1)), conditions.Values).ConfigureAwait(false))[0];
        var step = ((high - low) / most) + 1;
        return $"(WITH RECURSIVE numbers(number) AS (SELECT CAST({low} AS BIGINT) UNION ALL SELECT number + {step} FROM numbers WHERE number + {step} <= {high}) SELECT usage.* FROM numbers JOIN usage ON usage.seq = numbers.number) AS sample";
    }

    private sealed class Times
    {
        public List<long> FirstBytes { get; } = [];

        public List<long> Durations { get; } = [];

        public static Times Together(IEnumerable<Times> all)
        {
            var together = new Times();
            foreach (var times in all)
            {
                together.FirstBytes.AddRange(times.FirstBytes);
                together.Durations.AddRange(times.Durations);
            }

            return together;
        }

        public UsageLatency ToLatency(UsageRow group)
        {
            FirstBytes.Sort();
            Durations.Sort();
            return new UsageLatency
            {
                Group = group,
                FirstByteMedian = FirstBytes.Count == 0 ? null : At(FirstBytes, 50),
                FirstByte95 = FirstBytes.Count == 0 ? null : At(FirstBytes, 95),
                DurationMedian = At(Durations, 50),
                Duration95 = At(Durations, 95),
            };
        }

        /// <summary>The smallest that so many of a hundred do not exceed.</summary>
        private static TimeSpan At(List<long> sorted, int percent) => UnixMilliseconds.Span(sorted[(((sorted.Count * percent) + 99) / 100) - 1]);
    }
}
