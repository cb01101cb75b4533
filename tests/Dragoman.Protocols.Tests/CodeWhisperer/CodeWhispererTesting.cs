using System.Buffers;
using System.Text;
using System.Text.Json;
using Dragoman.Protocols.CodeWhisperer.Shared;
using Dragoman.Protocols.CodeWhisperer.Upstream;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Framing;
using Dragoman.Protocols.Registry;

namespace Dragoman.Protocols.Tests.CodeWhisperer;

/// <summary>Short ways to run the protocol in tests.</summary>
internal static class CodeWhispererTesting
{
    public const string Model = "claude-sonnet-4.5";

    /// <summary>The exchange of a client's body.</summary>
    public static TranslationContext Exchange(Protocol client, string body, CodeWhispererOptions? options = null, string model = Model)
    {
        var bytes = Encoding.UTF8.GetBytes(body);
        JsonDocument.Parse(bytes).Dispose();
        return new TranslationContext(ProtocolRegistry.Client(client).ReadRequest(bytes, new RequestTarget("m")), new UpstreamModel(model)) { Options = options };
    }

    public static TranslationContext Chat(string messages, string more = "", CodeWhispererOptions? options = null)
        => Exchange(Protocol.OpenAiChat, $$"""{"model":"m","messages":{{messages}}{{more}}}""", options);

    public static TranslationContext Messages(string messages, string more = "", CodeWhispererOptions? options = null)
        => Exchange(Protocol.AnthropicMessages, $$"""{"model":"m","max_tokens":9000,"messages":{{messages}}{{more}}}""", options);

    /// <summary>The body that the service gets; its rules that hold for every body are checked.</summary>
    public static JsonElement Write(TranslationContext exchange)
    {
        var output = new ArrayBufferWriter<byte>();
        CodeWhispererUpstream.Instance.WriteRequest(exchange, output);
        var body = JsonDocument.Parse(output.WrittenMemory.ToArray()).RootElement;
        CodeWhispererRules.Check(body);
        return body;
    }

    public static JsonElement State(this JsonElement body) => body.GetProperty("conversationState");

    public static JsonElement Current(this JsonElement body) => body.State().GetProperty("currentMessage").GetProperty("userInputMessage");

    public static List<JsonElement> History(this JsonElement body)
        => body.State().TryGetProperty("history", out var history) ? [.. history.EnumerateArray()] : [];

    /// <summary>Frames of a stream: a line an event, the name, a space, the payload. Names that end in Exception are exceptions.</summary>
    public static byte[] Frames(string lines)
    {
        var output = new ArrayBufferWriter<byte>();
        foreach (var line in lines.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var space = line.IndexOf(' ', StringComparison.Ordinal);
            var (name, payload) = (Encoding.UTF8.GetBytes(line[..space]), Encoding.UTF8.GetBytes(line[(space + 1)..]));
            if (line[..space].EndsWith("Exception", StringComparison.Ordinal)) AwsEventStreamWriter.WriteException(output, name, payload);
            else AwsEventStreamWriter.WriteEvent(output, name, payload);
        }

        return output.WrittenSpan.ToArray();
    }

    /// <summary>Reads a stream in pieces of a size, as the forwarder does.</summary>
    public static void Read(TranslationContext exchange, IAnswerSink sink, ReadOnlySpan<byte> bytes, int size = int.MaxValue)
    {
        var normalizer = new AnswerNormalizer(exchange, sink);
        var reader = CodeWhispererUpstream.Instance.OpenStream(exchange, normalizer);
        using var frames = new AwsEventStreamReader();
        while (!bytes.IsEmpty)
        {
            var piece = bytes[..Math.Min(size, bytes.Length)];
            bytes = bytes[piece.Length..];
            frames.Append(piece);
            while (frames.TryRead(out var frame)) reader.Read(frame.Name.Span, frame.Payload);
        }

        if (frames.Pending > 0) reader.Interrupt();
        else reader.Complete();
        normalizer.Complete();
    }

    public static Answer Answer(TranslationContext exchange, string lines, int size = int.MaxValue)
    {
        var folder = new AnswerAggregator();
        Read(exchange, folder, Frames(lines), size);
        return folder.Answer;
    }

    /// <summary>What a client is streamed.</summary>
    public static string Streamed(TranslationContext exchange, string lines, int size = int.MaxValue)
    {
        var output = new ArrayBufferWriter<byte>();
        Read(exchange, ProtocolRegistry.Client(exchange.Request.Source).OpenStream(exchange, output), Frames(lines), size);
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }

    public static string Show(Answer answer) => string.Join(" | ", answer.Blocks.Select(static block => block switch
    {
        TextBlock text => $"Text {text.Text}",
        ReasoningBlock { IsRedacted: true } thought => $"Redacted {thought.Signature}",
        ReasoningBlock thought => $"Reasoning {thought.Text}/{thought.Signature}",
        ToolCallBlock call => $"Call {call.Id} {call.Name} {call.Arguments.Text}",
        _ => block.GetType().Name,
    }).Append(answer.Error is null ? answer.Finish.Reason.ToString() : "Error " + answer.Error.Kind));
}
