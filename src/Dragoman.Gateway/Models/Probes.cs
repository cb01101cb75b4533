using System.Collections.Concurrent;

namespace Dragoman.Gateway.Models;

/// <summary>
/// Lets requests through although all lanes rest, so that an end of the fault is found out, and not more than that: one a minute and model
/// after guessed limits; after passing faults as they come, and one a second once the upstream has failed three times in a row.
/// </summary>
internal sealed class Probes(TimeProvider time)
{
    private const int Most = 4_096;

    private const int FewFaults = 3;
    private static readonly TimeSpan PassingInterval = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<string, DateTimeOffset> last = new(StringComparer.Ordinal);

    /// <summary>How far probes of one model are apart.</summary>
    public static TimeSpan Interval { get; } = TimeSpan.FromSeconds(60);

    /// <summary>Whether a probe after a guessed limit is due; takes the turn unless only looking.</summary>
    public bool MayProbe(string model, bool dryRun) => MayProbe(model, Interval, dryRun);

    /// <summary>Whether a probe after passing faults, so many in a row, is due; takes the turn unless only looking.</summary>
    public bool MayProbePassing(string model, int streak, bool dryRun) => streak < FewFaults || MayProbe("passing " + model, PassingInterval, dryRun);

    private bool MayProbe(string model, TimeSpan interval, bool dryRun)
    {
        var now = time.GetUtcNow();
        if (last.TryGetValue(model, out var before))
        {
            if (now - before < interval) return false;
            return dryRun || last.TryUpdate(model, now, before);
        }

        if (dryRun) return true;
        if (last.Count >= Most) last.Clear();
        return last.TryAdd(model, now);
    }
}
