using System.Buffers.Binary;
using System.Text;

namespace Dragoman.Server.Tests.Conformance.ClientDrivers;

/// <summary>Streams of application/vnd.amazon.eventstream, read by the letter of the AWS SDKs' description: lengths and both checksums have to agree, every header is a text, and nothing follows an exception.</summary>
internal static class AwsEventStream
{
    public const string MediaType = "application/vnd.amazon.eventstream";

    /// <summary>The name that an exception's event bears in front of its own.</summary>
    public const string Exception = ":exception ";

    /// <summary>Cuts a body into events: the event's type with its payload.</summary>
    public static List<ServerSentEvent> ReadAll(ReadOnlySpan<byte> body)
    {
        var events = new List<ServerSentEvent>();
        while (!body.IsEmpty)
        {
            if (events.Count > 0) events[^1].Name!.ShouldNotStartWith(Exception, customMessage: "Nothing comes after an exception.");
            body.Length.ShouldBeGreaterThanOrEqualTo(16, "The stream ends within a frame.");
            var length = BinaryPrimitives.ReadInt32BigEndian(body);
            length.ShouldBeInRange(16, body.Length, "The stream ends within a frame.");
            events.Add(Read(body[..length]));
            body = body[length..];
        }

        return events;
    }

    private static ServerSentEvent Read(ReadOnlySpan<byte> frame)
    {
        BinaryPrimitives.ReadUInt32BigEndian(frame[8..]).ShouldBe(Checksum(frame[..8]), "The prelude's checksum.");
        BinaryPrimitives.ReadUInt32BigEndian(frame[^4..]).ShouldBe(Checksum(frame[..^4]), "The frame's checksum.");
        var headers = new Dictionary<string, string>();
        var end = 12 + BinaryPrimitives.ReadInt32BigEndian(frame[4..]);
        for (var at = 12; at < end;)
        {
            var name = Encoding.UTF8.GetString(frame.Slice(at + 1, frame[at]));
            at += 1 + frame[at];
            frame[at].ShouldBe((byte)7, "Headers are texts.");
            var size = BinaryPrimitives.ReadUInt16BigEndian(frame[(at + 1)..]);
            headers.Add(name, Encoding.UTF8.GetString(frame.Slice(at + 3, size)));
            at += 3 + size;
        }

        headers[":content-type"].ShouldBe("application/json");
        var data = Encoding.UTF8.GetString(frame[end..^4]);
        return headers[":message-type"] switch
        {
            "event" => new(headers[":event-type"], data),
            "exception" => new(Exception + headers[":exception-type"], data),
            var other => throw new InvalidDataException($"A message of the type '{other}'."),
        };
    }

    private static uint Checksum(ReadOnlySpan<byte> bytes)
    {
        var sum = uint.MaxValue;
        foreach (var value in bytes)
        {
            sum ^= value;
            for (var bit = 0; bit < 8; bit++) sum = (sum & 1) != 0 ? sum >> 1 ^ 0xEDB88320 : sum >> 1;
        }

        return ~sum;
    }
}
