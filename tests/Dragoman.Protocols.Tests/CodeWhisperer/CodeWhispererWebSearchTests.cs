using System.Buffers;
using System.Text;
using System.Text.Json;
using Dragoman.Protocols.CodeWhisperer.Upstream;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Registry;
using Dragoman.Protocols.Tests.Support;
using static Dragoman.Protocols.Tests.CodeWhisperer.CodeWhispererTesting;

namespace Dragoman.Protocols.Tests.CodeWhisperer;

/// <summary>Searches of the web (wire note, B.17 and R33).</summary>
public sealed class CodeWhispererWebSearchTests
{
    private const string Search = ""","tools":[{"type":"web_search_20250305","name":"web_search"}]""";

    private static TranslationContext Asked => Messages("""[{"role":"user","content":"Perform a web search for the query: cats"}]""", Search);

    [Fact]
    public void A_request_that_only_searches_is_known()
    {
        CodeWhispererWebSearch.QueryOf(Asked.Request).ShouldBe("cats");
        CodeWhispererWebSearch.QueryOf(Messages("""[{"role":"user","content":"dogs"}]""", Search).Request).ShouldBe("dogs");
        CodeWhispererWebSearch.QueryOf(Messages("""[{"role":"user","content":"dogs"}]""").Request).ShouldBeNull();
        CodeWhispererWebSearch.QueryOf(Messages("""[{"role":"user","content":"dogs"}]""", ""","tools":[{"type":"web_search_20250305","name":"web_search"},{"name":"f","input_schema":{"type":"object"}}]""").Request).ShouldBeNull();
    }

    [Fact]
    public void The_call_is_one_of_a_tool()
    {
        var output = new ArrayBufferWriter<byte>();
        CodeWhispererWebSearch.WriteRequest(Asked, "cats", output);
        var body = JsonDocument.Parse(output.WrittenMemory).RootElement;
        body.GetProperty("params").GetRawText().ShouldBe("""{"name":"web_search","arguments":{"query":"cats"}}""");
        body.GetProperty("id").GetString()!.ShouldMatch("^web_search_tooluse_[a-z0-9]{22}_[0-9]+_[a-z0-9]{8}$");
    }

    [Fact]
    public void R33_the_answer_is_a_search_its_results_and_text()
    {
        var exchange = Asked;
        var output = new ArrayBufferWriter<byte>();
        var normalizer = new AnswerNormalizer(exchange, ProtocolRegistry.Client(Protocol.AnthropicMessages).OpenStream(exchange, output));
        CodeWhispererWebSearch.ReadAnswer("""{"id":"x","jsonrpc":"2.0","result":{"content":[{"type":"text","text":"{\"results\":[{\"title\":\"T\",\"url\":\"https://a.example\",\"snippet\":\"S\"}],\"totalResults\":1}"}],"isError":false}}"""u8.ToArray(), "cats", exchange, normalizer);
        normalizer.Complete();
        var stream = Encoding.UTF8.GetString(output.WrittenSpan);
        stream.ShouldContain("\"type\":\"server_tool_use\"");
        stream.ShouldContain("\"type\":\"web_search_tool_result\"");
        stream.ShouldContain("\"tool_use_id\":\"srvtoolu_");
        stream.ShouldContain("https://a.example");
        stream.ShouldContain("\"web_search_requests\":1");
    }

    [Theory]
    [InlineData("""{"error":{"code":-32000,"message":"No luck."}}""", "No luck.")]
    [InlineData("""{"result":{"content":[],"isError":true}}""", "Kiro's web search failed.")]
    [InlineData("<html>", "Kiro's web search answered with what is not JSON.")]
    public void A_failed_search_is_an_error(string body, string message)
    {
        var log = new EventLog();
        CodeWhispererWebSearch.ReadAnswer(Encoding.UTF8.GetBytes(body), "cats", Asked, log);
        log.Error!.Message.ShouldBe(message);
    }
}
