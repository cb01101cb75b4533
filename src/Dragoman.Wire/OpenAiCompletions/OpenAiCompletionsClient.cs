using System.Buffers;
using Dragoman.Wire.Conversation;
using Dragoman.Wire.OpenAiChat;

namespace Dragoman.Wire.OpenAiCompletions;

/// <summary>The client half of OpenAI's legacy Completions: a prompt is read as one user turn, an answer written as its text.</summary>
public sealed class OpenAiCompletionsClient : IClientLanguage
{
    private OpenAiCompletionsClient()
    {
    }

    /// <summary>The one instance; it has no state.</summary>
    public static OpenAiCompletionsClient Instance { get; } = new();

    /// <inheritdoc/>
    public Language Language => Language.OpenAiCompletions;

    /// <inheritdoc/>
    public ConversationRequest ReadRequest(ReadOnlyMemory<byte> body, RequestTarget target = default)
        => OpenAiCompletionsRequestReader.Read(body, target);

    /// <inheritdoc/>
    public IAnswerSink OpenStream(Exchange exchange, IBufferWriter<byte> output) => new OpenAiCompletionsStreamWriter(exchange, output);

    /// <inheritdoc/>
    public void WriteAnswer(Answer answer, Exchange exchange, IBufferWriter<byte> output)
        => OpenAiCompletionsAnswerWriter.Write(answer, exchange, output);

    /// <inheritdoc/>
    public void WriteError(WireError error, IBufferWriter<byte> output) => OpenAiChatErrors.Write(error, output);
}
