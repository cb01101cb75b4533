using System.Text;
using System.Text.Json;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Json;
using Dragoman.Protocols.OpenAiResponses.Client;
using Dragoman.Protocols.OpenAiResponses.Upstream;
using Dragoman.Protocols.Tests.Support;

namespace Dragoman.Protocols.Tests.OpenAiResponses;

/// <summary>Short ways to run this language in tests.</summary>
internal static class ResponsesTesting
{
    public static readonly ResponsesClient Client = ResponsesClient.Instance;
    public static readonly ResponsesUpstream Upstream = ResponsesUpstream.Instance;

    public static TranslationContext ExchangeFor(string body, string model = "gpt-5.2", SignatureFamily family = SignatureFamily.Unknown)
        => new(Replay.Request(Client, body), new UpstreamModel(model) { Family = family }) { AnswerId = "0123456789abcdef0123456789abcdef", CreatedAt = 1767235477 };

    public static TranslationContext Plain(string model = "gpt-5.2") => ExchangeFor("""{"model":"m","input":"hi","stream":true,"include":["reasoning.encrypted_content"]}""", model);

    public static TranslationContext From(ConversationRequest request, string model = "gpt-5.2") => new(request, new UpstreamModel(model)) { AnswerId = "0123456789abcdef0123456789abcdef" };

    public static JsonElement Parse(string json) => JsonDocument.Parse(json).RootElement.Clone();

    public static JsonElement Written(TranslationContext exchange) => Parse(Replay.Write(Upstream, exchange));

    /// <summary>The events of an SSE text, each with its name checked against its type.</summary>
    public static List<JsonElement> Events(string sse)
    {
        var events = new List<JsonElement>();
        foreach (var frame in sse.Split("\n\n", StringSplitOptions.RemoveEmptyEntries))
        {
            var lines = frame.Split('\n');
            lines.Length.ShouldBe(2);
            lines[0].ShouldStartWith("event: ");
            lines[1].ShouldStartWith("data: ");
            var data = Parse(lines[1][6..]);
            data.GetProperty("type").GetString().ShouldBe(lines[0][7..]);
            events.Add(data);
        }

        return events;
    }

    /// <summary>Runs events through the normaliser into this language's stream.</summary>
    public static string Stream(TranslationContext exchange, params AnswerEvent[] events)
    {
        using var output = new PooledBuffer();
        var normalizer = new AnswerNormalizer(exchange, Client.OpenStream(exchange, output));
        foreach (var answerEvent in events) normalizer.Write(answerEvent);
        normalizer.Complete();
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }

    /// <summary>Runs events through the normaliser into a whole answer of this language.</summary>
    public static JsonElement Whole(TranslationContext exchange, params AnswerEvent[] events)
    {
        var folder = new AnswerAggregator();
        var normalizer = new AnswerNormalizer(exchange, folder);
        foreach (var answerEvent in events) normalizer.Write(answerEvent);
        normalizer.Complete();
        using var output = new PooledBuffer();
        Client.WriteAnswer(folder.Answer, exchange, output);
        return Parse(Encoding.UTF8.GetString(output.WrittenSpan));
    }

    /// <summary>Reads a whole answer into its folded form.</summary>
    public static Answer Read(string body, TranslationContext exchange)
    {
        var folder = new AnswerAggregator();
        var normalizer = new AnswerNormalizer(exchange, folder);
        Upstream.ReadAnswer(Encoding.UTF8.GetBytes(body), exchange, normalizer);
        normalizer.Complete();
        return folder.Answer;
    }

    /// <summary>Reads a stream into its folded form.</summary>
    public static Answer ReadStream(string chunks, TranslationContext exchange, int pieceSize = int.MaxValue)
    {
        var folder = new AnswerAggregator();
        Replay.Stream(Upstream, exchange, folder, Replay.SseOf(chunks), pieceSize);
        return folder.Answer;
    }

    /// <summary>An answer as comparable text: every block with its words.</summary>
    public static string Describe(Answer answer)
    {
        var text = new StringBuilder();
        foreach (var block in answer.Blocks)
        {
            text.AppendLine(block switch
            {
                TextBlock said => $"text {said.Text} [{string.Join(", ", said.Citations?.Select(c => $"{c.Url}@{c.Start}-{c.End}") ?? [])}]",
                RefusalBlock refusal => $"refusal {refusal.Text}",
                ReasoningBlock reasoning => $"reasoning {reasoning.IsSummary} {reasoning.Text} <{reasoning.Signature}>",
                ToolCallBlock call => $"call {call.Id} {call.Name} {call.IsCustom} {call.Arguments}",
                HostedToolCallBlock hosted => $"hosted {hosted.Tool} {hosted.Input}",
                HostedToolResultBlock result => $"result {result.Tool} {result.Sources?.Count}",
                ImageBlock image => $"image {image.Source.MediaType} {image.Source.Base64}",
                OpaqueBlock opaque => $"opaque {opaque.Type} {opaque.Raw}",
                _ => block.GetType().Name,
            });
        }

        text.Append(answer.Finish.Reason).Append(' ').Append(answer.Usage.InputTokens).Append('/').Append(answer.Usage.OutputTokens).Append(' ').Append(answer.Error?.Code);
        return text.ToString();
    }

