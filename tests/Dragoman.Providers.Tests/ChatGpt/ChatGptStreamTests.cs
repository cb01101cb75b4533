using System.Text;
using static Dragoman.Providers.Tests.ChatGpt.ChatGptVendor;

namespace Dragoman.Providers.Tests.ChatGpt;

/// <summary>A stream of ChatGPT's backend on its way to a client of Responses, however its bytes are torn.</summary>
public sealed class ChatGptStreamTests
{
    private const string Stream =
        "event: codex.rate_limits\ndata: {\"type\":\"codex.rate_limits\"}\n\n"
        + "event: response.created\r\ndata: {\"type\":\"response.created\",\"response\":{\"id\":\"resp_1\",\"output\":[]}}\r\n\r\n"
        + ": a comment\n\n"
        + "data: {\"type\":\"response.output_item.done\",\"output_index\":1,\"item\":{\"type\":\"message\",\"text\":\"a \\\"b\\\" ü\"}}\n\n"
        + "data: {\"type\":\"response.output_item.done\",\"item\":{\"type\":\"reasoning\"},\"output_index\":0}\n\n"
        + "event: response.completed\ndata: {\"type\":\"response.completed\",\"response\":{\"id\":\"resp_1\",\"output\": [ ],\"usage\":{\"output_tokens\":3}}}\n\n";

    private const string Filled = "\"output\": [{\"type\":\"reasoning\"},{\"type\":\"message\",\"text\":\"a \\\"b\\\" ü\"}],\"usage\"";

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(100_000)]
    [Trait("check", "codex 32")]
    public void The_last_event_has_the_output_and_events_of_the_backends_own_are_left_out(int step)
    {
        var expected = Stream[Stream.IndexOf("event: response.created", StringComparison.Ordinal)..].Replace("\"output\": [ ],\"usage\"", Filled, StringComparison.Ordinal);
        Filter(Stream, step).ShouldBe(expected);
    }

    [Fact]
    public void Codex_gets_the_backends_own_events() => Filter(Stream, 11, new KeyValuePair<string, string>("originator", "codex_exec")).ShouldBe(Stream.Replace("\"output\": [ ],\"usage\"", Filled, StringComparison.Ordinal));

    [Theory]
    [InlineData("data: {\"type\":\"response.completed\",\"response\":{\"output\":[{\"type\":\"message\"}]}}\n\n")]
    [InlineData("data: {\"type\":\"response.completed\",\"response\":{\"output\":[]}}\n\n")]
    [InlineData("data: {\"type\":\"response.failed\",\"response\":{\"output\":[],\"error\":{\"code\":\"server_error\"}}}\n\n")]
    [InlineData("data: [DONE]\n\n")]
    [InlineData("data: not json\n\ndata: {\"type\":\"torn")]
    public void What_needs_nothing_stays_as_it_is(string stream) => Filter(stream, 5).ShouldBe(stream);

    private static string Filter(string stream, int step, params KeyValuePair<string, string>[] headers)
    {
        using var filter = Module.OpenStreamFilter!(headers);
        var written = new MemoryStream();
        var bytes = Encoding.UTF8.GetBytes(stream);
        for (var at = 0; at < bytes.Length; at += step) written.Write(filter.Pass(bytes.AsSpan(at, Math.Min(step, bytes.Length - at))).Span);
        written.Write(filter.Complete().Span);
        return Encoding.UTF8.GetString(written.ToArray());
    }
}
