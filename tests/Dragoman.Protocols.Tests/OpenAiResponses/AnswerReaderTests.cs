using System.Text;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Tests.Support;
using static Dragoman.Protocols.Tests.OpenAiResponses.ResponsesTesting;

namespace Dragoman.Protocols.Tests.OpenAiResponses;

public sealed class AnswerReaderTests
{
    private const string Completed = """{"type":"response.completed","response":{"id":"resp_1","status":"completed","output":[],"usage":{"input_tokens":3,"output_tokens":2,"total_tokens":5}}}""";

    [Fact]
    public void Ids_that_change_with_every_event_do_not_split_an_item()
    {
        var answer = ReadStream($$$"""
            {"type":"response.output_item.added","output_index":0,"item":{"type":"message","id":"a1","content":[],"role":"assistant"}}
            {"type":"response.output_text.delta","output_index":0,"content_index":0,"item_id":"a2","delta":"He"}
            {"type":"response.output_text.delta","output_index":0,"content_index":0,"item_id":"a3","delta":"y"}
            {"type":"response.output_item.done","output_index":0,"item":{"type":"message","id":"a4","content":[{"type":"output_text","text":"Hey"}]}}
            {"type":"response.completed","response":{"id":"resp_1","status":"completed","output":[{"type":"message","id":"a5","content":[{"type":"output_text","text":"Hey"}]}]}}
            """, Plain());
        answer.Blocks.ShouldHaveSingleItem().ShouldBeOfType<TextBlock>().Text.ToString().ShouldBe("Hey");
    }

    [Fact]
    public void Words_that_no_delta_brought_come_from_the_closing_event()
    {
        var answer = ReadStream($$$"""
            {"type":"response.output_text.delta","output_index":0,"content_index":0,"item_id":"a","delta":"one "}
            {"type":"response.output_item.done","output_index":0,"item":{"type":"message","id":"a","content":[{"type":"output_text","text":"one two"},{"type":"refusal","refusal":"no"}]}}
            {"type":"response.output_item.added","output_index":1,"item":{"type":"function_call","id":"fc","call_id":"c","name":"f","arguments":""}}
            {"type":"response.function_call_arguments.delta","output_index":1,"delta":"{\"a\""}
            {"type":"response.function_call_arguments.done","output_index":1,"arguments":"{\"a\":1}"}
            {"type":"response.output_item.done","output_index":1,"item":{"type":"function_call","id":"fc","call_id":"c","name":"f","arguments":"{\"a\":1}"}}
            {{{Completed}}}
            """, Plain());
        Describe(answer).ShouldBe("text one two []\nrefusal no\ncall c f False {\"a\":1}\nToolCalls 3/2 ");
    }

    [Fact]
    public void Interleaved_calls_come_out_whole()
    {
        var answer = ReadStream($$$"""
            {"type":"response.output_item.added","output_index":0,"item":{"type":"function_call","id":"f0","call_id":"c0","name":"f","arguments":""}}
            {"type":"response.output_item.added","output_index":1,"item":{"type":"function_call","id":"f1","call_id":"c1","name":"namespaced","namespace":"ns","arguments":""}}
            {"type":"response.function_call_arguments.delta","output_index":1,"item_id":"f1","delta":"{\"b\":"}
            {"type":"response.function_call_arguments.delta","output_index":0,"item_id":"f0","delta":"{\"a\":"}
            {"type":"response.function_call_arguments.delta","output_index":1,"item_id":"f1","delta":"2}"}
            {"type":"response.function_call_arguments.delta","output_index":0,"item_id":"f0","delta":"1}"}
            {"type":"response.output_item.done","output_index":0,"item":{"type":"function_call","id":"f0","call_id":"c0","name":"f","arguments":"{\"a\":1}"}}
            {"type":"response.output_item.done","output_index":1,"item":{"type":"function_call","id":"f1","call_id":"c1","name":"namespaced","namespace":"ns","arguments":"{\"b\":2}"}}
            {{{Completed}}}
            """, Plain());
        Describe(answer).ShouldBe("call c0 f False {\"a\":1}\ncall c1 ns__namespaced False {\"b\":2}\nToolCalls 3/2 ");
    }

