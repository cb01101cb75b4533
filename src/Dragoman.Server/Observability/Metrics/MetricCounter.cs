namespace Dragoman.Server.Observability.Metrics;

/// <summary>A counter.</summary>
internal sealed class MetricCounter
{
    private long _value;

    public long Value => Interlocked.Read(ref _value);

    public void Add(long amount) => Interlocked.Add(ref _value, amount);
}
