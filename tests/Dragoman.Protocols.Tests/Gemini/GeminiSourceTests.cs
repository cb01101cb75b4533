using System.Text.Json.Nodes;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Gemini.Client;
using Dragoman.Protocols.Registry;
using Dragoman.Protocols.Tests.Support;

namespace Dragoman.Protocols.Tests.Gemini;

public sealed class GeminiSourceTests
{
    /// <summary>A search of Responses names its sources by address; their titles stand in the citations that follow.</summary>
    [Fact]
    public void A_page_gets_its_title_from_the_citation()
    {
        var sse = Replay.SseOf("""
            {"type":"response.created","response":{"id":"resp_1","model":"gpt-5.4","status":"in_progress","output":[]}}
            {"type":"response.output_item.added","output_index":0,"item":{"id":"ws_1","type":"web_search_call","status":"in_progress"}}
            {"type":"response.output_item.done","output_index":0,"item":{"id":"ws_1","type":"web_search_call","status":"completed","action":{"type":"search","query":"q","sources":[{"type":"url","url":"https://a.example/1"},{"type":"url","url":"https://a.example/2"}]}}}
            {"type":"response.output_item.added","output_index":1,"item":{"id":"msg_1","type":"message","role":"assistant","status":"in_progress","content":[]}}
            {"type":"response.content_part.added","item_id":"msg_1","output_index":1,"content_index":0,"part":{"type":"output_text","text":"","annotations":[]}}
            {"type":"response.output_text.delta","item_id":"msg_1","output_index":1,"content_index":0,"delta":"So it is."}
            {"type":"response.output_text.annotation.added","item_id":"msg_1","output_index":1,"content_index":0,"annotation_index":0,"annotation":{"type":"url_citation","start_index":0,"end_index":9,"url":"https://a.example/2","title":"Two"}}
            {"type":"response.output_text.done","item_id":"msg_1","output_index":1,"content_index":0,"text":"So it is."}
            {"type":"response.output_item.done","output_index":1,"item":{"id":"msg_1","type":"message","role":"assistant","status":"completed","content":[{"type":"output_text","text":"So it is.","annotations":[{"type":"url_citation","start_index":0,"end_index":9,"url":"https://a.example/2","title":"Two"}]}]}}
            {"type":"response.completed","response":{"id":"resp_1","model":"gpt-5.4","status":"completed","output":[],"usage":{"input_tokens":5,"output_tokens":3,"total_tokens":8}}}
            """);
        var request = Replay.Request(GeminiClient.Instance, """{"contents":[{"parts":[{"text":"x"}]}],"tools":[{"googleSearch":{}}]}""", new RequestTarget { Model = "m", Stream = true });
        var text = Replay.Translate(ProtocolRegistry.Upstream(Protocol.OpenAiResponses), GeminiClient.Instance, new TranslationContext(request, new UpstreamModel("gpt-5.4")), sse);
        var metadata = text.Split('\n').Where(static line => line.StartsWith("data: ", StringComparison.Ordinal))
            .Select(static line => JsonNode.Parse(line[6..])!["candidates"]?[0]?["groundingMetadata"]).Last(static found => found is not null)!;
        metadata["groundingChunks"]!.ToJsonString().ShouldBe("""[{"web":{"uri":"https://a.example/1"}},{"web":{"uri":"https://a.example/2","title":"Two"}}]""");
    }
}
