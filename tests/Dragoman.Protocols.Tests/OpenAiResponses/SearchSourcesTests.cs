using System.Text;
using System.Text.Json.Nodes;
using Dragoman.Protocols.AnthropicMessages.Client;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Gemini.Client;
using Dragoman.Protocols.Json;
using Dragoman.Protocols.OpenAiChat.Client;
using Dragoman.Protocols.OpenAiResponses.Client;
using Dragoman.Protocols.OpenAiResponses.Upstream;
using Dragoman.Protocols.Tests.Support;

namespace Dragoman.Protocols.Tests.OpenAiResponses;

/// <summary>A web search on a Responses upstream: its pages are asked for, and reach clients of other languages as links.</summary>
public sealed class SearchSourcesTests
{
    private const string Search = """{"id":"ws_1","type":"web_search_call","status":"completed","action":{"type":"search","query":"why","sources":[{"type":"url","url":"https://a"},{"type":"url","url":"https://b"}]}}""";

    private const string Words = """{"id":"msg_1","type":"message","status":"completed","role":"assistant","content":[{"type":"output_text","text":"It is so.","annotations":[{"type":"url_citation","url":"https://a","title":"A","start_index":0,"end_index":5}]}]}""";

    private const string Response = "{\"id\":\"resp_1\",\"object\":\"response\",\"created_at\":1,\"model\":\"m\",\"status\":\"completed\",\"error\":null,\"output\":[" + Search + "," + Words + "],\"usage\":{\"input_tokens\":1,\"output_tokens\":1,\"total_tokens\":2}}";

    private static readonly string[] Events =
    [
        """{"type":"response.created","sequence_number":0,"response":{"id":"resp_1","object":"response","status":"in_progress","model":"m","output":[]}}""",
        """{"type":"response.output_item.added","sequence_number":1,"output_index":0,"item":{"id":"ws_1","type":"web_search_call","status":"in_progress"}}""",
        """{"type":"response.web_search_call.completed","sequence_number":2,"output_index":0,"item_id":"ws_1"}""",
        "{\"type\":\"response.output_item.done\",\"sequence_number\":3,\"output_index\":0,\"item\":" + Search + "}",
        """{"type":"response.output_item.added","sequence_number":4,"output_index":1,"item":{"id":"msg_1","type":"message","status":"in_progress","role":"assistant","content":[]}}""",
        """{"type":"response.content_part.added","sequence_number":5,"output_index":1,"content_index":0,"item_id":"msg_1","part":{"type":"output_text","text":"","annotations":[]}}""",
        """{"type":"response.output_text.delta","sequence_number":6,"output_index":1,"content_index":0,"item_id":"msg_1","delta":"It is so."}""",
        """{"type":"response.output_text.annotation.added","sequence_number":7,"output_index":1,"content_index":0,"item_id":"msg_1","annotation_index":0,"annotation":{"type":"url_citation","url":"https://a","title":"A","start_index":0,"end_index":5}}""",
        "{\"type\":\"response.output_item.done\",\"sequence_number\":8,\"output_index\":1,\"item\":" + Words + "}",
        "{\"type\":\"response.completed\",\"sequence_number\":9,\"response\":" + Response + "}",
    ];

    public static TheoryData<string> Requests =>
    [
        """messages {"model":"m","max_tokens":9,"tools":[{"type":"web_search_20250305","name":"web_search"}],"messages":[{"role":"user","content":"hi"}]}""",
        """gemini {"tools":[{"googleSearch":{}}],"contents":[{"role":"user","parts":[{"text":"hi"}]}]}""",
    ];

    [Theory, MemberData(nameof(Requests))]
    public void The_pages_are_asked_for_where_a_search_may_be_made(string request)
    {
        var (name, body) = (request[..request.IndexOf(' ', StringComparison.Ordinal)], request[(request.IndexOf(' ', StringComparison.Ordinal) + 1)..]);
        IClientProtocol client = name == "messages" ? AnthropicClient.Instance : GeminiClient.Instance;
        Include(client, body).ShouldContain("web_search_call.action.sources");
        var bare = JsonNode.Parse(body)!.AsObject();
        bare.Remove("tools");
        Include(client, bare.ToJsonString()).ShouldNotContain("web_search_call.action.sources");
    }

