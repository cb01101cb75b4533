using System.Text;
using System.Text.Json;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Gemini.Client;
using Dragoman.Protocols.Gemini.Upstream;
using Dragoman.Protocols.Json;
using Dragoman.Protocols.Tests.Support;

namespace Dragoman.Protocols.Tests.Gemini;

/// <summary>Requests of other languages, written for Gemini.</summary>
public class GeminiUpstreamTests
{
    private static ConversationRequest NewRequest(Protocol source = Protocol.AnthropicMessages) => new() { Source = source };

    private static JsonElement Write(ConversationRequest request, string model = "gemini-2.5-flash", Losses? losses = null)
        => JsonDocument.Parse(Text(request, model, losses)).RootElement;

    private static string Text(ConversationRequest request, string model = "gemini-2.5-flash", Losses? losses = null)
        => Replay.Write(GeminiUpstream.Instance, new TranslationContext(request, new UpstreamModel(model)) { Losses = losses ?? new() });

    private static void Say(ConversationRequest request, Role role, params Block[] blocks)
    {
        var turn = new Turn(role);
        turn.Blocks.AddRange(blocks);
        request.Turns.Add(turn);
    }

    private static TextBlock T(string text) => new(JsonText.From(text));

    private static ToolCallBlock Call(string id, string name, string args = "{}") => new(id, name, ToolArguments.FromText(JsonText.From(args)));

    [Fact]
    public void Results_stand_behind_their_calls_in_order()
    {
        var request = NewRequest(Protocol.OpenAiChat);
        Say(request, Role.User, T("q"));
        Say(request, Role.Assistant, T(""), Call("a", "f", """{"x":1}"""), Call("b", "g"));
        Say(request, Role.User, T("meanwhile"));
        Say(request, Role.User, new ToolResultBlock("b", [T("rb")]));
        Say(request, Role.User, new ToolResultBlock("a", [T("ra"), new ImageBlock(new() { MediaType = "image/png", Base64 = JsonText.From("AAAA") })]) { IsError = true });
        Write(request).GetProperty("contents").GetRawText().ShouldBe(
            """[{"role":"user","parts":[{"text":"q"}]},{"role":"model","parts":[{"functionCall":{"name":"f","args":{"x":1}}},{"functionCall":{"name":"g","args":{}}}]},"""
            + """{"role":"user","parts":[{"functionResponse":{"name":"f","response":{"error":"ra"}}},{"functionResponse":{"name":"g","response":{"output":"rb"}}},{"inlineData":{"mimeType":"image/png","data":"AAAA"}},{"text":"meanwhile"}]}]""");
    }

    [Fact]
    public void Gemini_3_gets_signatures_or_the_documented_word_and_media_inside_results()
    {
        var request = NewRequest();
        Say(request, Role.User, T("q"));
        Say(request, Role.Assistant, Call("a", "f"), Call("b", "f"));
        Say(request, Role.User, new ToolResultBlock("a", [new ImageBlock(new() { MediaType = "image/png", Base64 = JsonText.From("AAAA") })]), new ToolResultBlock("b", []));
        var signed = Call("c", "f");
        signed.PartSignature = JsonText.From("c2ln");
        Say(request, Role.Assistant, new ReasoningBlock { Text = JsonText.From("hm"), Signature = JsonText.From("Z2Vt"), Family = SignatureFamily.Gemini },
            new ReasoningBlock { Text = JsonText.From("claude"), Signature = JsonText.From("x"), Family = SignatureFamily.Claude }, signed);
        Say(request, Role.User, new ToolResultBlock("c", [T("ok")]));
        var losses = new Losses();
        var contents = Write(request, "gemini-3-pro-preview", losses).GetProperty("contents");
        var calls = contents[1].GetProperty("parts");
        calls[0].GetProperty("thoughtSignature").GetString().ShouldBe("skip_thought_signature_validator");
        calls[1].TryGetProperty("thoughtSignature", out _).ShouldBeFalse();
        contents[2].GetProperty("parts")[0].GetProperty("functionResponse").GetProperty("parts")[0].GetProperty("inlineData").GetProperty("data").GetString().ShouldBe("AAAA");
        contents[3].GetProperty("parts").GetRawText().ShouldBe("""[{"text":"hm","thought":true,"thoughtSignature":"Z2Vt"},{"functionCall":{"name":"f","args":{}},"thoughtSignature":"c2ln"}]""");
        losses.Items.ShouldContain(loss => loss.Path == "reasoning");
        losses.Items.ShouldContain(loss => loss.Path == "thoughtSignature");
    }

