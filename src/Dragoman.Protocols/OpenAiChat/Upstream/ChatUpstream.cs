using System.Buffers;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Json;
using Dragoman.Protocols.OpenAiChat.Shared;

namespace Dragoman.Protocols.OpenAiChat.Upstream;

/// <summary>The upstream half of OpenAI Chat Completions: OpenAI itself and every server that calls itself compatible.</summary>
public sealed class ChatUpstream : IUpstreamProtocol
{
    private ChatUpstream()
    {
    }

    /// <summary>The one instance; it has no state.</summary>
    public static ChatUpstream Instance { get; } = new();

    /// <inheritdoc/>
    public Protocol Protocol => Protocol.OpenAiChat;

    /// <inheritdoc/>
    public AnswerMembers AnswerMembers { get; } = new() { Lists = ["choices"u8.ToArray()] };

    /// <inheritdoc/>
    public WireError? FailureIn(JsonSlice answer) => ChatFailures.FailureIn(answer);

    /// <inheritdoc/>
    public void WriteRequest(TranslationContext exchange, IBufferWriter<byte> output) => ChatRequestWriter.Write(exchange, output);

    /// <inheritdoc/>
    public IStreamReader OpenStream(TranslationContext exchange, IAnswerSink sink) => new ChatStreamReader(exchange, sink);

    /// <inheritdoc/>
    public void ReadAnswer(ReadOnlyMemory<byte> body, TranslationContext exchange, IAnswerSink sink)
    {
        if (!ErrorInAnswer.TryReport(this, body, sink)) ChatAnswerReader.Read(body, exchange, sink);
    }

    /// <inheritdoc/>
    public bool TryReadUsage(ReadOnlyMemory<byte> body, out TokenUsage usage) => ChatUsage.TryReadOf(body, out usage);

    /// <summary>The failure that some servers tell as the reason of an answer's end (<c>error</c>); null for a reason that is none.</summary>
    public static WireError? FailureOf(ReadOnlySpan<byte> finishReason) => ChatFailures.FailureOf(System.Text.Encoding.UTF8.GetString(finishReason));

    /// <summary>Whether the reason of an answer's end says that it was cut off: then a call in it may be torn, and its client knows.</summary>
    public static bool IsTruncation(ReadOnlySpan<byte> finishReason)
        => ChatFinish.Parse(System.Text.Encoding.UTF8.GetString(finishReason), null).IsCut;

    /// <inheritdoc/>
    public WireError ReadError(int status, ReadOnlyMemory<byte> body) => ChatErrors.Read(status, body);
}
