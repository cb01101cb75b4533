using System.Buffers;
using Dragoman.Wire.Conversation;

namespace Dragoman.Wire.OpenAiResponses;

/// <summary>OpenAI Responses as clients speak it: requests are read, answers and errors are written.</summary>
public sealed class OpenAiResponsesClient : IClientLanguage
{
    private OpenAiResponsesClient()
    {
    }

    /// <summary>The one instance.</summary>
    public static OpenAiResponsesClient Instance { get; } = new();

    /// <inheritdoc/>
    public Language Language => Language.OpenAiResponses;

    /// <inheritdoc/>
    public ConversationRequest ReadRequest(ReadOnlyMemory<byte> body, RequestTarget target = default)
    {
        try
        {
            return OpenAiResponsesRequestReader.Read(body, target);
        }
        catch (InvalidOperationException)
        {
            // The parser's word for a name or id that is no Unicode (half a surrogate pair).
            throw WireException.Invalid("The request body holds text that is not valid Unicode.");
        }
    }

    /// <inheritdoc/>
    public IAnswerSink OpenStream(Exchange exchange, IBufferWriter<byte> output) => new OpenAiResponsesStreamWriter(exchange, output);

    /// <inheritdoc/>
    public void WriteAnswer(Answer answer, Exchange exchange, IBufferWriter<byte> output) => OpenAiResponsesAnswerWriter.Write(answer, exchange, output);

    /// <inheritdoc/>
    public void WriteError(WireError error, IBufferWriter<byte> output) => OpenAiResponsesErrors.Write(error, output);

    /// <inheritdoc/>
    public void WriteTokenCount(long count, IBufferWriter<byte> output)
    {
        var writer = Json.JsonWriting.Rent(output);
        writer.WriteStartObject();
        writer.WriteString("object"u8, "response.input_tokens"u8);
        writer.WriteNumber("input_tokens"u8, count);
        writer.WriteEndObject();
        Json.JsonWriting.Return(writer);
    }

    /// <summary>
    /// Writes the response object of an answer that has not been made yet (<c>status</c> <c>queued</c> or <c>in_progress</c>), as a
    /// background request is answered at once.
    /// </summary>
    public static void WritePending(Exchange exchange, ReadOnlySpan<byte> status, IBufferWriter<byte> output)
    {
        var writer = Json.JsonWriting.Rent(output);
        new ResponseObject(exchange).Write(writer, status, default, null, null, null);
        Json.JsonWriting.Return(writer);
    }
}
