using System.Text;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Framing;
using Dragoman.Protocols.Json;

namespace Dragoman.Protocols.Tests.Support;

/// <summary>Short ways to run the codecs in tests.</summary>
public static class Replay
{
    /// <summary>Reads a client's request.</summary>
    public static ConversationRequest Request(IClientProtocol client, string body, RequestTarget target = default)
        => client.ReadRequest(Encoding.UTF8.GetBytes(body), target);

    /// <summary>Writes a request for an upstream and gives its body.</summary>
    public static string Write(IUpstreamProtocol upstream, TranslationContext exchange)
    {
        using var output = new PooledBuffer();
        upstream.WriteRequest(exchange, output);
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }

    /// <summary>Feeds a stream of SSE bytes, torn into pieces of the given size, to an upstream's reader; normalised events go to the sink.</summary>
    public static void Stream(IUpstreamProtocol upstream, TranslationContext exchange, IAnswerSink sink, ReadOnlySpan<byte> sse, int pieceSize = int.MaxValue)
    {
        var normalizer = new AnswerNormalizer(exchange, sink);
        var reader = upstream.OpenStream(exchange, normalizer);
        using var frames = new SseReader();
        while (!sse.IsEmpty)
        {
            var piece = sse[..Math.Min(pieceSize, sse.Length)];
            sse = sse[piece.Length..];
            frames.Append(piece);
            while (frames.TryRead(out var frame)) reader.Read(frame.Name.Span, frame.Data);
        }

        while (frames.TryReadLast(out var frame)) reader.Read(frame.Name.Span, frame.Data);
        reader.Complete();
        normalizer.Complete();
    }

    /// <summary>The SSE bytes of a recording: one event's JSON a line; <paramref name="end"/> is appended as a last data line where given.</summary>
    public static byte[] SseOf(string chunks, string? end = null)
    {
        var text = new StringBuilder();
        foreach (var line in chunks.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)) text.Append("data: ").Append(line).Append("\n\n");
        if (end is not null) text.Append("data: ").Append(end).Append("\n\n");
        return Encoding.UTF8.GetBytes(text.ToString());
    }

    /// <summary>A stream read and written in a client's language, as text.</summary>
    public static string Translate(IUpstreamProtocol upstream, IClientProtocol client, TranslationContext exchange, ReadOnlySpan<byte> sse, int pieceSize = int.MaxValue)
    {
        using var output = new PooledBuffer();
        Stream(upstream, exchange, client.OpenStream(exchange, output), sse, pieceSize);
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }
}
