using System.Collections.Concurrent;

namespace Dragoman.Gateway.Models;

/// <summary>Lets one request a minute and model through although all lanes rest; more would be a hammer.</summary>
internal sealed class Probes(TimeProvider time)
{
    private const int Most = 4_096;

    private readonly ConcurrentDictionary<string, DateTimeOffset> last = new(StringComparer.Ordinal);

    /// <summary>How far probes of one model are apart.</summary>
    public static TimeSpan Interval { get; } = TimeSpan.FromSeconds(60);

    /// <summary>Whether a probe is due; takes the turn unless only looking.</summary>
    public bool MayProbe(string model, bool dryRun)
    {
        var now = time.GetUtcNow();
        if (last.TryGetValue(model, out var before))
        {
            if (now - before < Interval) return false;
            return dryRun || last.TryUpdate(model, now, before);
        }

        if (dryRun) return true;
        if (last.Count >= Most) last.Clear();
        return last.TryAdd(model, now);
    }
}
