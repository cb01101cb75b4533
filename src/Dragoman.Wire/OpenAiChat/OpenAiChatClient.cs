using System.Buffers;
using Dragoman.Wire.Conversation;

namespace Dragoman.Wire.OpenAiChat;

/// <summary>The client half of OpenAI Chat Completions, in OpenAI's own dialect and in those that its many compatible clients speak.</summary>
public sealed class OpenAiChatClient : IClientLanguage
{
    private OpenAiChatClient()
    {
    }

    /// <summary>The one instance; it has no state.</summary>
    public static OpenAiChatClient Instance { get; } = new();

    /// <inheritdoc/>
    public Language Language => Language.OpenAiChat;

    /// <inheritdoc/>
    public ConversationRequest ReadRequest(ReadOnlyMemory<byte> body, RequestTarget target = default)
        => OpenAiChatRequestReader.Read(body, target);

    /// <inheritdoc/>
    public IAnswerSink OpenStream(Exchange exchange, IBufferWriter<byte> output) => new OpenAiChatStreamWriter(exchange, output);

    /// <inheritdoc/>
    public void WriteAnswer(Answer answer, Exchange exchange, IBufferWriter<byte> output)
        => OpenAiChatAnswerWriter.Write(answer, exchange, output);

    /// <inheritdoc/>
    public void WriteError(WireError error, IBufferWriter<byte> output) => OpenAiChatErrors.Write(error, output);
}
