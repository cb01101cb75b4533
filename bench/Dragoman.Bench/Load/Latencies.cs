using System.Diagnostics;

namespace Dragoman.Bench.Load;

/// <summary>Collects durations of one connection or, merged, of all.</summary>
internal sealed class Latencies
{
    private readonly List<long> ticks = new(4_096);

    public int Count => ticks.Count;

    public void Add(long duration) => ticks.Add(duration);

    public void Merge(Latencies other) => ticks.AddRange(other.ticks);

    /// <summary>The duration that a share of all stay under, in milliseconds.</summary>
    public double Milliseconds(double share)
    {
        if (ticks.Count == 0) return 0;
        ticks.Sort();
        return ticks[Math.Min(ticks.Count - 1, (int)(share * ticks.Count))] * 1_000d / Stopwatch.Frequency;
    }
}
