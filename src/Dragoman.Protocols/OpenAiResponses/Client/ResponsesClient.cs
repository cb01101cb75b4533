using System.Buffers;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Json;
using Dragoman.Protocols.OpenAiResponses.Shared;

namespace Dragoman.Protocols.OpenAiResponses.Client;

/// <summary>OpenAI Responses as clients speak it: requests are read, answers and errors are written.</summary>
public sealed class ResponsesClient : IClientProtocol
{
    private ResponsesClient()
    {
    }

    /// <summary>The one instance.</summary>
    public static ResponsesClient Instance { get; } = new();

    /// <inheritdoc/>
    public Protocol Protocol => Protocol.OpenAiResponses;

    /// <inheritdoc/>
    public ConversationRequest ReadRequest(ReadOnlyMemory<byte> body, RequestTarget target = default)
    {
        try
        {
            return ResponsesRequestReader.Read(body, target);
        }
        catch (InvalidOperationException)
        {
            // The parser's word for a name or id that is no Unicode (half a surrogate pair).
            throw WireException.Invalid("The request body holds text that is not valid Unicode.");
        }
    }

    /// <inheritdoc/>
    public IAnswerSink OpenStream(TranslationContext exchange, IBufferWriter<byte> output) => new ResponsesStreamWriter(exchange, output);

    /// <inheritdoc/>
    public void WriteAnswer(Answer answer, TranslationContext exchange, IBufferWriter<byte> output) => ResponsesAnswerWriter.Write(answer, exchange, output);

    /// <inheritdoc/>
    public void WriteError(WireError error, IBufferWriter<byte> output) => ResponsesErrors.Write(error, output);

    /// <inheritdoc/>
    public void WriteTokenCount(long count, IBufferWriter<byte> output)
    {
        var writer = JsonWriting.Rent(output);
        writer.WriteStartObject();
        writer.WriteString("object"u8, "response.input_tokens"u8);
        writer.WriteNumber("input_tokens"u8, count);
        writer.WriteEndObject();
        JsonWriting.Return(writer);
    }

    /// <summary>
    /// Writes the response object of an answer that has not been made yet (<c>status</c> <c>queued</c> or <c>in_progress</c>), as a
    /// background request is answered at once.
    /// </summary>
    public static void WritePending(TranslationContext exchange, ReadOnlySpan<byte> status, IBufferWriter<byte> output)
    {
        var writer = JsonWriting.Rent(output);
        new ResponsesObject(exchange).Write(writer, status, default, null, null, null);
        JsonWriting.Return(writer);
    }
}