    [Fact]
    public void Claude_behind_this_language_gets_its_own_signatures_and_ids()
    {
        var request = NewRequest();
        Say(request, Role.Assistant, new ReasoningBlock { Text = JsonText.From("hm"), Signature = JsonText.From("Erl"), Family = SignatureFamily.Claude }, Call("toolu_1", "f"));
        Say(request, Role.User, new ToolResultBlock("toolu_1", [T("ok")]));
        var exchange = new TranslationContext(request, new UpstreamModel("claude-sonnet-4-5-thinking") { Family = SignatureFamily.Claude });
        var contents = JsonDocument.Parse(Replay.Write(GeminiUpstream.Instance, exchange)).RootElement.GetProperty("contents");
        contents[1].GetProperty("parts").GetRawText().ShouldBe("""[{"text":"hm","thought":true,"thoughtSignature":"Erl"},{"functionCall":{"id":"toolu_1","name":"f","args":{}}}]""");
        contents[2].GetProperty("parts")[0].GetProperty("functionResponse").GetProperty("id").GetString().ShouldBe("toolu_1");
    }

    [Fact]
    public void A_call_without_a_result_gets_one_that_says_so()
    {
        var request = NewRequest();
        Say(request, Role.Assistant, Call("a", "f"));
        Say(request, Role.User, T("never mind"), new ToolResultBlock("unknown", [T("stray")]));
        var parts = Write(request).GetProperty("contents")[2].GetProperty("parts");
        parts[0].GetProperty("functionResponse").GetProperty("response").TryGetProperty("error", out _).ShouldBeTrue();
        parts[3].GetProperty("text").GetString().ShouldBe("stray");
    }

    [Fact]
    public void Tools_are_cleaned_named_and_wrapped()
    {
        var request = NewRequest(Protocol.OpenAiResponses);
        Say(request, Role.User, T("q"));
        request.Tools.Add(new() { Name = "a b", Description = JsonText.From("d"), Parameters = JsonSlice.Parse("""{"type":"object","properties":{"x":{"const":"y"}},"additionalProperties":false}"""), Strict = true });
        request.Tools.Add(new() { Name = "patch", Kind = ToolKind.Custom });
        request.Tools.Add(new() { Name = "1st" });
        request.Tools.Add(new() { Name = "web_search", Kind = ToolKind.Hosted, HostedKind = HostedTools.WebSearch, Origin = Protocol.OpenAiResponses });
        request.ToolChoice = new() { Mode = ToolChoiceMode.Named, Name = "a b" };
        var losses = new Losses();
        var exchange = new TranslationContext(request, new UpstreamModel("gemini-2.5-flash")) { Losses = losses };
        var root = JsonDocument.Parse(Replay.Write(GeminiUpstream.Instance, exchange)).RootElement;
        var functions = root.GetProperty("tools")[0].GetProperty("functionDeclarations");
        root.GetProperty("tools").GetArrayLength().ShouldBe(1);
        var name = functions[0].GetProperty("name").GetString()!;
        name.ShouldMatch("^[a-zA-Z_][a-zA-Z0-9_.:-]{0,63}$");
        functions[2].GetProperty("name").GetString()!.ShouldMatch("^[a-zA-Z_][a-zA-Z0-9_.:-]{0,63}$");
        exchange.Tools.Client(name).ShouldBe("a b");
        exchange.Tools.IsWrapped("patch").ShouldBeTrue();
        functions[0].GetProperty("parametersJsonSchema").GetRawText().ShouldBe("""{"type":"object","properties":{"x":{"enum":["y"],"type":"string"}}}""");
        functions[1].GetProperty("parametersJsonSchema").GetProperty("required")[0].GetString().ShouldBe("input");
        root.GetProperty("toolConfig").GetProperty("functionCallingConfig").GetProperty("allowedFunctionNames")[0].GetString().ShouldBe(name);
        losses.Items.Select(loss => loss.Path).ShouldContain("tools.web_search");
        request.Tools.RemoveRange(0, 3);
        request.ToolChoice = null;
        Write(request).GetProperty("tools").GetRawText().ShouldBe("""[{"googleSearch":{}}]""");
    }

