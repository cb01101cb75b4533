using System.Text;
using Dragoman.Protocols.OpenAiChat.Client;

namespace Dragoman.Protocols.Tests.OpenAiChat;

/// <summary>The one chunk that nobody asked for is taken out; every other byte stays, however the stream is torn.</summary>
public sealed class ChatUsageChunkFilterTests
{
    private const string Usage = "data: {\"choices\":[],\"usage\":{\"total_tokens\":3}}";

    [Theory]
    [InlineData("\n\n")]
    [InlineData("\r\n\r\n")]
    public void Every_tear_gives_the_same_bytes(string end)
    {
        var before = $": comment{end}data: {{\"choices\":[{{\"delta\":{{\"content\":\"a\"}}}}],\"usage\":null}}{end}event: odd{end[..^(end.Length / 2)]}data: x{end}";
        var after = $"data: {{\"choices\":[{{\"delta\":{{}}}}],\"usage\":{{\"total_tokens\":3}}}}{end}data: [DONE]{end}tail without an end";
        var bytes = Encoding.UTF8.GetBytes(before + Usage + end + after);
        for (var piece = 1; piece <= bytes.Length; piece++)
        {
            using var filter = new ChatUsageChunkFilter();
            var output = new StringBuilder();
            for (var at = 0; at < bytes.Length; at += piece)
            {
                output.Append(Encoding.UTF8.GetString(filter.Pass(bytes.AsSpan(at, Math.Min(piece, bytes.Length - at))).Span));
            }

            output.Append(Encoding.UTF8.GetString(filter.Complete().Span));
            output.ToString().ShouldBe(before + after, $"torn every {piece} bytes");
        }
    }

    [Fact]
    public void What_is_too_long_to_be_the_chunk_passes_without_waiting_for_its_end()
    {
        var large = "data: {\"choices\":[" + new string('x', 300_000) + "\n\n";
        foreach (var piece in (int[])[1_000, 64 * 1024, 99_999])
        {
            using var filter = new ChatUsageChunkFilter();
            var bytes = Encoding.UTF8.GetBytes(large + Usage + "\n\n" + string.Concat(Enumerable.Repeat(": on\n", 40_000)) + "data: [DONE]\n\n");
            var (taken, given) = (0, 0);
            var output = new StringBuilder();
            for (var at = 0; at < bytes.Length; at += piece)
            {
                var part = bytes.AsSpan(at, Math.Min(piece, bytes.Length - at));
                taken += part.Length;
                var passed = filter.Pass(part);
                given += passed.Length;
                (taken - given).ShouldBeLessThan(66_000);
                output.Append(Encoding.UTF8.GetString(passed.Span));
            }

            output.Append(Encoding.UTF8.GetString(filter.Complete().Span));
            output.ToString().ShouldBe(Encoding.UTF8.GetString(bytes).Replace(Usage + "\n\n", "", StringComparison.Ordinal));
        }
    }

    [Fact]
    public void Only_whole_frames_come_out_before_the_end()
    {
        using var filter = new ChatUsageChunkFilter();
        filter.Pass("data: {\"choices\""u8).Length.ShouldBe(0);
        Encoding.UTF8.GetString(filter.Pass(":[1]}\n\ndata: "u8).Span).ShouldBe("data: {\"choices\":[1]}\n\n");
    }
}
