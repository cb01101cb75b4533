using System.Buffers;
using Dragoman.Wire.Conversation;
using Dragoman.Wire.Json;

namespace Dragoman.Wire.OpenAiResponses;

/// <summary>OpenAI Responses as upstreams speak it: requests are written, answers and errors are read.</summary>
public sealed class OpenAiResponsesUpstream : IUpstreamLanguage
{
    private OpenAiResponsesUpstream()
    {
    }

    /// <summary>The one instance.</summary>
    public static OpenAiResponsesUpstream Instance { get; } = new();

    /// <inheritdoc/>
    public Language Language => Language.OpenAiResponses;

    /// <inheritdoc/>
    public AnswerMembers AnswerMembers { get; } = new() { Others = ["output"u8.ToArray(), "status"u8.ToArray()] };

    /// <inheritdoc/>
    public void WriteRequest(Exchange exchange, IBufferWriter<byte> output) => OpenAiResponsesRequestWriter.Write(exchange, output);

    /// <inheritdoc/>
    public bool WriteCountRequest(Exchange exchange, IBufferWriter<byte> output)
    {
        using var whole = new PooledBuffer();
        OpenAiResponsesRequestWriter.Write(exchange, whole);
        OpenAiResponsesState.WriteCountBody(whole.WrittenMemory, output);
        return true;
    }

    /// <inheritdoc/>
    public IStreamReader OpenStream(Exchange exchange, IAnswerSink sink) => new OpenAiResponsesStreamReader(sink);

    /// <inheritdoc/>
    public void ReadAnswer(ReadOnlyMemory<byte> body, Exchange exchange, IAnswerSink sink)
    {
        if (!ErrorInAnswer.Tell(this, body, sink)) OpenAiResponsesAnswerReader.Read(body, sink);
    }

    /// <inheritdoc/>
    public bool TryReadUsage(ReadOnlyMemory<byte> body, out Usage usage) => ResponsesUsage.TryReadOf(body, out usage);

    /// <inheritdoc/>
    public WireError ReadError(int status, ReadOnlyMemory<byte> body) => OpenAiResponsesErrors.Read(status, body);
}
