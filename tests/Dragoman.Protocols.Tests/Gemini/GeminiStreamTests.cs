using System.Text;
using System.Text.Json;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Gemini.Client;
using Dragoman.Protocols.Gemini.Upstream;
using Dragoman.Protocols.Json;
using Dragoman.Protocols.Tests.Support;

namespace Dragoman.Protocols.Tests.Gemini;

public class GeminiStreamTests
{
    private static TranslationContext NewExchange(string? tools = null, SignatureFamily family = SignatureFamily.Gemini)
    {
        var body = """{"contents":[{"role":"user","parts":[{"text":"hi"}]}]""" + (tools is null ? "" : ",\"tools\":" + tools) + "}";
        var request = Replay.Request(GeminiClient.Instance, body, new("gemini-3-pro-preview", true));
        return new TranslationContext(request, new UpstreamModel("gemini-3-pro-preview") { Family = family }) { AnswerId = "0123456789abcdef01234567" };
    }

    private static EventLog Read(byte[] sse, int pieceSize = int.MaxValue, string? tools = null)
    {
        var log = new EventLog();
        Replay.Stream(GeminiUpstream.Instance, NewExchange(tools), log, sse, pieceSize);
        return log;
    }

    private static byte[] Sse(params string[] chunks) => Encoding.UTF8.GetBytes(string.Concat(chunks.Select(chunk => $"data: {chunk}\r\n\r\n")));

    [Fact]
    public void Recorded_streams_read_the_same_however_they_are_torn()
    {
        foreach (var file in Recordings.Files("gemini", ".chunks.txt"))
        {
            var sse = Replay.SseOf(File.ReadAllText(file));
            var whole = Read(sse);
            whole.Error.ShouldBeNull();
            whole.Finish.ShouldNotBeNull();
            foreach (var size in (int[])[1, 2, 3, 7, 64, 1000]) Read(sse, size).Lines.ShouldBe(whole.Lines, file);
        }
    }

    [Fact]
    public void The_recorded_text_is_read()
    {
        var log = Read(Replay.SseOf(Recordings.Read("gemini", "google-text.chunks.txt")));
        log.Lines.ShouldContain("TextDelta(0, There are **3**)");
        log.Finish!.Reason.ShouldBe(FinishReason.Stop);
        log.Usage.InputTokens.ShouldBe(9);
        log.Usage.OutputTokens.ShouldBe(208);
        log.Usage.ReasoningTokens.ShouldBe(185);
        log.Lines[^1].ShouldStartWith("Finished");
        log.Lines[^2].ShouldStartWith("UsageChanged");
    }

    [Fact]
    public void A_recorded_call_keeps_its_signature_all_the_way()
    {
        var chunks = Recordings.Read("gemini", "google-tool-call.chunks.txt");
        var exchange = NewExchange();
        var text = Replay.Translate(GeminiUpstream.Instance, GeminiClient.Instance, exchange, Replay.SseOf(chunks));
        using var sent = JsonDocument.Parse(chunks.Split('\n')[0]);
        var part = sent.RootElement.GetProperty("candidates")[0].GetProperty("content").GetProperty("parts")[0];
        text.ShouldContain("\"thoughtSignature\":\"" + part.GetProperty("thoughtSignature").GetString() + "\"");
        text.ShouldContain("""
            "args":{"location":"San Francisco"}
            """.Trim());
        text.ShouldContain("\"finishReason\":\"STOP\"");
        text.ShouldNotContain("[DONE]");
    }

