using System.Buffers;
using Dragoman.Protocols.AnthropicMessages.Upstream;
using Dragoman.Protocols.Conversation;

namespace Dragoman.Protocols.BedrockAnthropic.Upstream;

/// <summary>Anthropic's protocol as AWS Bedrock's InvokeModel speaks it: the same bodies without model and stream, in AWS's frames and with AWS's errors.</summary>
public sealed class BedrockAnthropicUpstream(AnthropicUpstreamOptions? options = null) : IUpstreamProtocol
{
    private readonly AnthropicUpstreamOptions _options = options ?? new();

    /// <summary>The instance with the usual options.</summary>
    public static BedrockAnthropicUpstream Instance { get; } = new();

    /// <inheritdoc/>
    public Protocol Protocol => Protocol.BedrockAnthropic;

    /// <inheritdoc/>
    public AnswerMembers AnswerMembers { get; } = new() { Others = ["content"u8.ToArray()] };

    /// <inheritdoc/>
    public StreamFraming Framing => StreamFraming.AwsEventStream;

    /// <inheritdoc/>
    public void WriteRequest(TranslationContext exchange, IBufferWriter<byte> output)
        => AnthropicRequestWriter.Write(exchange, new(Protocol, _options.AddCacheHints, Counting: false), output);

    /// <summary>CountTokens takes the body of a request; the provider wraps it.</summary>
    public bool WriteCountRequest(TranslationContext exchange, IBufferWriter<byte> output)
    {
        WriteRequest(exchange, output);
        return true;
    }

    /// <inheritdoc/>
    public IStreamReader OpenStream(TranslationContext exchange, IAnswerSink sink) => new BedrockAnthropicStreamReader(exchange, sink);

    /// <inheritdoc/>
    public void ReadAnswer(ReadOnlyMemory<byte> body, TranslationContext exchange, IAnswerSink sink)
    {
        if (!ErrorInAnswer.TryReport(this, body, sink)) AnthropicAnswerReader.Read(body, exchange, sink);
    }

    /// <inheritdoc/>
    public WireError ReadError(int status, ReadOnlyMemory<byte> body) => BedrockAnthropicErrors.Read(status == 0 ? null : status, default, body);
}
