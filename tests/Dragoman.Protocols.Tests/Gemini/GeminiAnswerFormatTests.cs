using System.Text;
using System.Text.Json.Nodes;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Gemini.Upstream;
using Dragoman.Protocols.Json;
using Dragoman.Protocols.OpenAiChat.Client;
using Dragoman.Protocols.Tests.Support;

namespace Dragoman.Protocols.Tests.Gemini;

/// <summary>An answer of a shape beside tools, for models that do not take both.</summary>
public class GeminiAnswerFormatTests
{
    private const string Schema = """{"type":"object","properties":{"a":{"type":"integer"}},"required":["a"]}""";

    private static string Body(string? choice = null, string tools = """[{"type":"function","function":{"name":"lookup","parameters":{"type":"object","properties":{}}}}]""", string format = """{"type":"json_schema","json_schema":{"name":"n","schema":SCHEMA}}""")
        => $$"""{"model":"m","messages":[{"role":"user","content":"x"}],"tools":{{tools}},"response_format":{{format.Replace("SCHEMA", Schema)}}{{(choice is null ? "" : $",\"tool_choice\":{choice}")}}}""";

    private static TranslationContext Of(string body, string model = "gemini-2.5-pro") => new(Replay.Request(ChatClient.Instance, body), new UpstreamModel(model)) { AnswerId = "0123456789abcdef01234567" };

    private static JsonNode Sent(TranslationContext exchange) => JsonNode.Parse(Replay.Write(GeminiUpstream.Instance, exchange))!;

    [Theory]
    [InlineData(null, """{"mode":"ANY"}""")]
    [InlineData("\"auto\"", """{"mode":"ANY"}""")]
    [InlineData("\"required\"", """{"mode":"ANY"}""")]
    [InlineData("\"none\"", """{"mode":"ANY","allowedFunctionNames":["json"]}""")]
    [InlineData("""{"type":"function","function":{"name":"lookup"}}""", """{"mode":"ANY","allowedFunctionNames":["lookup"]}""")]
    [InlineData("""{"type":"allowed_tools","allowed_tools":{"mode":"auto","tools":[{"type":"function","function":{"name":"lookup"}}]}}""", """{"mode":"ANY","allowedFunctionNames":["lookup","json"]}""")]
    public void Beside_functions_the_answer_is_one_more_that_must_be_called(string? choice, string calling)
    {
        var exchange = Of(Body(choice));
        var sent = Sent(exchange);
        sent["generationConfig"]!["responseMimeType"].ShouldBeNull();
        var functions = sent["tools"]![0]!["functionDeclarations"]!;
        ((string)functions[1]!["name"]!).ShouldBe("json");
        functions[1]!["parametersJsonSchema"]!.ToJsonString().ShouldBe(Schema);
        sent["toolConfig"]!["functionCallingConfig"]!.ToJsonString().ShouldBe(calling);
        exchange.Losses.Items.ShouldContain(loss => loss.Path == "response_format" && loss.Kind == LossKind.Approximated);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Its_call_is_read_as_the_answers_text(bool stream)
    {
        var exchange = Of(Body().Replace("\"model\":\"m\"", $"\"model\":\"m\",\"stream\":{(stream ? "true" : "false")}", StringComparison.Ordinal));
        Sent(exchange);
        const string chunk = """{"candidates":[{"content":{"role":"model","parts":[{"functionCall":{"name":"json","args":{"a":1}}}]},"finishReason":"STOP"}],"usageMetadata":{"promptTokenCount":1,"candidatesTokenCount":1,"totalTokenCount":2}}""";
        if (stream)
        {
            var text = Replay.Translate(GeminiUpstream.Instance, ChatClient.Instance, exchange, Encoding.UTF8.GetBytes($"data: {chunk}\n\n"));
            text.ShouldContain("""{"content":"{\"a\":1}"}""");
            text.ShouldContain("\"finish_reason\":\"stop\"");
            text.ShouldNotContain("tool_calls");
            return;
        }

        var folder = new AnswerAggregator(borrow: true);
        var normalizer = new AnswerNormalizer(exchange, folder);
        GeminiUpstream.Instance.ReadAnswer(Encoding.UTF8.GetBytes(chunk), exchange, normalizer);
        normalizer.Complete();
        using var output = new PooledBuffer();
        ChatClient.Instance.WriteAnswer(folder.Answer, exchange, output);
        var choice = JsonNode.Parse(output.WrittenSpan)!["choices"]![0]!;
        ((string)choice["message"]!["content"]!).ShouldBe("""{"a":1}""");
        ((string)choice["finish_reason"]!).ShouldBe("stop");
        choice["message"]!["tool_calls"].ShouldBeNull();
    }

    [Theory]
    [InlineData("""[{"type":"web_search_preview"}]""", """{"type":"json_schema","json_schema":{"name":"n","schema":SCHEMA}}""")]
    [InlineData("""[{"type":"function","function":{"name":"lookup"}}]""", """{"type":"json_object"}""")]
    public void Where_no_function_can_stand_for_it_the_answer_is_asked_for_in_words(string tools, string format)
    {
        var exchange = Of(Body(tools: tools, format: format));
        var sent = Sent(exchange);
        sent["generationConfig"]!["responseMimeType"].ShouldBeNull();
        ((string)sent["systemInstruction"]!["parts"]![0]!["text"]!).ShouldStartWith("Answer with one JSON object");
        exchange.Losses.Items.ShouldContain(loss => loss.Path == "response_format" && loss.Reason.Contains("words"));
    }

    [Theory]
    [InlineData("gemini-3-pro-preview", true)]
    [InlineData("gemini-2.5-pro", false)]
    public void Where_both_are_taken_the_format_is_native(string model, bool tools)
    {
        var exchange = Of(tools ? Body() : Body(tools: "[]"), model);
        var sent = Sent(exchange);
        ((string)sent["generationConfig"]!["responseMimeType"]!).ShouldBe("application/json");
        exchange.Losses.Items.ShouldNotContain(loss => loss.Path == "response_format");
    }
}
