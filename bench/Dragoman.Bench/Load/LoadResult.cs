namespace Dragoman.Bench.Load;

/// <summary>What one run of a load came to.</summary>
/// <param name="Requests">Answers read to their end.</param>
/// <param name="Events">Paced events among them.</param>
/// <param name="Seconds">How long it took.</param>
/// <param name="P50">Median latency in milliseconds: of whole answers, or to the first byte of streams.</param>
/// <param name="P99">The same, of 99 in 100.</param>
/// <param name="GapP99">Of streams: the time between two arrivals, 99 in 100 under it.</param>
/// <param name="CpuMicroseconds">CPU time of the server in this while; 0 when not measured.</param>
/// <param name="ResidentBytes">Its memory at the end.</param>
/// <param name="Errors">Answers that were not as expected.</param>
internal sealed record LoadResult(long Requests, long Events, double Seconds, double P50, double P99, double GapP99, double CpuMicroseconds, long ResidentBytes, long Errors)
{
    public double RequestsPerSecond => Requests / Seconds;

    public double CpuPerRequest => Requests == 0 ? 0 : CpuMicroseconds / Requests;

    public double CpuPerEvent => Events == 0 ? 0 : CpuMicroseconds / Events;
}
