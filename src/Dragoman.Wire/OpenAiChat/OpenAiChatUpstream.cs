using System.Buffers;
using Dragoman.Wire.Conversation;

namespace Dragoman.Wire.OpenAiChat;

/// <summary>The upstream half of OpenAI Chat Completions: OpenAI itself and every server that calls itself compatible.</summary>
public sealed class OpenAiChatUpstream : IUpstreamLanguage
{
    private OpenAiChatUpstream()
    {
    }

    /// <summary>The one instance; it has no state.</summary>
    public static OpenAiChatUpstream Instance { get; } = new();

    /// <inheritdoc/>
    public Language Language => Language.OpenAiChat;

    /// <inheritdoc/>
    public AnswerMembers AnswerMembers { get; } = new() { Lists = ["choices"u8.ToArray()] };

    /// <inheritdoc/>
    public WireError? FailureIn(Json.JsonSlice answer) => ChatFailures.FailureIn(answer);

    /// <inheritdoc/>
    public void WriteRequest(Exchange exchange, IBufferWriter<byte> output) => OpenAiChatRequestWriter.Write(exchange, output);

    /// <inheritdoc/>
    public IStreamReader OpenStream(Exchange exchange, IAnswerSink sink) => new OpenAiChatStreamReader(exchange, sink);

    /// <inheritdoc/>
    public void ReadAnswer(ReadOnlyMemory<byte> body, Exchange exchange, IAnswerSink sink)
    {
        if (!ErrorInAnswer.Tell(this, body, sink)) OpenAiChatAnswerReader.Read(body, exchange, sink);
    }

    /// <inheritdoc/>
    public bool TryReadUsage(ReadOnlyMemory<byte> body, out Usage usage) => ChatUsage.TryReadOf(body, out usage);

    /// <summary>The failure that some servers tell as the reason of an answer's end (<c>error</c>); null for a reason that is none.</summary>
    public static WireError? FailureOf(ReadOnlySpan<byte> finishReason) => ChatFailures.FailureOf(System.Text.Encoding.UTF8.GetString(finishReason));

    /// <summary>Whether the reason of an answer's end says that it was cut off: then a call in it may be torn, and its client knows.</summary>
    public static bool SaysCut(ReadOnlySpan<byte> finishReason)
        => ChatFinish.Of(System.Text.Encoding.UTF8.GetString(finishReason), null).IsCut;

    /// <inheritdoc/>
    public WireError ReadError(int status, ReadOnlyMemory<byte> body) => OpenAiChatErrors.Read(status, body);
}
