using System.Text;
using Dragoman.Protocols.Framing;

namespace Dragoman.Protocols.Tests.Framing;

public class SseReaderTests
{
    [Theory]
    [InlineData("data: a\n\n", "|a")]
    [InlineData("data:a\r\n\r\n", "|a")]
    [InlineData("data: a\r\r", "|a")]
    [InlineData("data: a\r\n\rdata: b\n\r\n", "|a;|b")]
    [InlineData("event: x\ndata: a\n\n", "x|a")]
    [InlineData("data: a\nevent: x\n\n", "x|a")]
    [InlineData("data: a\ndata: b\ndata\ndata:  c\n\n", "|a/b// c")]
    [InlineData(": hello\n\ndata: a\n: inside\n\n", "|a")]
    [InlineData("id: 1\nretry: 5\ndata: a\nunknown: z\n\n", "|a")]
    [InlineData("event: lonely\n\ndata: a\n\n", "|a")]
    [InlineData("\uFEFFdata: a\n\n", "|a")]
    [InlineData("data:\n\n", "|")]
    [InlineData("data: a\n\ndata: last", "|a;|last")]
    [InlineData("event: e\ndata: last\n", "e|last")]
    [InlineData("\n\n\n", "")]
    [InlineData("", "")]
    public void Cuts_events_out_of_every_spelling_however_torn(string stream, string expected)
    {
        var bytes = Encoding.UTF8.GetBytes(stream);
        for (var size = 1; size <= Math.Max(1, bytes.Length); size++) Read(bytes, _ => size).ShouldBe(expected, $"pieces of {size}");
    }

    [Fact]
    public void Any_tearing_gives_what_a_simple_parser_gives()
    {
        string[] parts = ["data: ", "data:", "data", "event: ", "event:x", ": c", "id: 1", "\n", "\n", "\r\n", "\r", "\n\n", "\r\n\r\n", "a", "é", "😀", "{\"a\":1}", " "];
        for (var seed = 0; seed < 3000; seed++)
        {
            var random = new Random(seed);
            var text = new StringBuilder(random.Next(8) == 0 ? "\uFEFF" : "");
            for (var i = random.Next(40); i >= 0; i--) text.Append(parts[random.Next(parts.Length)]);
            var bytes = Encoding.UTF8.GetBytes(text.ToString());
            var expected = Reference(text.ToString());
            Read(bytes, _ => random.Next(1, 9)).ShouldBe(expected, $"seed {seed}");
            Read(bytes, _ => bytes.Length).ShouldBe(expected, $"seed {seed}, in one piece");
        }
    }

    [Fact]
    public void A_carriage_return_ends_an_event_without_waiting_for_a_line_feed()
    {
        using var reader = new SseReader();
        reader.Append("data: a\r\n\r"u8);
        reader.TryRead(out var frame).ShouldBeTrue();
        Encoding.UTF8.GetString(frame.Data.Span).ShouldBe("a");
        reader.Append("\ndata: b\n\n"u8);
        reader.TryRead(out frame).ShouldBeTrue();
        Encoding.UTF8.GetString(frame.Data.Span).ShouldBe("b");
    }

    [Theory]
    [InlineData("data: 0123456789")]
    [InlineData("data: 0123456789\n")]
    public void A_frame_over_the_limit_is_refused_in_one_line_or_in_many(string piece)
    {
        using var reader = new SseReader(maxFrameBytes: 100);
        Should.Throw<InvalidDataException>(() =>
        {
            for (var i = 0; i < 20; i++)
            {
                reader.Append(Encoding.UTF8.GetBytes(piece));
                while (reader.TryRead(out _)) { }
            }
        });
    }

    [Theory]
    [InlineData(": 0123456789")]
    [InlineData("event: 0123456789\n: 0123456789\n")]
    public void Comments_over_the_limit_are_refused_where_they_do_not_end_or_stand_in_a_frame(string piece)
    {
        using var reader = new SseReader(maxFrameBytes: 100);
        Should.Throw<InvalidDataException>(() =>
        {
            for (var i = 0; i < 20; i++)
            {
                reader.Append(Encoding.UTF8.GetBytes(piece));
                while (reader.TryRead(out _)) { }
            }
        });
    }

    [Theory]
    [InlineData(": 0123456789\n")]
    [InlineData(": 0123456789\r")]
    [InlineData(": 0123456789\r\n")]
    public void Comment_lines_between_two_events_are_whole_by_themselves(string line)
    {
        using var reader = new SseReader(maxFrameBytes: 100);
        for (var i = 0; i < 200; i++)
        {
            reader.Append(Encoding.UTF8.GetBytes(line));
            reader.TryRead(out _).ShouldBeFalse();
            reader.Unfinished.ShouldBe(0);
        }

        reader.Append("data: a\n"u8);
        reader.TryRead(out _).ShouldBeFalse();
        reader.Unfinished.ShouldBe(8);
        reader.Append("\n"u8);
        reader.TryRead(out _).ShouldBeTrue();
    }

    [Fact]
    public void Many_small_events_never_reach_the_limit()
    {
        using var reader = new SseReader(maxFrameBytes: 100);
        for (var i = 0; i < 200; i++)
        {
            reader.Append("event: x\ndata: 0123456789\ndata: 0123456789\n\n"u8);
            reader.TryRead(out _).ShouldBeTrue();
        }
    }

    private static string Read(byte[] bytes, Func<int, int> next)
    {
        using var reader = new SseReader();
        var found = new List<string>();
        for (var at = 0; at < bytes.Length;)
        {
            var size = Math.Min(next(at), bytes.Length - at);
            reader.Append(bytes.AsSpan(at, size));
            at += size;
            while (reader.TryRead(out var frame)) found.Add(Show(frame));
        }

        while (reader.TryReadLast(out var frame)) found.Add(Show(frame));
        return string.Join(';', found);
    }

    private static string Show(SseFrame frame)
        => $"{Encoding.UTF8.GetString(frame.Name.Span)}|{Encoding.UTF8.GetString(frame.Data.Span).Replace('\n', '/')}";

    private static string Reference(string text)
    {
        var lines = text.TrimStart('\uFEFF').Replace("\r\n", "\n").Replace('\r', '\n').Split('\n');
        var found = new List<string>();
        string name = "";
        List<string>? data = null;
        foreach (var line in lines.Append(""))
        {
            if (line.Length == 0)
            {
                if (data is not null) found.Add($"{name}|{string.Join('/', data)}");
                name = "";
                data = null;
                continue;
            }

            var colon = line.IndexOf(':');
            var field = colon < 0 ? line : line[..colon];
            var value = colon < 0 ? "" : line[(colon + 1)..];
            if (value.StartsWith(' ')) value = value[1..];
            if (field == "data") (data ??= []).Add(value);
            else if (field == "event") name = value;
        }

        return string.Join(';', found);
    }
}
