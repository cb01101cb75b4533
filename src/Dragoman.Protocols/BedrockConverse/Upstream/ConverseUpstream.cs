using System.Buffers;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Framing;

namespace Dragoman.Protocols.BedrockConverse.Upstream;

/// <summary>
/// AWS Bedrock's Converse and ConverseStream: one protocol for all of Bedrock's models. The model stands in the address, so bodies have none.
/// </summary>
public sealed class ConverseUpstream : IUpstreamProtocol
{
    private ConverseUpstream()
    {
    }

    /// <summary>The one instance.</summary>
    public static ConverseUpstream Instance { get; } = new();

    /// <inheritdoc/>
    public Protocol Protocol => Protocol.BedrockConverse;

    /// <inheritdoc/>
    public AnswerMembers AnswerMembers { get; } = new() { Others = ["output"u8.ToArray(), "stopReason"u8.ToArray()] };

    /// <inheritdoc/>
    public StreamFraming Framing => StreamFraming.AwsEventStream;

    /// <inheritdoc/>
    public void WriteRequest(TranslationContext exchange, IBufferWriter<byte> output) => new ConverseRequestWriter(exchange).Write(output);

    /// <summary>CountTokens takes the body of a request; the provider wraps it.</summary>
    public bool WriteCountRequest(TranslationContext exchange, IBufferWriter<byte> output)
    {
        WriteRequest(exchange, output);
        return true;
    }

    /// <inheritdoc/>
    public IStreamReader OpenStream(TranslationContext exchange, IAnswerSink sink) => new ConverseStreamReader(exchange, sink);

    /// <inheritdoc/>
    public void ReadAnswer(ReadOnlyMemory<byte> body, TranslationContext exchange, IAnswerSink sink)
    {
        if (!ErrorInAnswer.TryReport(this, body, sink)) ConverseAnswerReader.Read(body, exchange, sink);
    }

    /// <inheritdoc/>
    public WireError ReadError(int status, ReadOnlyMemory<byte> body) => ConverseErrors.Read(status, body);

    /// <summary>
    /// Writes the body of CountTokens for a Converse body: of its members only those that the operation takes.
    /// </summary>
    public static void WriteCountTokens(ReadOnlyMemory<byte> converseBody, IBufferWriter<byte> output) => ConverseCount.Write(converseBody, output);

    /// <summary>
    /// The error read from a body, better known by the exception's name, which Bedrock says in a header. A name without meaning leaves it as it was.
    /// </summary>
    public static WireError NameError(WireError error, string exception)
    {
        var named = ConverseErrors.Make(error.Status ?? 0, AwsErrorBody.ShortName(exception), error.Message);
        return error with { Kind = named.Kind, Status = named.Status, Type = named.Type, Code = named.Code ?? error.Code, Origin = named.Origin };
    }
}