    [Fact]
    public void A_recorded_whole_answer_is_read_and_written()
    {
        var body = Encoding.UTF8.GetBytes(Recordings.Read("gemini", "google-tool-call-gemini3.json"));
        var exchange = NewExchange();
        var folder = new AnswerAggregator(borrow: true);
        var normalizer = new AnswerNormalizer(exchange, folder);
        GeminiUpstream.Instance.ReadAnswer(body, exchange, normalizer);
        normalizer.Complete();
        var call = folder.Answer.Blocks.ShouldHaveSingleItem().ShouldBeOfType<ToolCallBlock>();
        call.Name.ShouldBe("weather");
        call.PartSignature.IsEmpty.ShouldBeFalse();
        folder.Answer.Finish.Reason.ShouldBe(FinishReason.ToolCalls);
        folder.Answer.Usage.OutputTokens.ShouldBe(1816);
        using var output = new PooledBuffer();
        GeminiClient.Instance.WriteAnswer(folder.Answer, exchange, output);
        using var written = JsonDocument.Parse(output.WrittenMemory);
        var usage = written.RootElement.GetProperty("usageMetadata");
        usage.GetProperty("candidatesTokenCount").GetInt32().ShouldBe(15);
        usage.GetProperty("thoughtsTokenCount").GetInt32().ShouldBe(1801);
        usage.GetProperty("totalTokenCount").GetInt32().ShouldBe(1845);
        written.RootElement.GetProperty("candidates")[0].GetProperty("finishMessage").GetString().ShouldBe("Model generated function call(s).");
    }

    [Fact]
    public void Thoughts_signatures_and_several_calls_become_blocks()
    {
        var log = Read(Sse(
            """{"candidates":[{"content":{"parts":[{"text":"Hm","thought":true}],"role":"model"},"index":0}],"usageMetadata":{"promptTokenCount":5},"responseId":"r1","modelVersion":"m1"}""",
            """{"candidates":[{"content":{"parts":[{"text":"","thought":true,"thoughtSignature":"U0lH"},{"text":"Say "},{"text":"it"},{"functionCall":{"name":"f","args":{"b":1, "a":2}},"thoughtSignature":"Q0FMTA=="},{"functionCall":{"name":"f"}}]},"finishReason":"STOP"}]}""",
            """{"usageMetadata":{"promptTokenCount":5,"candidatesTokenCount":7,"thoughtsTokenCount":2,"cachedContentTokenCount":3}}"""));
        log.Lines.ShouldBe([
            "Started(Dragoman.Protocols.Conversation.AnswerStart)",
            "BlockStarted(0, Reasoning  )", "ReasoningDelta(0, Hm)",
            log.Lines[3], "SignatureDelta(0, U0lH)", "BlockEnded(0)",
            "BlockStarted(1, Text  )", "TextDelta(1, Say )", "TextDelta(1, it)", "BlockEnded(1)",
            log.Lines[10], "ToolArgumentsDelta(2, {\"b\":1, \"a\":2})", "BlockEnded(2)",
            log.Lines[13], "ToolArgumentsDelta(3, {})", "BlockEnded(3)", log.Lines[16], log.Lines[17]]);
        log.Lines[3].ShouldStartWith("UsageChanged");
        log.Lines[10].ShouldStartWith("BlockStarted(2, ToolCall");
        log.Lines[13].ShouldNotBe(log.Lines[10]);
        log.Finish!.Reason.ShouldBe(FinishReason.ToolCalls);
        log.Usage.OutputTokens.ShouldBe(9);
        log.Usage.CachedTokens.ShouldBe(3);
    }

    [Theory]
    [InlineData("MAX_TOKENS", FinishReason.Length)]
    [InlineData("SAFETY", FinishReason.ContentFilter)]
    [InlineData("RECITATION", FinishReason.ContentFilter)]
    [InlineData("MALFORMED_FUNCTION_CALL", FinishReason.MalformedToolCall)]
    [InlineData("SOMETHING_NEW", FinishReason.Other)]
    public void Finish_reasons_are_understood_and_given_back(string word, FinishReason reason)
    {
        var sse = Sse($$"""{"candidates":[{"content":{"parts":[{"text":"a"}]},"finishReason":"{{word}}"}]}""");
        Read(sse).Finish!.Reason.ShouldBe(reason);
        Replay.Translate(GeminiUpstream.Instance, GeminiClient.Instance, NewExchange(), sse)
            .ShouldContain($"\"finishReason\":\"{(reason == FinishReason.Other ? "OTHER" : word)}\"");
    }

