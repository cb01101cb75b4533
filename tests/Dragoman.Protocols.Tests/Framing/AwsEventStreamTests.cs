using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using Dragoman.Protocols.Framing;

namespace Dragoman.Protocols.Tests.Framing;

public class AwsEventStreamTests
{
    private const string TextEvent = """
        0000007c0000005c3bddcf780b3a6576656e742d7479706507001661737369737461 6e74526573706f6e73654576656e74
        0d3a636f6e74656e742d747970650700106170706c69636174696f6e2f6a736f6e0d3a6d6573736167652d7479706507000565 76656e74
        7b22636f6e74656e74223a224869227db02babdc
        """;

    private const string Delta = """
        0000009f00000057c37babff0b3a6576656e742d74797065070011636f6e74656e74426c6f636b44656c7461
        0d3a636f6e74656e742d747970650700106170706c69636174696f6e2f6a736f6e0d3a6d6573736167652d74
        797065070005 6576656e74 7b22636f6e74656e74426c6f636b496e646578223a302c2264656c7461223a7b
        2274657874223a224869227d2c2270223a2261626364227d f2ace5ff
        """;

    private const string Throttled = """
        0000008800000061de0175f40f3a657863657074696f6e2d747970650700137468726f74746c696e67457863657074696f6e
        0d3a636f6e74656e742d747970650700106170706c69636174696f6e2f6a736f6e0d3a6d6573736167652d74797065070009
        657863657074696f6e7b226d657373616765223a22736c6f7720646f776e227d832ee072
        """;

    private const string Chunk = """
        0000007b0000004b0a2e96af0b3a6576656e742d747970650700056368756e6b0d3a636f6e74656e742d74797065070010
        6170706c69636174696f6e2f6a736f6e0d3a6d6573736167652d747970650700056576656e747b226279746573223a2265
        794a306558426c496a6f6963476c755a794a39227da01f56c4
        """;

    private const string Empty = "00000010 00000000 05c248eb 7d98c8ff";

    [Theory]
    [InlineData(TextEvent, "event assistantResponseEvent application/json {\"content\":\"Hi\"}")]
    [InlineData(Delta, "event contentBlockDelta application/json {\"contentBlockIndex\":0,\"delta\":{\"text\":\"Hi\"},\"p\":\"abcd\"}")]
    [InlineData(Throttled, "exception throttlingException application/json {\"message\":\"slow down\"}")]
    [InlineData(Chunk, "event chunk application/json {\"bytes\":\"eyJ0eXBlIjoicGluZyJ9\"}")]
    [InlineData(Empty, "   ")]
    [Trait("check", "bedrock E1")]
    [Trait("check", "bedrock E6")]
    public void The_worked_examples_are_read_and_written_to_the_byte(string hex, string expected)
    {
        var bytes = Bytes(hex);
        Read(bytes, bytes.Length).ShouldHaveSingleItem().ShouldBe(expected);
        using var reader = new AwsEventStreamReader();
        reader.Append(bytes);
        reader.TryRead(out var frame).ShouldBeTrue();
        var output = new ArrayBufferWriter<byte>();
        if (!frame.EventType.IsEmpty) AwsEventStreamWriter.WriteEvent(output, frame.EventType.Span, frame.Payload.Span);
        else if (!frame.ExceptionType.IsEmpty) AwsEventStreamWriter.WriteException(output, frame.ExceptionType.Span, frame.Payload.Span);
        else AwsEventStreamWriter.WriteFrame(output, frame.Headers.Span, frame.Payload.Span);
        output.WrittenSpan.ToArray().ShouldBe(bytes);
        frame.IsFailure.ShouldBe(!frame.ExceptionType.IsEmpty);
        frame.Name.ToArray().ShouldBe((frame.EventType.IsEmpty ? frame.ExceptionType : frame.EventType).ToArray());
    }

