using System.Buffers;
using Dragoman.Wire.Conversation;

namespace Dragoman.Wire.BedrockConverse;

/// <summary>
/// AWS Bedrock's Converse and ConverseStream: one language for all of Bedrock's models. The model stands in the address, so bodies have none.
/// </summary>
public sealed class BedrockConverseUpstream : IUpstreamLanguage
{
    private BedrockConverseUpstream()
    {
    }

    /// <summary>The one instance.</summary>
    public static BedrockConverseUpstream Instance { get; } = new();

    /// <inheritdoc/>
    public Language Language => Language.BedrockConverse;

    /// <inheritdoc/>
    public AnswerMembers AnswerMembers { get; } = new() { Others = ["output"u8.ToArray(), "stopReason"u8.ToArray()] };

    /// <inheritdoc/>
    public StreamFraming Framing => StreamFraming.AwsEventStream;

    /// <inheritdoc/>
    public void WriteRequest(Exchange exchange, IBufferWriter<byte> output) => new BedrockConverseRequestWriter(exchange).Write(output);

    /// <summary>CountTokens takes the body of a request; the provider wraps it.</summary>
    public bool WriteCountRequest(Exchange exchange, IBufferWriter<byte> output)
    {
        WriteRequest(exchange, output);
        return true;
    }

    /// <inheritdoc/>
    public IStreamReader OpenStream(Exchange exchange, IAnswerSink sink) => new BedrockConverseStreamReader(exchange, sink);

    /// <inheritdoc/>
    public void ReadAnswer(ReadOnlyMemory<byte> body, Exchange exchange, IAnswerSink sink)
    {
        if (!ErrorInAnswer.Tell(this, body, sink)) BedrockConverseAnswerReader.Read(body, exchange, sink);
    }

    /// <inheritdoc/>
    public WireError ReadError(int status, ReadOnlyMemory<byte> body) => BedrockConverseErrors.Read(status, body);

    /// <summary>
    /// Writes the body of CountTokens for a Converse body: of its members only those that the operation takes.
    /// </summary>
    public static void WriteCountTokens(ReadOnlyMemory<byte> converseBody, IBufferWriter<byte> output) => BedrockConverseCount.Write(converseBody, output);

    /// <summary>
    /// The error read from a body, better known by the exception's name, which Bedrock says in a header. A name without meaning leaves it as it was.
    /// </summary>
    public static WireError NameError(WireError error, string exception)
    {
        var named = BedrockConverseErrors.Make(error.Status ?? 0, BedrockConverseErrors.ShortName(exception), error.Message);
        return error with { Kind = named.Kind, Status = named.Status, Type = named.Type, Code = named.Code ?? error.Code, Origin = named.Origin };
    }
}