    /// <summary>Checks the promises that every stream of this language keeps, and gives its final response.</summary>
    public static JsonElement CheckStream(string sse)
    {
        var events = Events(sse);
        for (var index = 0; index < events.Count; index++) events[index].GetProperty("sequence_number").GetInt32().ShouldBe(index);
        Type(events[0]).ShouldBe("response.created");
        Type(events[1]).ShouldBe("response.in_progress");
        events.Count(e => Type(e) is "response.completed" or "response.incomplete" or "response.failed").ShouldBe(1);
        var last = events[^1];
        Type(last).ShouldBeOneOf("response.completed", "response.incomplete", "response.failed");
        var response = last.GetProperty("response");
        var done = events.Where(e => Type(e) == "response.output_item.done").ToList();
        response.GetProperty("output").EnumerateArray().Select(item => item.GetRawText()).ShouldBe(done.Select(e => e.GetProperty("item").GetRawText()));
        done.Select(e => e.GetProperty("output_index").GetInt32()).ShouldBe(Enumerable.Range(0, done.Count));
        if (Type(last) != "response.failed") events.Count(e => Type(e) == "response.output_item.added").ShouldBe(done.Count);
        var ids = done.Select(e => e.GetProperty("item").GetProperty("id").GetString()).ToList();
        ids.Distinct().Count().ShouldBe(ids.Count);
        foreach (var item in done) CheckItem(events, item.GetProperty("item"), item.GetProperty("output_index").GetInt32());
        return response;
    }

    private static void CheckItem(List<JsonElement> events, JsonElement item, int index)
    {
        var id = item.GetProperty("id").GetString();
        var own = events.Where(e => e.TryGetProperty("item_id", out var answer) && answer.GetString() == id).ToList();
        own.All(e => e.GetProperty("output_index").GetInt32() == index).ShouldBeTrue();
        switch (item.GetProperty("type").GetString())
        {
            case "message":
                var parts = item.GetProperty("content").EnumerateArray().ToList();
                for (var part = 0; part < parts.Count; part++)
                {
                    var refusal = parts[part].GetProperty("type").GetString() == "refusal";
                    var text = parts[part].GetProperty(refusal ? "refusal" : "text").GetString();
                    var of = own.Where(e => e.TryGetProperty("content_index", out var at) && at.GetInt32() == part).ToList();
                    Type(of[0]).ShouldBe("response.content_part.added");
                    Type(of[^1]).ShouldBe("response.content_part.done");
                    Joined(of, refusal ? "response.refusal.delta" : "response.output_text.delta").ShouldBe(text);
                    of.Single(e => Type(e) == (refusal ? "response.refusal.done" : "response.output_text.done")).GetProperty(refusal ? "refusal" : "text").GetString().ShouldBe(text);
                    of[^1].GetProperty("part").GetRawText().ShouldBe(parts[part].GetRawText());
                    if (!refusal)
                        of.Count(e => Type(e) == "response.output_text.annotation.added").ShouldBe(parts[part].GetProperty("annotations").GetArrayLength());
                }

                break;
            case "function_call":
                item.GetProperty("call_id").GetString().ShouldNotBe(id);
                Joined(own, "response.function_call_arguments.delta").ShouldBe(item.GetProperty("arguments").GetString());
                own.Single(e => Type(e) == "response.function_call_arguments.done").GetProperty("arguments").GetString().ShouldBe(item.GetProperty("arguments").GetString());
                break;
            case "custom_tool_call":
                Joined(own, "response.custom_tool_call_input.delta").ShouldBe(item.GetProperty("input").GetString());
                own.Single(e => Type(e) == "response.custom_tool_call_input.done").GetProperty("input").GetString().ShouldBe(item.GetProperty("input").GetString());
                break;
            case "reasoning":
                var summary = string.Concat(item.GetProperty("summary").EnumerateArray().Select(p => p.GetProperty("text").GetString()));
                Joined(own, "response.reasoning_summary_text.delta").ShouldBe(summary);
                break;
        }
    }

    public static string Type(JsonElement e) => e.GetProperty("type").GetString()!;

    private static string Joined(List<JsonElement> events, string type)
        => string.Concat(events.Where(e => Type(e) == type).Select(e => e.GetProperty("delta").GetString()));
}
