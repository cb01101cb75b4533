using System.Text;
using System.Text.Json;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Gemini.Client;
using Dragoman.Protocols.Gemini.Upstream;
using Dragoman.Protocols.Json;
using Dragoman.Protocols.Tests.Support;

namespace Dragoman.Protocols.Tests.Gemini;

public class GeminiRequestTests
{
    private static ConversationRequest Read(string body) => Replay.Request(GeminiClient.Instance, body, new("models/gemini-2.5-flash", true));

    private static string RoundTrip(string body, string model = "gemini-2.5-flash", Losses? losses = null)
        => Replay.Write(GeminiUpstream.Instance, new TranslationContext(Read(body), new UpstreamModel(model)) { Losses = losses ?? new() });

    [Fact]
    public void Both_spellings_mean_the_same()
    {
        foreach (var body in (string[])[
            """{"systemInstruction":{"parts":[{"text":"S"}]},"contents":[{"role":"user","parts":[{"inlineData":{"mimeType":"image/png","data":"AAAA"}}]}],"generationConfig":{"maxOutputTokens":5,"topP":0.5,"thinkingConfig":{"thinkingBudget":7,"includeThoughts":true}},"toolConfig":{"functionCallingConfig":{"mode":"ANY","allowedFunctionNames":["f"]}},"tools":[{"functionDeclarations":[{"name":"f"}]}],"safetySettings":[]}""",
            """{"system_instruction":{"parts":[{"text":"S"}]},"contents":[{"role":"user","parts":[{"inline_data":{"mime_type":"image/png","data":"AAAA"}}]}],"generation_config":{"max_output_tokens":5,"top_p":0.5,"thinking_config":{"thinking_budget":7,"include_thoughts":true}},"tool_config":{"function_calling_config":{"mode":"ANY","allowed_function_names":["f"]}},"tools":[{"function_declarations":[{"name":"f"}]}],"safety_settings":[]}""",
        ])
        {
            var request = Read(body);
            request.Model.ShouldBe("gemini-2.5-flash");
            request.Stream.ShouldBeTrue();
            request.System.ShouldHaveSingleItem();
            request.Turns[0].Blocks[0].ShouldBeOfType<ImageBlock>().Source.MediaType.ShouldBe("image/png");
            request.MaxOutputTokens.ShouldBe(5);
            request.Sampling.TopP.ShouldBe(0.5);
            request.Reasoning!.BudgetTokens.ShouldBe(7);
            request.Reasoning.Visible.ShouldBe(true);
            request.ToolChoice!.Mode.ShouldBe(ToolChoiceMode.Named);
            request.Tools.ShouldHaveSingleItem();
            request.Extras.ShouldHaveSingleItem().Name.ShouldBe("safetySettings");
        }
    }

    [Fact]
    public void Shorthands_are_taken()
    {
        Read("""{"contents":"hi","systemInstruction":"S"}""").Turns[0].Blocks[0].ShouldBeOfType<TextBlock>().Text.ToString().ShouldBe("hi");
        Read("""{"contents":{"parts":{"text":"hi"}},"systemInstruction":{"text":"S"}}""").System.ShouldHaveSingleItem();
        Read("""{"generateContentRequest":{"model":"models/x","contents":[{"parts":[{"text":"a"}]}]}}""").Turns.ShouldHaveSingleItem();
    }

    [Theory]
    [InlineData("""{"contents":[]}""")]
    [InlineData("""{"contents":5}""")]
    [InlineData("""[]""")]
    [InlineData("""{"contents":[{"role":"wizard","parts":[]}]}""")]
    [InlineData("""{"contents":[{"parts":[{"functionCall":{"args":{}}}]}]}""")]
    [InlineData("""{"contents":[{"parts":[{"text":5}]}]}""")]
    [InlineData("""{"contents":"a","tools":3}""")]
    public void What_cannot_be_is_refused_in_words(string body)
        => Should.Throw<WireException>(() => Read(body)).Error.Kind.ShouldBe(ErrorKind.InvalidRequest);

    [Fact]
    public void Odd_types_of_lesser_fields_are_passed_over()
        => Read("""{"contents":"a","generationConfig":{"temperature":"hot","stopSequences":{},"thinkingConfig":[],"seed":[1]},"toolConfig":[],"labels":7}""").Turns.ShouldHaveSingleItem();

    [Fact]
    public void Calls_without_ids_find_their_results_and_keep_their_ids_turn_after_turn()
    {
        const string first = """{"role":"model","parts":[{"functionCall":{"name":"f","args":{"a":1}}},{"functionCall":{"name":"g"}},{"functionCall":{"name":"f","args":{"a":2}}}]},{"role":"function","parts":[{"functionResponse":{"name":"f","response":{"output":"one"}}},{"functionResponse":{"name":"f","response":{"error":"two"}}},{"functionResponse":{"name":"g","response":{"x":[1]}}}]}""";
        var one = Read($$"""{"contents":[{"parts":[{"text":"q"}]},{{first}}]}""");
        var two = Read($$"""{"contents":[{"parts":[{"text":"q"}]},{{first}},{"role":"model","parts":[{"text":"done"}]}]}""");
        var calls = one.Turns[1].Blocks.Cast<ToolCallBlock>().ToList();
        var results = one.Turns[2].Blocks.Cast<ToolResultBlock>().ToList();
        calls.Select(call => call.Id).Distinct().Count().ShouldBe(3);
        calls.ShouldAllBe(call => call.Id.All(c => char.IsAsciiLetterOrDigit(c) || c == '_' || c == '-') && call.Id.Length <= 64);
        results.Select(result => result.CallId).ShouldBe([calls[0].Id, calls[2].Id, calls[1].Id]);
        results[0].Content.ShouldHaveSingleItem().ShouldBeOfType<TextBlock>().Text.ToString().ShouldBe("one");
        results[1].IsError.ShouldBeTrue();
        results[2].Content.ShouldHaveSingleItem().ShouldBeOfType<TextBlock>().Text.ToString().ShouldBe("""{"x":[1]}""");
        two.Turns[1].Blocks.Cast<ToolCallBlock>().Select(call => call.Id).ShouldBe(calls.Select(call => call.Id));
    }