    [Fact]
    public void Frames_torn_at_every_byte_are_the_same()
    {
        var bytes = Bytes(TextEvent + Delta + Empty + Throttled + Chunk);
        var whole = Read(bytes, bytes.Length);
        whole.Count.ShouldBe(5);
        for (var size = 1; size < bytes.Length; size++) Read(bytes, size).ShouldBe(whole, $"pieces of {size}");
    }

    [Fact]
    [Trait("check", "bedrock E5")]
    public void Half_a_frame_waits_for_the_rest()
    {
        var third = Bytes(Delta);
        using var reader = new AwsEventStreamReader();
        reader.Append([.. Bytes(TextEvent), .. Bytes(Chunk), .. third[..50]]);
        reader.TryRead(out _).ShouldBeTrue();
        reader.TryRead(out _).ShouldBeTrue();
        reader.TryRead(out _).ShouldBeFalse();
        reader.Pending.ShouldBe(50);
        reader.Append(third.AsSpan(50));
        reader.TryRead(out var frame).ShouldBeTrue();
        Encoding.UTF8.GetString(frame.EventType.Span).ShouldBe("contentBlockDelta");
        reader.Pending.ShouldBe(0);
    }

    [Fact]
    public void A_flipped_bit_anywhere_is_found()
    {
        var bytes = Bytes(Delta);
        for (var bit = 0; bit < bytes.Length * 8; bit++)
        {
            var broken = bytes.ToArray();
            broken[bit / 8] ^= (byte)(1 << (bit % 8));
            Should.Throw<InvalidDataException>(() => Read(broken, 7), $"bit {bit}");
        }
    }

    [Fact]
    [Trait("check", "bedrock E2")]
    public void A_wrong_prelude_is_refused_before_the_rest_is_there()
    {
        using var reader = new AwsEventStreamReader();
        var bytes = Bytes(Delta)[..12];
        bytes[0] = 0x7F;
        reader.Append(bytes);
        Should.Throw<InvalidDataException>(() => reader.TryRead(out _)).Message.ShouldContain("prelude");
    }

    [Theory]
    [InlineData(15u, 0u)]
    [InlineData(0u, 0u)]
    [InlineData(100u, 85u)]
    [InlineData(0xFFFFFFFFu, 0u)]
    [InlineData(200_000u, 131_073u)]
    [InlineData(24u * 1024 * 1024 + 17, 0u)]
    [Trait("check", "bedrock E3")]
    [Trait("check", "bedrock E7")]
    public void Impossible_lengths_are_refused(uint total, uint headers)
    {
        var prelude = new byte[12];
        BinaryPrimitives.WriteUInt32BigEndian(prelude, total);
        BinaryPrimitives.WriteUInt32BigEndian(prelude.AsSpan(4), headers);
        BinaryPrimitives.WriteUInt32BigEndian(prelude.AsSpan(8), Reference(prelude.AsSpan(0, 8)));
        using var reader = new AwsEventStreamReader();
        reader.Append(prelude);
        Should.Throw<InvalidDataException>(() => reader.TryRead(out _));
    }

