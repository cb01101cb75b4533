using System.Text;
using Dragoman.Protocols.Framing;

namespace Dragoman.Protocols.Tests.Framing;

/// <summary>Frames of a stream that passes, however its bytes are torn.</summary>
public sealed class SseCutterTests
{
    private const string Stream = ": a comment\n\ndata: one\r\n\r\nevent: x\ndata: {\"a\":\"ü\"}\n\n\n\ndata: torn\n";

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    [InlineData(1_000)]
    public void Every_frame_comes_once_with_its_own_bytes(int step)
    {
        using var cutter = new SseCutter();
        var frames = new List<string>();
        var bytes = Encoding.UTF8.GetBytes(Stream);
        for (var at = 0; at < bytes.Length; at += step)
        {
            cutter.Add(bytes.AsSpan(at, Math.Min(step, bytes.Length - at)));
            while (cutter.TryCut(out var frame)) frames.Add(Encoding.UTF8.GetString(frame));
        }

        frames.ShouldBe([": a comment\n\n", "data: one\r\n\r\n", "event: x\ndata: {\"a\":\"ü\"}\n\n", "\n\n"]);
        cutter.Waiting.ShouldBe("data: torn\n".Length);
        Encoding.UTF8.GetString(cutter.TakeLast()).ShouldBe("data: torn\n");
        (cutter.Waiting, cutter.TakeLast().Length).ShouldBe((0, 0));
    }

    [Fact]
    public void The_beginning_of_a_frame_can_be_taken_before_its_end_which_is_still_found()
    {
        using var cutter = new SseCutter();
        cutter.Add("data: a long one\r"u8);
        cutter.TryCut(out _).ShouldBeFalse();
        Encoding.UTF8.GetString(cutter.TakeBegun()).ShouldBe("data: a long o");
        cutter.Add("\n\r\ndata: next\n\n"u8);
        cutter.TryCut(out var rest).ShouldBeTrue();
        Encoding.UTF8.GetString(rest).ShouldBe("ne\r\n\r\n");
        cutter.TryCut(out var next).ShouldBeTrue();
        Encoding.UTF8.GetString(next[SseCutter.DataIn(next)]).ShouldBe("next");
    }

    [Theory]
    [InlineData("data: x\n\n", "x")]
    [InlineData("event: e\r\ndata:x \r\n\r\n", "x")]
    [InlineData("id: 1\ndata: x", "x")]
    [InlineData("xdata: 1\n\n", "")]
    [InlineData("\n\n", "")]
    public void The_data_of_a_frame_is_found(string frame, string data)
    {
        var bytes = Encoding.UTF8.GetBytes(frame);
        Encoding.UTF8.GetString(bytes[SseCutter.DataIn(bytes)]).ShouldBe(data);
    }
}
