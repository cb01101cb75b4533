namespace Dragoman.Server.Observability.Metrics;

/// <summary>One histogram: how many values fell under each bound, and their sum. Adding takes no lock.</summary>
internal sealed class MetricHistogram(double[] bounds)
{
    private const double Fine = 1e6;
    private readonly long[] _counts = new long[bounds.Length + 1];
    private long _sum;

    /// <summary>The upper bounds, ascending; the last bucket has none.</summary>
    public double[] Bounds => bounds;

    /// <summary>The sum of all values, to a millionth.</summary>
    public double Sum => Interlocked.Read(ref _sum) / Fine;

    /// <summary>How many values fell into a bucket, those of the lower ones not counted.</summary>
    public long CountOf(int bucket) => Interlocked.Read(ref _counts[bucket]);

    public void Add(double value)
    {
        var bucket = 0;
        while (bucket < bounds.Length && value > bounds[bucket]) bucket++;
        Interlocked.Increment(ref _counts[bucket]);
        Interlocked.Add(ref _sum, (long)(value * Fine));
    }
}
