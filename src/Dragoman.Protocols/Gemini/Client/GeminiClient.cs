using System.Buffers;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Gemini.Shared;

namespace Dragoman.Protocols.Gemini.Client;

/// <summary>The half of Gemini's protocol that clients speak: <c>generateContent</c>, <c>streamGenerateContent</c>, <c>countTokens</c>.</summary>
public sealed class GeminiClient : IClientProtocol
{
    private readonly bool _asArray;

    private GeminiClient(bool asArray) => _asArray = asArray;

    /// <summary>The protocol with streams as server-sent events (<c>alt=sse</c>).</summary>
    public static GeminiClient Instance { get; } = new(asArray: false);

    /// <summary>The protocol with streams as one JSON array, which is what a client gets that does not ask for <c>alt=sse</c>.</summary>
    public static GeminiClient ArrayForm { get; } = new(asArray: true);

    /// <inheritdoc/>
    public Protocol Protocol => Protocol.Gemini;

    /// <inheritdoc/>
    public string StreamMediaType => _asArray ? "application/json" : "text/event-stream";

    /// <summary>
    /// A blank event. Google's SDKs know no comments: python-genai reads one as JSON, go-genai as a broken event; both pass over blank lines. It has
    /// to be two: go-genai cuts the stream at empty lines, and a single line end would become part of the next event's name.
    /// </summary>
    public ReadOnlySpan<byte> KeepAlive => "\n\n"u8;

    /// <summary>Reads a request; a <c>countTokens</c> body (contents, or a whole <c>generateContentRequest</c>) reads the same.</summary>
    public ConversationRequest ReadRequest(ReadOnlyMemory<byte> body, RequestTarget target = default) => GeminiRequestReader.Read(body, target);

    /// <inheritdoc/>
    public IAnswerSink OpenStream(TranslationContext exchange, IBufferWriter<byte> output) => new GeminiStreamWriter(exchange, output, _asArray);

    /// <inheritdoc/>
    public void WriteAnswer(Answer answer, TranslationContext exchange, IBufferWriter<byte> output) => GeminiAnswerWriter.Write(answer, exchange, output);

    /// <inheritdoc/>
    public void WriteError(WireError error, IBufferWriter<byte> output) => GeminiErrors.Write(error, output);

    /// <inheritdoc/>
    public int StatusOf(WireError error) => GeminiErrors.StatusOf(error);

    /// <summary>Writes the answer of <c>countTokens</c>.</summary>
    public void WriteTokenCount(long count, IBufferWriter<byte> output) => GeminiTokenCount.Write(count, output);
}