    [Theory]
    [InlineData("gemini-2.5-flash", "high", null, null, """{"thinkingBudget":24576,"includeThoughts":true}""")]
    [InlineData("gemini-2.5-pro", null, 5000, null, """{"thinkingBudget":5000,"includeThoughts":true}""")]
    [InlineData("gemini-2.5-pro", "none", null, null, """{"thinkingBudget":128}""")]
    [InlineData("gemini-2.5-flash", null, null, ReasoningMode.Off, """{"thinkingBudget":0}""")]
    [InlineData("gemini-2.5-flash", null, null, ReasoningMode.Adaptive, """{"thinkingBudget":-1,"includeThoughts":true}""")]
    [InlineData("gemini-3-pro-preview", "low", null, null, """{"thinkingLevel":"low","includeThoughts":true}""")]
    [InlineData("gemini-3-pro-preview", "xhigh", null, null, """{"thinkingLevel":"high","includeThoughts":true}""")]
    [InlineData("gemini-3.6-flash", "minimal", null, null, """{"thinkingLevel":"minimal","includeThoughts":true}""")]
    [InlineData("gemini-3.8-flash", "minimal", null, null, """{"thinkingLevel":"low","includeThoughts":true}""")]
    [InlineData("gemini-4-hydrogen", "minimal", null, null, """{"thinkingLevel":"low","includeThoughts":true}""")]
    [InlineData("gemini-4-neon", "xhigh", null, null, """{"thinkingLevel":"xhigh","includeThoughts":true}""")]
    [InlineData("gemini-4-neon", "max", null, null, """{"thinkingLevel":"xhigh","includeThoughts":true}""")]
    [InlineData("gemini-4-carbon", "xhigh", null, null, """{"thinkingLevel":"high","includeThoughts":true}""")]
    [InlineData("gemini-3-flash-preview", null, 4000, null, """{"thinkingLevel":"low","includeThoughts":true}""")]
    [InlineData("gemini-2.0-flash", "high", null, null, null)]
    public void Thinking_is_told_the_way_the_model_wants(string model, string? effort, int? budget, ReasoningMode? mode, string? expected)
    {
        var request = NewRequest();
        Say(request, Role.User, T("q"));
        request.Reasoning = new() { Effort = effort, BudgetTokens = budget, Mode = mode ?? ReasoningMode.Unspecified };
        var losses = new Losses();
        var found = Write(request, model, losses).GetProperty("generationConfig").TryGetProperty("thinkingConfig", out var config);
        (found ? config.GetRawText() : null).ShouldBe(expected);
        if (!found) losses.Any.ShouldBeTrue();
    }

    [Fact]
    public void More_turns_only_add_bytes()
    {
        var request = NewRequest(Protocol.OpenAiChat);
        request.System.Add(T("You are kind."));
        request.Tools.Add(new() { Name = "f.g h", Parameters = JsonSlice.Parse("""{"type":"object","properties":{"x":{"type":["string","null"]}}}""") });
        request.MaxOutputTokens = 100;
        string? before = null;
        for (var round = 0; round < 6; round++)
        {
            Say(request, Role.User, T($"question {round}"));
            var text = Text(request, "gemini-3-pro-preview");
            if (before is not null) text.ShouldStartWith(before[..^2]);
            before = text;
            Say(request, Role.Assistant, T("thinking"), Call($"c{round}", "f.g h", """{ "x": 1 }"""));
            Say(request, Role.User, new ToolResultBlock($"c{round}", [T("r")]));
            text = Text(request, "gemini-3-pro-preview");
            text.ShouldStartWith(before[..^2]);
            before = text;
            Say(request, Role.Assistant, T("so"));
        }
    }

