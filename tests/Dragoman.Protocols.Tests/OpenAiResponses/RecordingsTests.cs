using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Tests.Support;
using static Dragoman.Protocols.Tests.OpenAiResponses.ResponsesTesting;

namespace Dragoman.Protocols.Tests.OpenAiResponses;

public sealed class RecordingsTests
{
    private const string Folder = "openai-responses";

    [Fact]
    public void Every_recorded_stream_is_told_alike_however_it_is_torn_and_leaves_as_a_well_formed_stream()
    {
        foreach (var file in Recordings.Files(Folder, ".chunks.txt"))
        {
            foreach (var response in Responses(File.ReadAllText(file)))
            {
                var whole = Describe(ReadStream(response, Plain()));
                // Every tear of a small stream; a spread of piece sizes for a large one.
                foreach (var size in new[] { 1, 2, 3, 7, 64, 1000 }) Describe(ReadStream(response, Plain(), size)).ShouldBe(whole, file);
                CheckStream(Replay.Translate(Upstream, Client, Plain(), Replay.SseOf(response), 13));
            }
        }
    }

    [Fact]
    public void The_final_response_alone_tells_what_the_whole_stream_tells()
    {
        foreach (var file in Recordings.Files(Folder, ".chunks.txt"))
        {
            foreach (var response in Responses(File.ReadAllText(file)))
            {
                // Encrypted content is made anew for the final response: it cannot be compared.
                if (response.Contains("encrypted_content\":\"", StringComparison.Ordinal)) continue;
                var last = response.Split('\n', StringSplitOptions.RemoveEmptyEntries)[^1];
                Describe(ReadStream(last, Plain())).ShouldBe(Describe(ReadStream(response, Plain())), file);
            }
        }
    }

    [Fact]
    public void A_stream_without_deltas_or_without_the_final_output_loses_nothing()
    {
        foreach (var name in new[] { "openai-phase.1.chunks.txt", "openai-custom-tool.1.chunks.txt", "openai-reasoning-encrypted-content.1.chunks.txt" })
        {
            foreach (var response in Responses(Recordings.Read(Folder, name)))
            {
                var expected = Describe(ReadStream(response, Plain()));
                var lines = response.Split('\n', StringSplitOptions.RemoveEmptyEntries);
                Describe(ReadStream(string.Join('\n', lines.Where(l => !l.Contains(".delta\"", StringComparison.Ordinal))), Plain())).ShouldBe(expected);
                Describe(ReadStream(string.Join('\n', lines.Where(l => l.Contains("output_item.done", StringComparison.Ordinal) || l.Contains("response.completed", StringComparison.Ordinal))), Plain())).ShouldBe(expected);
                var usage = Parse(lines[^1]).GetProperty("response").GetProperty("usage").GetRawText();
                var emptied = lines[..^1].Append($$$"""{"type":"response.completed","response":{"status":"completed","output":[],"usage":{{{usage}}}}}""");
                Describe(ReadStream(string.Join('\n', emptied), Plain())).ShouldBe(expected);
            }
        }
    }

    [Fact]
    public void Phases_survive_from_upstream_to_client()
    {
        var sse = Replay.Translate(Upstream, Client, Plain(), Replay.SseOf(Recordings.Read(Folder, "openai-phase.1.chunks.txt")));
        var response = CheckStream(sse);
        response.GetProperty("output").EnumerateArray().Where(i => i.TryGetProperty("phase", out _)).Select(i => i.GetProperty("phase").GetString()).ShouldBe(["commentary", "final_answer"]);
    }

    [Fact]
    public void A_custom_tool_call_comes_as_free_text()
    {
        var answer = ReadStream(Recordings.Read(Folder, "openai-custom-tool.1.chunks.txt"), Plain());
        var call = answer.Blocks.ShouldHaveSingleItem().ShouldBeOfType<ToolCallBlock>();
        call.IsCustom.ShouldBeTrue();
        call.Arguments.ToString().ShouldBe("SELECT * FROM users WHERE age > 25");
        answer.Finish.Reason.ShouldBe(FinishReason.ToolCalls);
    }

    [Fact]
    public void An_error_event_ends_the_stream_with_its_code()
    {
        var exchange = Plain();
        var log = new EventLog();
        Replay.Stream(Upstream, exchange, log, Replay.SseOf(Recordings.Read(Folder, "openai-error.1.chunks.txt")));
        log.Error.ShouldNotBeNull().Kind.ShouldBe(ErrorKind.Quota);
        var failed = CheckStream(Replay.Translate(Upstream, Client, exchange, Replay.SseOf(Recordings.Read(Folder, "openai-error.1.chunks.txt"))));
        failed.GetProperty("status").GetString().ShouldBe("failed");
        failed.GetProperty("error").GetProperty("code").GetString().ShouldBe("insufficient_quota");
    }

    [Fact]
    public void A_whole_web_search_answer_has_its_searches_pages_and_citations()
    {
        var exchange = Plain();
        var body = Recordings.Read(Folder, "openai-web-search-tool.1.json");
        var answer = Read(body, exchange);
        answer.Blocks.OfType<HostedToolCallBlock>().Count().ShouldBe(3);
        answer.Blocks.OfType<HostedToolResultBlock>().First().Sources!.Count.ShouldBe(16);
        var text = answer.Blocks.OfType<TextBlock>().ShouldHaveSingleItem();
        text.Citations!.Count.ShouldBeGreaterThan(3);
        text.Citations[0].Start.ShouldBe(426);
        answer.Usage.InputTokens.ShouldNotBeNull();

        using var output = new Dragoman.Protocols.Json.PooledBuffer();
        Client.WriteAnswer(answer, exchange, output);
        var original = Parse(body).GetProperty("output").EnumerateArray().Where(i => i.GetProperty("type").GetString() == "web_search_call").Select(i => Parse(i.GetRawText()));
        var written = Parse(System.Text.Encoding.UTF8.GetString(output.WrittenSpan)).GetProperty("output").EnumerateArray().Where(i => i.GetProperty("type").GetString() == "web_search_call");
        written.Select(i => i.GetRawText()).ShouldBe(original.Select(i => i.GetRawText()));
    }

    /// <summary>The responses of a recording; one that holds a whole agent run has several.</summary>
    private static IEnumerable<string> Responses(string chunks)
    {
        var lines = new List<string>();
        foreach (var line in chunks.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            if (line.Contains("\"type\":\"response.created\"", StringComparison.Ordinal) && lines.Count > 0)
            {
                yield return string.Join('\n', lines);
                lines.Clear();
            }

            lines.Add(line);
        }

        yield return string.Join('\n', lines);
    }
}