    [Fact]
    public void Reasoning_summaries_are_paragraphs_and_hosted_items_keep_their_shape()
    {
        var answer = ReadStream($$$"""
            {"type":"response.reasoning_summary_text.delta","output_index":0,"summary_index":0,"item_id":"rs_1","delta":"a"}
            {"type":"response.reasoning_summary_text.delta","output_index":0,"summary_index":1,"item_id":"rs_1","delta":"b"}
            {"type":"response.output_item.done","output_index":0,"item":{"type":"reasoning","id":"rs_1","summary":[{"type":"summary_text","text":"a"},{"type":"summary_text","text":"b"}],"encrypted_content":"enc"}}
            {"type":"response.output_item.done","output_index":1,"item":{"type":"image_generation_call","id":"ig_1","status":"completed","output_format":"webp","result":"AAAA"}}
            {"type":"response.output_item.done","output_index":2,"item":{"type":"mcp_call","id":"mcp_1","name":"x"}}
            {"type":"response.output_item.done","output_index":3,"item":{"type":"reasoning","id":"rs_2","summary":[],"content":[{"type":"reasoning_text","text":"raw"}]}}
            {{{Completed}}}
            """, Plain());
        Describe(answer).ShouldBe("reasoning True a\n\nb <enc>\nimage image/webp AAAA\nopaque mcp_call {\"type\":\"mcp_call\",\"id\":\"mcp_1\",\"name\":\"x\"}\nreasoning False raw <>\nStop 3/2 ");
    }

    [Theory]
    [InlineData("""{"type":"response.incomplete","response":{"status":"incomplete","incomplete_details":{"reason":"max_output_tokens"},"output":[]}}""", FinishReason.Length)]
    [InlineData("""{"type":"response.incomplete","response":{"status":"incomplete","incomplete_details":{"reason":"content_filter"},"output":[]}}""", FinishReason.ContentFilter)]
    [InlineData("""{"type":"response.done","response":{"status":"incomplete","incomplete_details":{"reason":"max_output_tokens"}}}""", FinishReason.Length)]
    [InlineData("""{"type":"response.completed","response":{}}""", FinishReason.Stop)]
    public void Endings_are_told(string last, FinishReason reason) => ReadStream(last, Plain()).Finish.Reason.ShouldBe(reason);

    [Theory]
    [InlineData("""{"type":"response.failed","response":{"status":"failed","error":{"code":"context_length_exceeded","message":"too long"}}}""", ErrorKind.ContextTooLong)]
    [InlineData("""{"type":"response.failed","response":{"status":"failed","error":{"code":"server_is_overloaded","message":"busy"}}}""", ErrorKind.Overloaded)]
    [InlineData("""{"type":"error","code":"rate_limit_exceeded","message":"Please try again in 1.5s.","param":null}""", ErrorKind.RateLimit)]
    [InlineData("""{"type":"error","status":429,"error":{"type":"usage_limit_reached","message":"limit","resets_in_seconds":60}}""", ErrorKind.Quota)]
    [InlineData("""{"type":"response.failed","response":{"status":"failed"}}""", ErrorKind.Api)]
    [InlineData("{broken", ErrorKind.Api)]
    public void Failures_are_told_by_kind(string last, ErrorKind kind)
    {
        var error = ReadStream(last, Plain()).Error.ShouldNotBeNull();
        error.Kind.ShouldBe(kind);
        if (kind == ErrorKind.RateLimit) error.RetryAfter.ShouldBe(TimeSpan.FromSeconds(1.5));
        if (kind == ErrorKind.Quota) error.RetryAfter.ShouldBe(TimeSpan.FromSeconds(60));
    }

    [Fact]
    public void A_stream_without_an_ending_is_broken()
        => ReadStream("""{"type":"response.output_text.delta","output_index":0,"content_index":0,"delta":"x"}""", Plain()).Error!.Code.ShouldBe("upstream_stream_ended");

    [Theory]
    [InlineData(400, """{"error":{"message":"m","type":"invalid_request_error","param":"p","code":"context_length_exceeded"}}""", ErrorKind.ContextTooLong, "m")]
    [InlineData(400, """{"detail":"Unsupported parameter: user"}""", ErrorKind.InvalidRequest, "Unsupported parameter: user")]
    [InlineData(401, """{"error":{"message":"bad key","code":"invalid_api_key"}}""", ErrorKind.Authentication, "bad key")]
    [InlineData(429, """{"error":{"type":"usage_limit_reached","message":"limit","resets_in_seconds":5}}""", ErrorKind.Quota, "limit")]
    [InlineData(503, "<html>", ErrorKind.Unavailable, "The upstream answered with status 503.")]
    [InlineData(500, "", ErrorKind.Api, "The upstream answered with status 500.")]
    [InlineData(502, "[1", ErrorKind.Api, "[1")]
    public void Error_bodies_of_any_shape_are_read(int status, string body, ErrorKind kind, string message)
    {
        var error = Upstream.ReadError(status, Encoding.UTF8.GetBytes(body));
        (error.Kind, error.Message, error.Status).ShouldBe((kind, message, status));
    }

