using System.Buffers;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.OpenAiChat.Shared;

namespace Dragoman.Protocols.OpenAiCompletions.Client;

/// <summary>The client half of OpenAI's legacy Completions: a prompt is read as one user turn, an answer written as its text.</summary>
public sealed class CompletionsClient : IClientProtocol
{
    private CompletionsClient()
    {
    }

    /// <summary>The one instance; it has no state.</summary>
    public static CompletionsClient Instance { get; } = new();

    /// <inheritdoc/>
    public Protocol Protocol => Protocol.OpenAiCompletions;

    /// <inheritdoc/>
    public ConversationRequest ReadRequest(ReadOnlyMemory<byte> body, RequestTarget target = default)
        => CompletionsRequestReader.Read(body, target);

    /// <inheritdoc/>
    public IAnswerSink OpenStream(TranslationContext exchange, IBufferWriter<byte> output) => new CompletionsStreamWriter(exchange, output);

    /// <inheritdoc/>
    public void WriteAnswer(Answer answer, TranslationContext exchange, IBufferWriter<byte> output)
        => CompletionsAnswerWriter.Write(answer, exchange, output);

    /// <inheritdoc/>
    public void WriteError(WireError error, IBufferWriter<byte> output) => ChatErrors.Write(error, output);
}
