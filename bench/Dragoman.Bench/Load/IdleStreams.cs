using System.Net;
using Dragoman.Bench.Measure;
using Dragoman.Bench.Requests;

namespace Dragoman.Bench.Load;

/// <summary>Opens streams and holds them after their first event, to see what an open stream weighs.</summary>
internal static class IdleStreams
{
    public static async Task<IdleResult> RunAsync(IPEndPoint target, ClientRequest request, int count, ProcessMeter meter, TimeSpan settle)
    {
        var before = meter.ResidentBytes();
        var open = new List<ClientConnection>(count);
        try
        {
            for (var index = 0; index < count; index++) open.Add(new ClientConnection(target, bufferSize: 4_096));
            await Parallel.ForEachAsync(open, new ParallelOptions { MaxDegreeOfParallelism = 32 }, async (connection, _) =>
            {
                await connection.OpenAsync();
                var answer = await connection.AskFirstAsync(request);
                if (answer.Status != 200 || answer.Done) throw new LoadException($"A held stream answered with status {answer.Status} and did not stay open.");
            });
            await Task.Delay(settle);
            var cpu = meter.CpuMicroseconds();
            var held = TimeSpan.FromSeconds(1);
            await Task.Delay(held);
            return new IdleResult(count, before, meter.ResidentBytes(), (meter.CpuMicroseconds() - cpu) / held.TotalMicroseconds);
        }
        finally
        {
            foreach (var connection in open) connection.Dispose();
        }
    }
}

/// <summary>What held streams came to.</summary>
/// <param name="Streams">How many.</param>
/// <param name="BeforeBytes">Memory of the server before.</param>
/// <param name="HeldBytes">Memory while they were open.</param>
/// <param name="CpuShare">The share of one core it took to hold them.</param>
internal sealed record IdleResult(int Streams, long BeforeBytes, long HeldBytes, double CpuShare)
{
    public double BytesPerStream => (HeldBytes - BeforeBytes) / (double)Streams;
}