    [Fact]
    public void Other_languages_see_proper_JSON_Schema_and_this_one_its_own()
    {
        const string declaration = """{"name":"f","description":"d","parameters":{"type":"OBJECT","properties":{"a":{"type":"STRING","nullable":true}}}}""";
        const string tools = "\"tools\":[{\"functionDeclarations\":[" + declaration + "]},{\"googleSearch\":{}},{\"urlContext\":{}},{\"somethingNew\":{\"x\":1}}]";
        const string body = "{\"contents\":\"q\"," + tools + "}";
        var request = Read(body);
        request.Tools[0].Parameters.ToString().ShouldBe("""{"type":"object","properties":{"a":{"type":["string","null"]}}}""");
        request.Tools.Select(tool => tool.HostedKind).ShouldBe([null, HostedTools.WebSearch, HostedTools.WebFetch, "somethingNew"]);
        RoundTrip(body).ShouldContain(tools);
    }

    [Fact]
    public void Its_own_language_gets_everything_back()
    {
        const string contents = """[{"role":"user","parts":[{"text":"q"},{"fileData":{"mimeType":"video/mp4","fileUri":"gs://b/v"},"videoMetadata":{"fps":2}},{"inlineData":{"mimeType":"audio/wav","data":"AAAA"}}]},{"role":"model","parts":[{"text":"hm","thought":true},{"text":"t","thoughtSignature":"c2ln"},{"functionCall":{"id":"c1","name":"f","args":{"b" : 1.0,"a":2}},"thoughtSignature":"c2lnMg=="},{"executableCode":{"language":"PYTHON","code":"1"}},{"codeExecutionResult":{"outcome":"OUTCOME_OK"}},{"brandNew":{"y":1}}]},{"role":"user","parts":[{"functionResponse":{"id":"c1","name":"f","response":{"big":12345678901234567890}}}]},{"role":"model","parts":[{"text":"","thoughtSignature":"c2lnMw=="}]}]""";
        var losses = new Losses();
        var text = RoundTrip($$"""
            {"contents":{{contents}},"toolConfig":{"functionCallingConfig":{"mode":"VALIDATED","allowedFunctionNames":["f"]},"retrievalConfig":{"languageCode":"de"} },
            "tools":[{"functionDeclarations":[{"name":"f","parametersJsonSchema":{"type":"object"} }]}],
            "generationConfig":{"temperature":0.5,"topK":3,"responseMimeType":"text/x.enum","responseSchema":{"type":"STRING","enum":["A"]},"speechConfig":{"x":1},"imageConfig":{"aspectRatio":"1:1"},"mediaResolution":"MEDIA_RESOLUTION_LOW","responseModalities":["IMAGE"],"thinkingConfig":{"thinkingBudget":-1,"includeThoughts":false} },
            "safetySettings":[{"category":"HARM_CATEGORY_HARASSMENT","threshold":"OFF"}],"cachedContent":"cachedContents/1","labels":{"team":"a"} }
            """, losses: losses);
        losses.Items.ShouldBeEmpty();
        using var document = JsonDocument.Parse(text);
        var root = document.RootElement;
        root.GetProperty("contents").GetRawText().ShouldBe(contents);
        root.GetProperty("toolConfig").GetRawText().ShouldBe("""{"functionCallingConfig":{"allowedFunctionNames":["f"],"mode":"VALIDATED"},"retrievalConfig":{"languageCode":"de"}}""");
        var config = root.GetProperty("generationConfig");
        config.GetProperty("responseMimeType").GetString().ShouldBe("text/x.enum");
        config.GetProperty("responseSchema").GetProperty("type").GetString().ShouldBe("STRING");
        config.GetProperty("responseModalities").GetRawText().ShouldBe("""["IMAGE"]""");
        config.GetProperty("thinkingConfig").GetRawText().ShouldBe("""{"thinkingBudget":-1,"includeThoughts":false}""");
        config.GetProperty("imageConfig").GetRawText().ShouldBe("""{"aspectRatio":"1:1"}""");
        root.GetProperty("safetySettings").GetArrayLength().ShouldBe(1);
        root.GetProperty("cachedContent").GetString().ShouldBe("cachedContents/1");
        root.GetProperty("labels").GetRawText().ShouldBe("""{"team":"a"}""");
    }

    [Fact]
    public void Counting_wraps_the_request_and_reads_the_sum()
    {
        using var output = new PooledBuffer();
        GeminiUpstream.Instance.WriteCountRequest(new TranslationContext(Read("""{"contents":"hi"}"""), new UpstreamModel("gemini-2.5-pro")), output);
        using var document = JsonDocument.Parse(output.WrittenMemory);
        document.RootElement.GetProperty("generateContentRequest").GetProperty("model").GetString().ShouldBe("models/gemini-2.5-pro");
        output.Clear();
        GeminiClient.Instance.WriteTokenCount(42, output);
        GeminiUpstream.Instance.ReadTokenCount(output.WrittenMemory).ShouldBe(42);
    }
}
