using System.Buffers;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.OpenAiChat.Shared;

namespace Dragoman.Protocols.OpenAiChat.Client;

/// <summary>The client half of OpenAI Chat Completions, in OpenAI's own dialect and in those that its many compatible clients speak.</summary>
public sealed class ChatClient : IClientProtocol
{
    private ChatClient()
    {
    }

    /// <summary>The one instance; it has no state.</summary>
    public static ChatClient Instance { get; } = new();

    /// <inheritdoc/>
    public Protocol Protocol => Protocol.OpenAiChat;

    /// <inheritdoc/>
    public ConversationRequest ReadRequest(ReadOnlyMemory<byte> body, RequestTarget target = default)
        => ChatRequestReader.Read(body, target);

    /// <inheritdoc/>
    public IAnswerSink OpenStream(TranslationContext exchange, IBufferWriter<byte> output) => new ChatStreamWriter(exchange, output);

    /// <inheritdoc/>
    public void WriteAnswer(Answer answer, TranslationContext exchange, IBufferWriter<byte> output)
        => ChatAnswerWriter.Write(answer, exchange, output);

    /// <inheritdoc/>
    public void WriteError(WireError error, IBufferWriter<byte> output) => ChatErrors.Write(error, output);
}
