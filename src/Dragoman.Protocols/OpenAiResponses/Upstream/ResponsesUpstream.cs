using System.Buffers;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Json;
using Dragoman.Protocols.OpenAiResponses.Shared;

namespace Dragoman.Protocols.OpenAiResponses.Upstream;

/// <summary>OpenAI Responses as upstreams speak it: requests are written, answers and errors are read.</summary>
public sealed class ResponsesUpstream : IUpstreamProtocol
{
    private ResponsesUpstream()
    {
    }

    /// <summary>The one instance.</summary>
    public static ResponsesUpstream Instance { get; } = new();

    /// <inheritdoc/>
    public Protocol Protocol => Protocol.OpenAiResponses;

    /// <inheritdoc/>
    public AnswerMembers AnswerMembers { get; } = new() { Others = ["output"u8.ToArray(), "status"u8.ToArray()] };

    /// <inheritdoc/>
    public void WriteRequest(TranslationContext exchange, IBufferWriter<byte> output) => ResponsesRequestWriter.Write(exchange, output);

    /// <inheritdoc/>
    public bool WriteCountRequest(TranslationContext exchange, IBufferWriter<byte> output)
    {
        using var whole = new PooledBuffer();
        ResponsesRequestWriter.Write(exchange, whole);
        ResponsesJsonEditor.WriteCountBody(whole.WrittenMemory, output);
        return true;
    }

    /// <inheritdoc/>
    public IStreamReader OpenStream(TranslationContext exchange, IAnswerSink sink) => new ResponsesStreamReader(sink);

    /// <inheritdoc/>
    public void ReadAnswer(ReadOnlyMemory<byte> body, TranslationContext exchange, IAnswerSink sink)
    {
        if (!ErrorInAnswer.TryReport(this, body, sink)) ResponsesAnswerReader.Read(body, sink);
    }

    /// <inheritdoc/>
    public bool TryReadUsage(ReadOnlyMemory<byte> body, out TokenUsage usage) => ResponsesUsage.TryReadOf(body, out usage);

    /// <inheritdoc/>
    public WireError ReadError(int status, ReadOnlyMemory<byte> body) => ResponsesErrors.Read(status, body);
}
