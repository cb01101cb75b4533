using System.Collections.Concurrent;

namespace Dragoman.Gateway.Routing;

/// <summary>
/// Whose turn it is to find out whether a target works again after a guessed cooldown: one request in a few seconds until it is answered, so that a
/// dead upstream does not get the whole stream of requests each time its cooldown ends while others can answer.
/// </summary>
internal sealed class HalfOpenProbes(TimeProvider time)
{
    private const int Most = 4_096;

    private readonly ConcurrentDictionary<(string Account, string Model), DateTimeOffset> _last = new();

    /// <summary>How far probes of one target are apart.</summary>
    public static TimeSpan Interval { get; } = TimeSpan.FromSeconds(5);

    /// <summary>Whether a request may go to the target first; takes the turn unless only looking.</summary>
    public bool TryBegin(string account, string model, bool dryRun)
    {
        var (key, now) = ((account, model), time.GetUtcNow());
        if (_last.TryGetValue(key, out var before))
        {
            if (now - before < Interval) return false;
            return dryRun || _last.TryUpdate(key, now, before);
        }

        if (dryRun) return true;
        if (_last.Count >= Most) _last.Clear();
        return _last.TryAdd(key, now);
    }
}