    [Fact]
    public void Errors_are_written_in_the_languages_envelope()
    {
        using var output = new Dragoman.Protocols.Json.PooledBuffer();
        Client.WriteError(new(ErrorKind.ContextTooLong, "too \"long\"") { Param = "input" }, output);
        Encoding.UTF8.GetString(output.WrittenSpan).ShouldBe("""{"error":{"message":"too \"long\"","type":"invalid_request_error","param":"input","code":"context_length_exceeded"}}""");
    }

    [Fact]
    public void No_mutation_of_an_event_makes_the_reader_fall()
    {
        string[] frames =
        [
            """{"type":"response.created","response":{"id":"r","model":"m","status":"in_progress","service_tier":"x","output":[]}}""",
            """{"type":"response.output_item.added","output_index":0,"item":{"type":"function_call","id":"f","call_id":"c","name":"n","namespace":"s","arguments":""}}""",
            """{"type":"response.function_call_arguments.delta","output_index":0,"item_id":"f","delta":"{}"}""",
            """{"type":"response.output_text.annotation.added","output_index":1,"content_index":0,"annotation":{"type":"url_citation","url":"u","start_index":1,"end_index":2}}""",
            """{"type":"response.output_item.done","output_index":2,"item":{"type":"web_search_call","id":"w","action":{"type":"search","query":"q","sources":[{"url":"u"}]}}}""",
            """{"type":"response.output_item.done","output_index":3,"item":{"type":"reasoning","summary":[{"type":"summary_text","text":"t"}],"content":[{"type":"reasoning_text","text":"t"}],"encrypted_content":"e"}}""",
            """{"type":"response.output_item.done","output_index":4,"item":{"type":"message","phase":"p","content":[{"type":"output_text","text":"t","annotations":[{"url":"u"}]}]}}""",
            """{"type":"response.output_item.done","output_index":5,"item":{"type":"local_shell_call","call_id":"l","action":{"type":"exec","command":["ls"]}}}""",
            """{"type":"response.completed","response":{"status":"incomplete","incomplete_details":{"reason":"x"},"usage":{"input_tokens":1,"input_tokens_details":{"cached_tokens":1},"output_tokens_details":{}},"error":{"code":"c","message":"m"},"output":[{"type":"message","content":"x"}]}}""",
            """{"type":"error","error":{"type":"t","code":"c","message":"m","resets_in_seconds":1}}""",
        ];
        string[] values = ["null", "1", "-5", "1e99", "\"s\"", "\"\\ud83d\"", "[]", "{}", "true", "[1]", "[{}]", "{\"a\":[]}"];
        for (var at = 0; at < frames.Length; at++)
        {
            foreach (var raw in Raws(Parse(frames[at])).Distinct())
            {
                foreach (var value in values)
                {
                    var start = frames[at].IndexOf(raw, StringComparison.Ordinal);
                    var mutated = (string[])frames.Clone();
                    mutated[at] = frames[at][..start] + value + frames[at][(start + raw.Length)..];
                    var sse = Replay.Translate(Upstream, Client, Plain(), Replay.SseOf(string.Join('\n', mutated)));
                    // Half a surrogate pair is passed on as it stood, and the test's own parser will not have it.
                    if (!value.Contains("\\u", StringComparison.Ordinal)) CheckStream(sse);
                    Read(mutated[at], Plain());
                    Upstream.ReadError(500, Encoding.UTF8.GetBytes(mutated[at]));
                }
            }
        }
    }

    private static IEnumerable<string> Raws(System.Text.Json.JsonElement element)
    {
        yield return element.GetRawText();
        if (element.ValueKind == System.Text.Json.JsonValueKind.Object)
        {
            foreach (var property in element.EnumerateObject())
            {
                foreach (var raw in Raws(property.Value)) yield return raw;
            }
        }
        else if (element.ValueKind == System.Text.Json.JsonValueKind.Array)
        {
            foreach (var item in element.EnumerateArray())
            {
                foreach (var raw in Raws(item)) yield return raw;
            }
        }
    }
}
