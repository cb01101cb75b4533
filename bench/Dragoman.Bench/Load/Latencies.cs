using System.Diagnostics;

namespace Dragoman.Bench.Load;

/// <summary>Collects durations of one connection or, merged, of all.</summary>
internal sealed class Latencies
{
    private readonly List<long> _ticks = new(4_096);

    public int Count => _ticks.Count;

    public void Add(long duration) => _ticks.Add(duration);

    public void Merge(Latencies other) => _ticks.AddRange(other._ticks);

    /// <summary>The duration that a share of all stay under, in milliseconds.</summary>
    public double Milliseconds(double share)
    {
        if (_ticks.Count == 0) return 0;
        _ticks.Sort();
        return _ticks[Math.Min(_ticks.Count - 1, (int)(share * _ticks.Count))] * 1_000d / Stopwatch.Frequency;
    }
}
