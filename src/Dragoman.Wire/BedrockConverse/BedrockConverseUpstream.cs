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
    public StreamFraming Framing => StreamFraming.AwsEventStream;

    /// <inheritdoc/>
    public void WriteRequest(Exchange exchange, IBufferWriter<byte> output) => new BedrockConverseRequestWriter(exchange).Write(output);

    /// <inheritdoc/>
    public IStreamReader OpenStream(Exchange exchange, IAnswerSink sink) => new BedrockConverseStreamReader(exchange, sink);

    /// <inheritdoc/>
    public void ReadAnswer(ReadOnlyMemory<byte> body, Exchange exchange, IAnswerSink sink) => BedrockConverseAnswerReader.Read(body, exchange, sink);

    /// <inheritdoc/>
    public WireError ReadError(int status, ReadOnlyMemory<byte> body) => BedrockConverseErrors.Read(status, body);

    /// <summary>
    /// Writes the body of CountTokens for a Converse body: of its members only those that the operation takes.
    /// </summary>
    public static void WriteCountTokens(ReadOnlyMemory<byte> converseBody, IBufferWriter<byte> output) => BedrockConverseCount.Write(converseBody, output);
}