    [Fact]
    public void A_client_of_the_language_says_itself_what_it_wants()
        => Include(ResponsesClient.Instance, """{"model":"m","tools":[{"type":"web_search"}],"input":"hi"}""").ShouldNotContain("web_search_call.action.sources");

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void They_reach_Messages_as_a_searchs_result_and_the_cited_one_on_the_words(bool stream)
    {
        var nodes = Answer(AnthropicClient.Instance, stream);
        var blocks = stream
            ? nodes.Where(data => data["type"]!.GetValue<string>() == "content_block_start").Select(data => data["content_block"]!).ToList()
            : [.. nodes[0]["content"]!.AsArray().Select(block => block!)];
        blocks.Select(block => block["type"]!.GetValue<string>()).ShouldBe(["server_tool_use", "web_search_tool_result", "text"]);
        blocks[1]["content"]!.AsArray().Select(page => page!["url"]!.GetValue<string>()).ShouldBe(["https://a", "https://b"]);
        var citation = stream ? nodes.Single(data => data["delta"]?["type"]?.GetValue<string>() == "citations_delta")["delta"]!["citation"]! : blocks[2]["citations"]![0]!;
        citation["url"]!.GetValue<string>().ShouldBe("https://a");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void They_reach_Gemini_as_grounding(bool stream)
    {
        var grounding = Answer(GeminiClient.Instance, stream)[^1]["candidates"]![0]!["groundingMetadata"]!;
        grounding["webSearchQueries"]![0]!.GetValue<string>().ShouldBe("why");
        grounding["groundingChunks"]!.AsArray().Select(page => page!["web"]!["uri"]!.GetValue<string>()).ShouldBe(["https://a", "https://b"]);
        grounding["groundingSupports"]![0]!["groundingChunkIndices"]![0]!.GetValue<int>().ShouldBe(0);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Chat_has_a_place_for_those_that_are_cited_and_the_rest_is_reported(bool stream)
    {
        var exchange = Exchange(Protocol.OpenAiChat);
        var nodes = Answer(ChatClient.Instance, stream, exchange);
        var annotations = nodes.SelectMany(data => data["choices"]!.AsArray()).Select(choice => choice![stream ? "delta" : "message"]!["annotations"]).OfType<JsonArray>().SelectMany(list => list).ToList();
        annotations.ShouldHaveSingleItem()!["url_citation"]!["url"]!.GetValue<string>().ShouldBe("https://a");
        exchange.Losses.Items.Select(loss => loss.Reason).ShouldContain(reason => reason.Contains("its sources come as annotations where they are cited", StringComparison.Ordinal));
    }

    private static string Include(IClientProtocol client, string body)
    {
        var written = JsonNode.Parse(Replay.Write(ResponsesUpstream.Instance, new TranslationContext(Replay.Request(client, body), new UpstreamModel("gpt-5.2"))))!;
        return written["include"]?.ToJsonString() ?? "";
    }

    private static TranslationContext Exchange(Protocol client) => new(new ConversationRequest { Source = client, Model = "m", Stream = true }, new UpstreamModel("m")) { ClientModel = "m" };

    private static List<JsonNode> Answer(IClientProtocol client, bool stream, TranslationContext? given = null)
    {
        var exchange = given ?? Exchange(client.Protocol);
        using var output = new PooledBuffer();
        if (!stream)
        {
            var folder = new AnswerAggregator();
            var normalizer = new AnswerNormalizer(exchange, folder);
            ResponsesUpstream.Instance.ReadAnswer(Encoding.UTF8.GetBytes(Response), exchange, normalizer);
            normalizer.Complete();
            client.WriteAnswer(folder.Answer, exchange, output);
            return [JsonNode.Parse(Encoding.UTF8.GetString(output.WrittenSpan))!];
        }

        var told = new AnswerNormalizer(exchange, client.OpenStream(exchange, output));
        var reader = ResponsesUpstream.Instance.OpenStream(exchange, told);
        foreach (var data in Events) reader.Read(Encoding.UTF8.GetBytes(JsonNode.Parse(data)!["type"]!.GetValue<string>()), Encoding.UTF8.GetBytes(data));
        reader.Complete();
        told.Complete();
        told.Error.ShouldBeNull();
        return [.. Encoding.UTF8.GetString(output.WrittenSpan).Split('\n').Where(line => line.StartsWith("data: {", StringComparison.Ordinal)).Select(line => JsonNode.Parse(line[6..])!)];
    }
}