    [Fact]
    public void A_blocked_prompt_is_a_filter_and_not_a_break()
    {
        var log = Read(Sse("""{"promptFeedback":{"blockReason":"PROHIBITED_CONTENT"},"usageMetadata":{"promptTokenCount":4}}"""));
        log.Finish!.Reason.ShouldBe(FinishReason.ContentFilter);
        log.Finish.Message!.ShouldContain("PROHIBITED_CONTENT");
    }

    [Fact]
    public void An_error_inside_the_stream_breaks_it_off()
    {
        var log = Read(Sse("""{"candidates":[{"content":{"parts":[{"text":"a"}]}}]}""", """{"error":{"code":503,"message":"The model is overloaded.","status":"UNAVAILABLE"}}"""));
        log.Error!.Kind.ShouldBe(ErrorKind.Overloaded);
        log.Finish.ShouldBeNull();
    }

    [Fact]
    public void A_stream_that_stops_dead_is_a_break_even_when_much_was_said()
    {
        Read(Sse("""{"candidates":[{"content":{"parts":[{"text":"a"}]}}]}""")).Error!.Code.ShouldBe("upstream_stream_ended");
        Read(Sse("""{"candidates":[{"content":{"parts":[{"text":"a"}]},"finishReason":"STOP"}""")).Error.ShouldNotBeNull();
    }

    [Fact]
    public void Grounding_becomes_a_search_with_sources_and_places_in_characters()
    {
        var sse = Sse(
            """{"candidates":[{"content":{"parts":[{"text":"Zürich ist groß."}]}}]}""",
            """{"candidates":[{"content":{"parts":[{"text":" Ja."}]},"finishReason":"STOP","groundingMetadata":{"webSearchQueries":["zürich"],"groundingChunks":[{"web":{"uri":"https://a.example","title":"A"}}],"groundingSupports":[{"segment":{"startIndex":8,"endIndex":18,"text":"ist groß."},"groundingChunkIndices":[0]}]}}]}""");
        var exchange = NewExchange("""[{"googleSearch":{}}]""");
        var folder = new AnswerAggregator();
        Replay.Stream(GeminiUpstream.Instance, exchange, folder, sse);
        var text = folder.Answer.Blocks[0].ShouldBeOfType<TextBlock>();
        var citation = text.Citations.ShouldHaveSingleItem();
        (citation.Url, citation.Start, citation.End).ShouldBe(("https://a.example", 7, 16));
        folder.Answer.Blocks[1].ShouldBeOfType<HostedToolCallBlock>().Input.ToString().ShouldBe("""{"query":"zürich"}""");
        folder.Answer.Blocks[2].ShouldBeOfType<HostedToolResultBlock>().Sources!.Count.ShouldBe(1);
        folder.Answer.Usage.WebSearches.ShouldBe(1);
        Replay.Translate(GeminiUpstream.Instance, GeminiClient.Instance, NewExchange("""[{"googleSearch":{}}]"""), sse).ShouldContain("\"groundingMetadata\":{\"webSearchQueries\":[\"zürich\"],\"groundingChunks\"");
    }

