using System.Text;
using System.Text.Json.Nodes;
using Dragoman.Protocols.AnthropicMessages.Client;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Gemini.Client;
using Dragoman.Protocols.Gemini.Upstream;
using Dragoman.Protocols.Json;
using Dragoman.Protocols.OpenAiResponses.Client;

namespace Dragoman.Protocols.Tests.Gemini;

/// <summary>Where Gemini's search stands for clients of other languages: before the words that rest on it wherever it is known by then.</summary>
public sealed class GeminiSearchTests
{
    private const string Pages = """
        "groundingChunks":[{"web":{"uri":"https://a","title":"A"}}],"groundingSupports":[{"segment":{"startIndex":0,"endIndex":5},"groundingChunkIndices":[0]}]
        """;

    [Fact]
    public void A_search_stands_before_the_words_that_rest_on_it()
    {
        const string chunk = """{"candidates":[{"content":{"parts":[{"text":"Thinking.","thought":true},{"text":"It is so."}]},"finishReason":"STOP","groundingMetadata":{"webSearchQueries":["why"],"groundingChunks":[{"web":{"uri":"https://a","title":"A"}}],"groundingSupports":[{"segment":{"startIndex":0,"endIndex":5},"groundingChunkIndices":[0]}]}}],"usageMetadata":{"promptTokenCount":77,"candidatesTokenCount":5}}""";
        var messages = Whole(AnthropicClient.Instance, chunk);
        messages["content"]!.AsArray().Select(block => block!["type"]!.GetValue<string>()).Where(type => type != "thinking").ShouldBe(["server_tool_use", "web_search_tool_result", "text"]);
        messages["content"]!.AsArray()[^1]!["citations"]![0]!["url"]!.GetValue<string>().ShouldBe("https://a");
        var responses = Whole(ResponsesClient.Instance, chunk);
        responses["output"]!.AsArray().Select(item => item!["type"]!.GetValue<string>()).Where(type => type != "reasoning").ShouldBe(["web_search_call", "message"]);
        Whole(GeminiClient.Instance, chunk)["candidates"]![0]!["groundingMetadata"]!["groundingChunks"]![0]!["web"]!["uri"]!.GetValue<string>().ShouldBe("https://a");
    }

    /// <summary>When the queries and the pages come, and what stands in a Messages and in a Responses answer.</summary>
    public static TheoryData<string[], string[], string[]> Streams => new()
    {
        // All before the words.
        { [Chunk("", "\"webSearchQueries\":[\"why\"],PAGES"), Chunk("It is so.", ""), End("")], ["server_tool_use", "web_search_tool_result", "text"], ["web_search_call", "message"] },
        // The queries with the first words, the pages at the end: the call stands where it belongs, its result when it is there.
        { [Chunk("It is", "\"webSearchQueries\":[\"why\"]"), Chunk(" so.", ""), End("\"webSearchQueries\":[\"why\"],PAGES")], ["server_tool_use", "text", "web_search_tool_result"], ["web_search_call", "message"] },
        // All at the end, as Gemini mostly does: the words are out already.
        { [Chunk("It is", ""), Chunk(" so.", ""), End("\"webSearchQueries\":[\"why\"],PAGES")], ["text", "server_tool_use", "web_search_tool_result"], ["message", "web_search_call"] },
        // Words under way are not cut in two.
        { [Chunk("It is", ""), Chunk(" so.", "\"webSearchQueries\":[\"why\"],PAGES"), End("")], ["text", "server_tool_use", "web_search_tool_result"], ["message", "web_search_call"] },
    };

    [Theory, MemberData(nameof(Streams))]
    public void In_a_stream_the_call_stands_as_early_as_it_is_known_and_the_citations_on_the_words(string[] chunks, string[] blocks, string[] items)
    {
        var messages = Stream(AnthropicClient.Instance, chunks);
        messages.Where(data => Type(data) == "content_block_start").Select(data => Type(data["content_block"]!)).ShouldBe(blocks);
        messages.Where(data => Type(data) == "content_block_delta" && Type(data["delta"]!) == "citations_delta").ShouldHaveSingleItem()["delta"]!["citation"]!["url"]!.GetValue<string>().ShouldBe("https://a");
        var result = messages.Single(data => Type(data) == "content_block_start" && Type(data["content_block"]!) == "web_search_tool_result")["content_block"]!;
        result["content"]![0]!["url"]!.GetValue<string>().ShouldBe("https://a");
        result["tool_use_id"]!.GetValue<string>().ShouldBe(messages.Select(data => data["content_block"]).Single(block => block is not null && Type(block) == "server_tool_use")!["id"]!.GetValue<string>());

        var responses = Stream(ResponsesClient.Instance, chunks);
        responses.Where(data => Type(data) == "response.output_item.done").Select(data => Type(data["item"]!)).ShouldBe(items);
        responses.Single(data => Type(data) == "response.output_text.annotation.added")["annotation"]!["url"]!.GetValue<string>().ShouldBe("https://a");
        responses[^1]["response"]!["output"]!.AsArray().Select(item => Type(item!)).ShouldBe(items);
    }

    private static string Chunk(string text, string grounding)
        => $$"""{"candidates":[{"content":{"role":"model","parts":[{{(text.Length > 0 ? $"{{\"text\":\"{text}\"}}" : "")}}]}{{Grounding(grounding)}}}]}""";

    private static string End(string grounding) => $$"""{"candidates":[{"content":{"role":"model","parts":[]},"finishReason":"STOP"{{Grounding(grounding)}}}]}""";

    private static string Grounding(string members)
        => members.Length == 0 ? "" : $",\"groundingMetadata\":{{{members.Replace("PAGES", Pages, StringComparison.Ordinal)}}}";

    private static string Type(JsonNode node) => node["type"]!.GetValue<string>();

    private static JsonNode Whole(IClientProtocol client, string chunk)
    {
        var exchange = Exchange(client.Protocol);
        var folder = new AnswerAggregator();
        var normalizer = new AnswerNormalizer(exchange, folder);
        GeminiUpstream.Instance.ReadAnswer(Encoding.UTF8.GetBytes(chunk), exchange, normalizer);
        using var output = new PooledBuffer();
        client.WriteAnswer(folder.Answer, exchange, output);
        return JsonNode.Parse(Encoding.UTF8.GetString(output.WrittenSpan))!;
    }

    private static List<JsonNode> Stream(IClientProtocol client, string[] chunks)
    {
        var exchange = Exchange(client.Protocol);
        using var output = new PooledBuffer();
        var normalizer = new AnswerNormalizer(exchange, client.OpenStream(exchange, output));
        var reader = GeminiUpstream.Instance.OpenStream(exchange, normalizer);
        foreach (var chunk in chunks) reader.Read(default, Encoding.UTF8.GetBytes(chunk));
        reader.Complete();
        normalizer.Error.ShouldBeNull();
        return [.. Encoding.UTF8.GetString(output.WrittenSpan).Split('\n').Where(line => line.StartsWith("data: {", StringComparison.Ordinal)).Select(line => JsonNode.Parse(line[6..])!)];
    }

    private static TranslationContext Exchange(Protocol client)
    {
        var request = new ConversationRequest { Source = client, Model = "m", Stream = true };
        request.Tools.Add(new Tool { Kind = ToolKind.Hosted, HostedKind = HostedTools.WebSearch, Name = "web_search", Origin = client });
        return new(request, new UpstreamModel("m")) { ClientModel = "m" };
    }
}