    [Fact]
    [Trait("check", "bedrock E4")]
    public void Headers_of_all_types_are_decoded()
    {
        var headers = new ArrayBufferWriter<byte>();
        AwsEventStreamWriter.WriteHeader(headers, "t"u8, AwsHeaderType.True, default);
        AwsEventStreamWriter.WriteHeader(headers, "f"u8, AwsHeaderType.False, default);
        AwsEventStreamWriter.WriteHeader(headers, "i8"u8, AwsHeaderType.Int8, [0xFF]);
        AwsEventStreamWriter.WriteHeader(headers, "i16"u8, AwsHeaderType.Int16, [0xFF, 0xFE]);
        AwsEventStreamWriter.WriteHeader(headers, "i32"u8, AwsHeaderType.Int32, [0, 0, 1, 0]);
        AwsEventStreamWriter.WriteHeader(headers, "i64"u8, AwsHeaderType.Int64, [0, 0, 0, 1, 0, 0, 0, 0]);
        AwsEventStreamWriter.WriteHeader(headers, "b"u8, AwsHeaderType.Bytes, [1, 2, 3]);
        AwsEventStreamWriter.WriteHeader(headers, "s"u8, AwsHeaderType.Text, "text"u8);
        AwsEventStreamWriter.WriteHeader(headers, "d"u8, AwsHeaderType.Timestamp, [0, 0, 0, 0, 0, 0, 3, 0xE8]);
        AwsEventStreamWriter.WriteHeader(headers, "u"u8, AwsHeaderType.Uuid, new byte[16]);
        var output = new ArrayBufferWriter<byte>();
        AwsEventStreamWriter.WriteFrame(output, headers.WrittenSpan, "x"u8);
        using var reader = new AwsEventStreamReader();
        reader.Append(output.WrittenSpan);
        reader.TryRead(out var frame).ShouldBeTrue();
        var rest = frame.Headers;
        var seen = new List<string>();
        while (AwsHeader.TryTake(ref rest, out var header)) seen.Add($"{Encoding.UTF8.GetString(header.Name.Span)} {header.Type} {header.Number} {header.Value.Length}");
        seen.ShouldBe(["t True 1 0", "f False 0 0", "i8 Int8 -1 1", "i16 Int16 -2 2", "i32 Int32 256 4", "i64 Int64 4294967296 8", "b Bytes 0 3", "s Text 0 4", "d Timestamp 1000 8", "u Uuid 0 16"]);
    }

    [Theory]
    [InlineData("00")]
    [InlineData("0461")]
    [InlineData("0161")]
    [InlineData("016107")]
    [InlineData("01610700ff61")]
    [InlineData("016109")]
    [InlineData("01610a")]
    public void Headers_that_are_cut_off_or_unknown_are_refused(string hex)
    {
        var output = new ArrayBufferWriter<byte>();
        AwsEventStreamWriter.WriteFrame(output, Convert.FromHexString(hex), default);
        using var reader = new AwsEventStreamReader();
        reader.Append(output.WrittenSpan);
        Should.Throw<InvalidDataException>(() => reader.TryRead(out _));
    }

    [Fact]
    public void Large_payloads_of_every_length_are_checked_alike()
    {
        var random = new Random(1);
        for (var length = 0; length < 70; length++)
        {
            var payload = new byte[length];
            random.NextBytes(payload);
            var output = new ArrayBufferWriter<byte>();
            AwsEventStreamWriter.WriteEvent(output, "e"u8, payload);
            BinaryPrimitives.ReadUInt32BigEndian(output.WrittenSpan[^4..]).ShouldBe(Reference(output.WrittenSpan[..^4]));
        }
    }

    private static uint Reference(ReadOnlySpan<byte> bytes)
    {
        var crc = 0xFFFFFFFFu;
        foreach (var b in bytes)
        {
            crc ^= b;
            for (var i = 0; i < 8; i++) crc = (crc & 1) != 0 ? (crc >> 1) ^ 0xEDB88320u : crc >> 1;
        }

        return ~crc;
    }

    private static byte[] Bytes(string hex) => Convert.FromHexString(string.Concat(hex.Where(char.IsAsciiHexDigit)));

    private static List<string> Read(byte[] bytes, int size)
    {
        using var reader = new AwsEventStreamReader();
        var found = new List<string>();
        for (var at = 0; at < bytes.Length; at += size)
        {
            reader.Append(bytes.AsSpan(at, Math.Min(size, bytes.Length - at)));
            while (reader.TryRead(out var frame))
            {
                found.Add(string.Join(' ', new[] { frame.MessageType, frame.Name, frame.ContentType, frame.Payload }.Select(part => Encoding.UTF8.GetString(part.Span))));
            }
        }

        return found;
    }
}
