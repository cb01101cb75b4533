using System.Buffers;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Gemini.Shared;
using Dragoman.Protocols.Json;

namespace Dragoman.Protocols.Gemini.Upstream;

/// <summary>The half of Gemini's protocol that upstreams speak: the Gemini API, Vertex AI and whatever wraps them.</summary>
public sealed class GeminiUpstream : IUpstreamProtocol
{
    private GeminiUpstream()
    {
    }

    /// <summary>The protocol.</summary>
    public static GeminiUpstream Instance { get; } = new();

    /// <inheritdoc/>
    public Protocol Protocol => Protocol.Gemini;

    /// <inheritdoc/>
    public AnswerMembers AnswerMembers { get; } = new() { Lists = ["candidates"u8.ToArray()], Others = ["promptFeedback"u8.ToArray(), "response"u8.ToArray()], MayBeArray = true };

    /// <inheritdoc/>
    public WireError? FailureIn(JsonSlice answer) => GeminiFinish.FailureIn(answer);

    /// <inheritdoc/>
    public void WriteRequest(TranslationContext exchange, IBufferWriter<byte> output) => GeminiRequestWriter.Write(exchange, output);

    /// <summary>Writes the body of a <c>countTokens</c> request: the request itself, wrapped.</summary>
    public bool WriteCountRequest(TranslationContext exchange, IBufferWriter<byte> output)
    {
        GeminiRequestWriter.WriteCount(exchange, output);
        return true;
    }

    /// <summary>Reads <c>totalTokens</c> of a <c>countTokens</c> answer; null when there is none.</summary>
    public long? ReadTokenCount(ReadOnlyMemory<byte> body) => GeminiTokenCount.Read(body);

    /// <inheritdoc/>
    public IStreamReader OpenStream(TranslationContext exchange, IAnswerSink sink) => new GeminiStreamReader(exchange, sink);

    /// <summary>Reads a whole answer, or the array of chunks that a stream without <c>alt=sse</c> is.</summary>
    public void ReadAnswer(ReadOnlyMemory<byte> body, TranslationContext exchange, IAnswerSink sink)
    {
        if (ErrorInAnswer.TryReport(this, body, sink)) return;
        var reader = new GeminiStreamReader(exchange, sink);
        reader.Read(default, body);
        reader.Complete();
    }

    /// <inheritdoc/>
    public bool TryReadUsage(ReadOnlyMemory<byte> body, out TokenUsage usage) => GeminiUsage.TryReadOf(body.Span, out usage);

    /// <inheritdoc/>
    public WireError ReadError(int status, ReadOnlyMemory<byte> body) => GeminiErrors.Read(status, body);
}