    [Fact]
    public void Images_and_code_come_through_whole()
    {
        var sse = Sse("""{"candidates":[{"content":{"parts":[{"executableCode":{"language":"PYTHON","code":"1+1"}},{"codeExecutionResult":{"outcome":"OUTCOME_OK","output":"2"}},{"inlineData":{"mimeType":"image/png","data":"AAAA"}},{"newThing":{"x":1}}]},"finishReason":"STOP"}]}""");
        var text = Replay.Translate(GeminiUpstream.Instance, GeminiClient.Instance, NewExchange(), sse);
        text.ShouldContain("""{"executableCode":{"language":"PYTHON","code":"1+1"}}""");
        text.ShouldContain("""{"codeExecutionResult":{"outcome":"OUTCOME_OK","output":"2"}}""");
        text.ShouldContain("""{"inlineData":{"mimeType":"image/png","data":"AAAA"}}""");
        text.ShouldContain("""{"newThing":{"x":1}}""");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_array_form_is_one_JSON_array_good_or_bad(bool broken)
    {
        var chunks = new List<string> { """{"candidates":[{"content":{"parts":[{"text":"a\"b"}]}}]}""", """{"candidates":[{"content":{"parts":[{"text":"c"}]}}]}""" };
        if (!broken) chunks.Add("""{"candidates":[{"finishReason":"STOP"}],"usageMetadata":{"promptTokenCount":1,"candidatesTokenCount":2}}""");
        var text = Replay.Translate(GeminiUpstream.Instance, GeminiClient.ArrayForm, NewExchange(), Sse([.. chunks]));
        using var array = JsonDocument.Parse(text);
        array.RootElement.GetArrayLength().ShouldBe(3);
        array.RootElement[2].TryGetProperty("error", out _).ShouldBe(broken);
        if (!broken)
        {
            // An array form can be read as well.
            var log = new EventLog();
            GeminiUpstream.Instance.ReadAnswer(Encoding.UTF8.GetBytes(text), NewExchange(), log);
            log.Finish!.Reason.ShouldBe(FinishReason.Stop);
            log.Usage.OutputTokens.ShouldBe(2);
        }
    }

    [Fact]
    public void An_error_before_anything_else_is_an_array_too()
    {
        using var output = new PooledBuffer();
        GeminiClient.ArrayForm.OpenStream(NewExchange(), output).Write(AnswerEvent.Failed(new(ErrorKind.RateLimit, "slow down")));
        using var array = JsonDocument.Parse(output.WrittenMemory);
        array.RootElement[0].GetProperty("error").GetProperty("status").GetString().ShouldBe("RESOURCE_EXHAUSTED");
        GeminiClient.ArrayForm.StreamMediaType.ShouldBe("application/json");
    }

    [Fact]
    public void Reasoning_of_another_family_travels_in_a_client_of_this_one()
    {
        var exchange = NewExchange(family: SignatureFamily.Claude);
        using var output = new PooledBuffer();
        var writer = GeminiClient.Instance.OpenStream(exchange, output);
        writer.Write(AnswerEvent.Started(new()));
        writer.Write(AnswerEvent.BlockStarted(0, BlockStart.Reasoning));
        writer.Write(AnswerEvent.ReasoningDelta(0, JsonText.From("Hm")));
        writer.Write(AnswerEvent.SignatureDelta(0, JsonText.From("Erl")));
        writer.Write(AnswerEvent.SignatureDelta(0, JsonText.From("aude==")));
        writer.Write(AnswerEvent.BlockEnded(0));
        var text = Encoding.UTF8.GetString(output.WrittenSpan);
        var kept = text[(text.IndexOf("thoughtSignature\":\"", StringComparison.Ordinal) + 19)..];
        kept = kept[..kept.IndexOf('"', StringComparison.Ordinal)];
        Convert.FromBase64String(kept).ShouldNotBeEmpty();
        var request = Replay.Request(GeminiClient.Instance, $$"""{"contents":[{"role":"model","parts":[{"text":"Hm","thought":true,"thoughtSignature":"{{kept}}"}]}]}""");
        var reasoning = request.Turns[0].Blocks.ShouldHaveSingleItem().ShouldBeOfType<ReasoningBlock>();
        reasoning.Signature.ToString().ShouldBe("Erlaude==");
        reasoning.Family.ShouldBe(SignatureFamily.Claude);
        reasoning.Text.ToString().ShouldBe("Hm");
    }
}
