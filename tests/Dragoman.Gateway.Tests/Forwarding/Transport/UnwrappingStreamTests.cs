using System.Buffers;
using System.Text;
using Dragoman.Gateway.Forwarding.Transport;
using Dragoman.Gateway.Providers;
using Dragoman.Protocols.Json;

namespace Dragoman.Gateway.Tests.Forwarding.Transport;

/// <summary>Bytes in, bytes out: answers in a vendor's envelope, however they are torn.</summary>
public sealed class UnwrappingStreamTests
{
    private const int Limit = 4_096;

    [Theory]
    [InlineData("""{"x":1,"response":{"a":[1,2]},"y":2}""", """{"a":[1,2]}""")]
    [InlineData("""  {"response": "text" }""", "\"text\"")]
    [InlineData("""{"error":{"message":"no"}}""", """{"error":{"message":"no"}}""")]
    [InlineData("""{"torn":""", """{"torn":""")]
    [InlineData("", "")]
    [InlineData("   ", "   ")]
    [InlineData("<html>no</html>", "<html>no</html>")]
    [InlineData("data: {\"response\":{\"a\":1}}\n\n", "data: {\"a\":1}\n\n")]
    [InlineData(": ping\n\nevent: x\ndata: {\"response\":1}\n\ndata: [DONE]\n\n", "event: x\ndata: 1\n\ndata: [DONE]\n\n")]
    [InlineData("data: {\"response\":\r\ndata: [1]}\r\n\r\n", "data: [1]\n\n")]
    [InlineData("data: {\"error\":\ndata: 1}\n\n", "data: {\"error\":\ndata: 1}\n\n")]
    [InlineData("data: {\"response\":2}", "data: 2\n\n")]
    public async Task An_answer_is_unwrapped_wherever_it_is_torn(string wrapped, string expected)
    {
        var bytes = Encoding.UTF8.GetBytes(wrapped);
        for (var size = 1; size <= bytes.Length + 1; size = size < 8 ? size + 1 : size * 2)
        {
            foreach (var room in (int[])[1, 7, 1_024])
            {
                await using var stream = Open(new Pieces(bytes, size));
                (await ReadAsync(stream, room)).ShouldBe(expected, $"pieces of {size}, read by {room}");
            }
        }
    }

    [Fact]
    public async Task Frames_of_another_kind_pass_byte_for_byte()
    {
        byte[] frames = [0, 0, 0, 16, 0, 0, 0, 0, 1, 2, 3, 4, 255, 254, 253, 252];
        await using var stream = Open(new Pieces(frames, 5));
        using var copy = new MemoryStream();
        await stream.CopyToAsync(copy);
        copy.ToArray().ShouldBe(frames);
    }

    [Fact]
    public async Task An_event_is_there_before_the_next_has_come()
    {
        var upstream = new System.IO.Pipelines.Pipe();
        await using var stream = Open(upstream.Reader.AsStream());
        await upstream.Writer.WriteAsync("data: {\"response\":1}\n\ndata: {\"resp"u8.ToArray());
        var buffer = new byte[64];
        await stream.WaitForBytesAsync(TestContext.Current.CancellationToken);
        var count = await stream.ReadAsync(buffer, TestContext.Current.CancellationToken);
        Encoding.UTF8.GetString(buffer, 0, count).ShouldBe("data: 1\n\n");
    }

    [Theory]
    [InlineData("{\"response\":\"")]
    [InlineData("data: {\"response\":\"")]
    public async Task What_is_larger_than_the_limit_is_refused(string begin)
    {
        await using var stream = Open(new Pieces(Encoding.UTF8.GetBytes(begin + new string('x', 2 * Limit)), 512));
        await Should.ThrowAsync<InvalidDataException>(() => ReadAsync(stream, 512));
    }

    private static UnwrappingStream Open(Stream inner) => new(inner, new ResponseEnvelope(), Limit, Limit, memory: null);

    private static async Task<string> ReadAsync(Stream stream, int room)
    {
        using var all = new MemoryStream();
        var buffer = new byte[room];
        while (await stream.ReadAsync(buffer) is > 0 and var count) all.Write(buffer, 0, count);
        return Encoding.UTF8.GetString(all.ToArray());
    }

    private sealed class ResponseEnvelope : IEnvelope
    {
        public void WrapRequest(UpstreamCall call, IBufferWriter<byte> output) => throw new NotSupportedException();

        public ReadOnlyMemory<byte> UnwrapResponse(ReadOnlyMemory<byte> body)
        {
            var members = new TopLevelJsonScanner(body.Span);
            while (members.Next())
                if (members.Name.SequenceEqual("response"u8)) return body[members.ValueStart..members.ValueEnd];
            return body;
        }
    }

    /// <summary>Bytes that come a few at a time.</summary>
    private sealed class Pieces(byte[] bytes, int size) : MemoryStream(bytes)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
            => base.ReadAsync(buffer[..Math.Min(buffer.Length, size)], cancellationToken);
    }
}
