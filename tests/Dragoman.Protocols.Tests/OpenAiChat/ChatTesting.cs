using System.Text;
using System.Text.Json;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Framing;
using Dragoman.Protocols.Json;
using Dragoman.Protocols.OpenAiChat.Client;
using Dragoman.Protocols.OpenAiChat.Upstream;
using Dragoman.Protocols.Tests.Support;

namespace Dragoman.Protocols.Tests.OpenAiChat;

/// <summary>Short ways to run Chat in tests.</summary>
internal static class ChatTesting
{
    public static TranslationContext Exchange(string body, string model = "gpt-4.1")
        => new(Replay.Request(ChatClient.Instance, body), new UpstreamModel(model)) { AnswerId = "0123456789abcdef01234567", CreatedAt = 1700000000 };

    public static TranslationContext Plain(bool stream = true, bool usage = true, string model = "gpt-4.1", string more = "")
        => Exchange($$"""{"model":"asked","stream":{{(stream ? "true" : "false")}},"stream_options":{"include_usage":{{(usage ? "true" : "false")}}},"messages":[{"role":"user","content":"hi"}]{{more}}}""", model);

    public static JsonElement Written(TranslationContext exchange) => Parse(Replay.Write(ChatUpstream.Instance, exchange));

    public static JsonElement Parse(string json)
    {
        using var document = JsonDocument.Parse(json);
        return document.RootElement.Clone();
    }

    public static byte[] Sse(params string[] chunks)
        => Encoding.UTF8.GetBytes(string.Concat(chunks.Select(chunk => $"data: {chunk}\n\n")));

    public static string Delta(string delta, string finish = "null") => $$"""{"id":"chatcmpl-1","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":{{delta}},"finish_reason":{{finish}}}]}""";

    public static string Whole(string body, TranslationContext exchange, IClientProtocol? client = null)
    {
        var folder = new AnswerAggregator(borrow: true);
        var normalizer = new AnswerNormalizer(exchange, folder);
        ChatUpstream.Instance.ReadAnswer(Encoding.UTF8.GetBytes(body), exchange, normalizer);
        normalizer.Complete();
        using var output = new PooledBuffer();
        (client ?? ChatClient.Instance).WriteAnswer(folder.Answer, exchange, output);
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }

    public static ChatView View(byte[] sse, TranslationContext? exchange = null, int piece = int.MaxValue)
        => ChatView.Of(Replay.Translate(ChatUpstream.Instance, ChatClient.Instance, exchange ?? Plain(), sse, piece));
}

/// <summary>What a client learns from a stream of chunks.</summary>
internal sealed class ChatView
{
    public StringBuilder Text { get; } = new();

    public StringBuilder Reasoning { get; } = new();

    public StringBuilder Refusal { get; } = new();

    public SortedDictionary<int, (string Id, string Name, string Arguments)> Calls { get; } = [];

    public List<JsonElement> Details { get; } = [];

    public List<JsonElement> Annotations { get; } = [];

    public List<JsonElement> Images { get; } = [];

    public List<string> Finishes { get; } = [];

    public JsonElement? Usage { get; private set; }

    public JsonElement? Error { get; private set; }

    public bool Done { get; private set; }

    public static ChatView Of(string sse)
    {
        var view = new ChatView();
        using var frames = new SseReader();
        frames.Append(Encoding.UTF8.GetBytes(sse));
        while (frames.TryRead(out var frame))
        {
            var data = Encoding.UTF8.GetString(frame.Data.Span);
            view.Done.ShouldBeFalse("nothing may follow [DONE]");
            if (data == "[DONE]") view.Done = true;
            else view.Take(ChatTesting.Parse(data));
        }

        return view;
    }

    private void Take(JsonElement chunk)
    {
        if (chunk.TryGetProperty("error", out var error))
        {
            Error = error;
            return;
        }

        chunk.GetProperty("object").GetString().ShouldBe("chat.completion.chunk");
        if (chunk.TryGetProperty("usage", out var usage) && usage.ValueKind == JsonValueKind.Object) Usage = usage;
        foreach (var choice in chunk.GetProperty("choices").EnumerateArray())
        {
            if (choice.GetProperty("finish_reason").GetString() is { } finish) Finishes.Add(finish);
            var delta = choice.GetProperty("delta");
            Append(delta, "content", Text);
            Append(delta, "reasoning_content", Reasoning);
            Append(delta, "refusal", Refusal);
            List(delta, "reasoning_details", Details);
            List(delta, "annotations", Annotations);
            List(delta, "images", Images);
            if (!delta.TryGetProperty("tool_calls", out var calls)) continue;
            foreach (var call in calls.EnumerateArray()) Call(call);
        }
    }

    private void Call(JsonElement piece)
    {
        var index = piece.GetProperty("index").GetInt32();
        var known = Calls.TryGetValue(index, out var call);
        var body = piece.TryGetProperty("function", out var function) ? function : piece.GetProperty("custom");
        if (!known)
        {
            index.ShouldBe(Calls.Count, "indexes are dense");
            call = (piece.GetProperty("id").GetString()!, body.GetProperty("name").GetString()!, "");
        }

        var more = body.TryGetProperty("arguments", out var arguments) ? arguments.GetString() : body.GetProperty("input").GetString();
        Calls[index] = (call.Id, call.Name, call.Arguments + more);
    }

    private static void Append(JsonElement delta, string name, StringBuilder to)
    {
        if (delta.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String) to.Append(value.GetString());
    }

    private static void List(JsonElement delta, string name, List<JsonElement> to)
    {
        if (delta.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Array) to.AddRange(value.EnumerateArray());
    }
}
