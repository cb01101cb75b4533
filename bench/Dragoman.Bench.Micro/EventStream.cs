using System.Text;
using BenchmarkDotNet.Attributes;
using Dragoman.Protocols.Framing;

namespace Dragoman.Bench.Micro;

/// <summary>Two hundred events of a stream, as they come: taken apart into frames.</summary>
[MemoryDiagnoser]
public class EventStream
{
    private const int Events = 200;

    private static readonly byte[] Event = Encoding.UTF8.GetBytes(
        "event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"text_delta\",\"text\":\" and returns its result\"}}\n\n");

    /// <summary>How many events each read brings.</summary>
    [Params(1, 20)]
    public int PerRead { get; set; }

    [Benchmark(OperationsPerInvoke = Events)]
    public int Frames()
    {
        using var reader = new SseReader();
        var frames = 0;
        for (var read = 0; read < Events; read += PerRead)
        {
            for (var index = 0; index < PerRead; index++) reader.Append(Event);
            while (reader.TryRead(out _)) frames++;
        }

        return frames;
    }
}