    [Fact]
    public void What_has_no_place_is_reported_and_nothing_is_invented()
    {
        var request = NewRequest(Protocol.OpenAiChat);
        request.System.Add(T("only this"));
        request.Sampling.LogitBias = JsonSlice.Parse("{}");
        request.Verbosity = "low";
        request.UserId = "u";
        request.ServiceTier = "flex";
        request.ParallelToolCalls = false;
        request.Extras.Add(new(Protocol.OpenAiChat, "prediction", JsonSlice.Parse("{}")));
        var losses = new Losses();
        Text(request, losses: losses).ShouldBe("""{"generationConfig":{},"contents":[{"role":"user","parts":[{"text":"only this"}]}]}""");
        losses.Items.Select(loss => loss.Path).ShouldBe(["prediction", "logit_bias", "verbosity", "service_tier", "user"], ignoreOrder: true);
    }

    [Fact]
    public void Media_that_Gemini_cannot_fetch_are_refused_in_words()
    {
        var request = NewRequest();
        Say(request, Role.User, new ImageBlock(new() { Url = "https://a.example/x.webp?y=1" }));
        Write(request).GetProperty("contents")[0].GetProperty("parts")[0].GetRawText().ShouldBe("""{"fileData":{"mimeType":"image/webp","fileUri":"https://a.example/x.webp?y=1"}}""");
        Say(request, Role.User, new DocumentBlock(new() { FileId = "file_1" }));
        Should.Throw<WireException>(() => Write(request)).Message.ShouldContain("file_1");
    }

    [Fact]
    public void Recorded_and_made_errors_are_understood()
    {
        var error = GeminiUpstream.Instance.ReadError(429, Encoding.UTF8.GetBytes(Recordings.Read("gemini", "google-429-retry-info.json")));
        error.Kind.ShouldBe(ErrorKind.RateLimit);
        error.RetryAfter.ShouldBe(TimeSpan.FromSeconds(34.4));
        using var output = new PooledBuffer();
        GeminiClient.Instance.WriteError(error, output);
        var again = GeminiUpstream.Instance.ReadError(429, output.WrittenMemory);
        again.RetryAfter.ShouldBe(error.RetryAfter);
        again.Type.ShouldBe("RESOURCE_EXHAUSTED");
    }

    [Theory]
    [InlineData(400, """{"error":{"code":400,"message":"The input token count (2000000) exceeds the maximum number of tokens allowed (1048576).","status":"INVALID_ARGUMENT"}}""", ErrorKind.ContextTooLong, null)]
    [InlineData(400, """[{"error":{"code":400,"message":"API key not valid. Please pass a valid API key.","status":"INVALID_ARGUMENT","details":[{"reason":"API_KEY_INVALID"}]}}]""", ErrorKind.Authentication, null)]
    [InlineData(429, """{"error":{"status":"RESOURCE_EXHAUSTED","message":"m","details":[{"violations":[{"quotaId":"GenerateRequestsPerDayPerProject"}]},{"retryDelay":"7s"}]}}""", ErrorKind.Quota, 7.0)]
    [InlineData(429, """{"error":{"status":"RESOURCE_EXHAUSTED","message":"m","details":[{"reason":"QUOTA_EXHAUSTED","metadata":{"quotaResetDelay":"2h1m1.5s"}}]}}""", ErrorKind.Quota, 7261.5)]
    [InlineData(429, """{"error":{"status":"RESOURCE_EXHAUSTED","message":"Please retry in 12.5s."}}""", ErrorKind.RateLimit, 12.5)]
    [InlineData(503, """{"error":{"status":"UNAVAILABLE","message":"The model is overloaded."}}""", ErrorKind.Overloaded, null)]
    [InlineData(502, "<html>Bad gateway</html>", ErrorKind.Api, null)]
    [InlineData(500, "", ErrorKind.Api, null)]
    [InlineData(404, """{"error":"gone"}""", ErrorKind.NotFound, null)]
    [InlineData(403, """{"error":[],"x":{}}""", ErrorKind.Permission, null)]
    public void Errors_are_sorted(int status, string body, ErrorKind kind, double? wait)
    {
        var error = GeminiUpstream.Instance.ReadError(status, Encoding.UTF8.GetBytes(body));
        error.Kind.ShouldBe(kind);
        error.RetryAfter.ShouldBe(wait is { } seconds ? TimeSpan.FromSeconds(seconds) : null);
        error.Message.ShouldNotBeEmpty();
    }
}
