using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Dragoman.Bench.Measure;
using Dragoman.Bench.Requests;

namespace Dragoman.Bench.Load;

/// <summary>Closed loops: every connection asks again as soon as it has been answered.</summary>
internal static class LoadRun
{
    /// <summary>Asks for so many seconds.</summary>
    public static Task<LoadResult> ForAsync(IPEndPoint target, ClientRequest request, int connections, double seconds, ProcessMeter? meter)
    {
        // Nothing is counted before every connection is open and was answered once.
        return RunAsync(target, request, connections, meter, warm: true, (connection, tally) => AskUntilAsync(connection, request, seconds, tally));
    }

    /// <summary>Asks on every connection so many times; for streams.</summary>
    public static Task<LoadResult> TimesAsync(IPEndPoint target, ClientRequest request, int connections, int times, ProcessMeter? meter)
        => RunAsync(target, request, connections, meter, warm: false, async (connection, tally) =>
        {
            for (var index = 0; index < times; index++) await AskOnceAsync(connection, request, tally);
        });

    private static async Task<LoadResult> RunAsync(
        IPEndPoint target, ClientRequest request, int connections, ProcessMeter? meter, bool warm, Func<ClientConnection, Tally, Task> loop)
    {
        var open = new List<ClientConnection>();
        try
        {
            for (var index = 0; index < connections; index++)
            {
                var connection = new ClientConnection(target);
                open.Add(connection);
                await connection.OpenAsync();
                if (warm) await connection.AskAsync(request);
            }

            var tallies = open.ConvertAll(_ => new Tally());
            var cpu = meter?.CpuMicroseconds() ?? 0;
            var start = Stopwatch.GetTimestamp();
            await Task.WhenAll(open.Select((connection, index) => Task.Run(() => loop(connection, tallies[index]))));
            var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
            var spent = (meter?.CpuMicroseconds() ?? 0) - cpu;
            var all = new Tally();
            foreach (var tally in tallies) all.Merge(tally);
            return new LoadResult(all.Requests, all.Requests * request.Events, seconds, all.Times.Milliseconds(0.5), all.Times.Milliseconds(0.99),
                all.Gaps.Milliseconds(0.99), spent, meter?.ResidentBytes() ?? 0, all.Errors);
        }
        finally
        {
            foreach (var connection in open) connection.Dispose();
        }
    }

    private static async Task AskUntilAsync(ClientConnection connection, ClientRequest request, double seconds, Tally tally)
    {
        var end = Stopwatch.GetTimestamp() + (long)(seconds * Stopwatch.Frequency);
        while (Stopwatch.GetTimestamp() < end && tally.Errors < 5) await AskOnceAsync(connection, request, tally);
    }

    private static async Task AskOnceAsync(ClientConnection connection, ClientRequest request, Tally tally)
    {
        var start = Stopwatch.GetTimestamp();
        try
        {
            var answer = await connection.AskAsync(request, keep: false, request.Stream ? tally.Gaps : null);
            if (answer.Status != 200 || answer.Marks < request.Events)
            {
                tally.Errors++;
                return;
            }

            tally.Times.Add((request.Stream ? connection.FirstByteAt : Stopwatch.GetTimestamp()) - start);
            tally.Requests++;
        }
        catch (Exception ex) when (ex is SocketException or IOException or InvalidDataException)
        {
            tally.Errors += 5;
            connection.Dispose();
            throw new LoadException($"The answer broke off: {ex.Message}");
        }
    }

    private sealed class Tally
    {
        public long Requests { get; set; }

        public long Errors { get; set; }

        public Latencies Times { get; } = new();

        public Latencies Gaps { get; } = new();

        public void Merge(Tally other)
        {
            Requests += other.Requests;
            Errors += other.Errors;
            Times.Merge(other.Times);
            Gaps.Merge(other.Gaps);
        }
    }
}

/// <summary>A target does not do what it is measured for.</summary>
internal sealed class LoadException(string message) : Exception(message);
