using System.Collections.Concurrent;
using System.Text;

namespace Dragoman.Bench.Upstream;

/// <summary>An answer as it goes over the wire, HTTP framing and all, built once for each language and model name.</summary>
internal sealed class PreparedAnswer
{
    private static readonly ConcurrentDictionary<(Wire, bool, int, int), PreparedAnswer> Cache = new();
    private static readonly byte[] Last = "0\r\n\r\n"u8.ToArray();

    private PreparedAnswer(byte[] first, byte[][] paced, int paceMs)
    {
        First = first;
        Paced = paced;
        PaceMs = paceMs;
    }

    /// <summary>What is sent at once; all there is for whole answers and for streams without a pace.</summary>
    public byte[] First { get; }

    /// <summary>What is sent piece by piece, one each <see cref="PaceMs"/>.</summary>
    public byte[][] Paced { get; }

    public int PaceMs { get; }

    public static PreparedAnswer Get(Wire wire, bool stream, int count, int paceMs)
        => Cache.GetOrAdd((wire, stream, count, paceMs), static key => key.Item2 ? Stream(key.Item1, key.Item3, key.Item4) : Whole(key.Item1));

    private static PreparedAnswer Whole(Wire wire)
    {
        var body = WholeAnswer.Build(wire);
        var head = Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nx-request-id: req_bench\r\nContent-Length: {body.Length}\r\n\r\n");
        return new PreparedAnswer([.. head, .. body], [], 0);
    }

    private static PreparedAnswer Stream(Wire wire, int count, int paceMs)
    {
        var script = StreamScript.Build(wire, count);
        var type = wire is Wire.Converse or Wire.Invoke ? "application/vnd.amazon.eventstream" : "text/event-stream";
        var head = Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nContent-Type: {type}\r\nx-request-id: req_bench\r\nTransfer-Encoding: chunked\r\n\r\n");
        byte[] opening = [.. head, .. Chunk(script.Opening)];
        byte[] ending = [.. Chunk(script.Closing), .. Last];
        if (paceMs == 0) return new PreparedAnswer([.. opening, .. script.Deltas.SelectMany(Chunk), .. ending], [], 0);
        var paced = script.Deltas.Select(Chunk).ToArray();
        paced[^1] = [.. paced[^1], .. ending];
        return new PreparedAnswer(opening, paced, paceMs);
    }

    private static byte[] Chunk(byte[] data) => data.Length == 0 ? [] : [.. Encoding.ASCII.GetBytes($"{data.Length:x}\r\n"), .. data, .. "\r\n"u8];
}
