using System.Buffers;
using System.Text.Json;
using Dragoman.Protocols.BedrockConverse.Shared;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Json;

namespace Dragoman.Protocols.BedrockConverse.Client;

/// <summary>Bedrock's Converse and ConverseStream as clients speak them: the AWS SDKs and what stands on them. Model and method stand in the address.</summary>
public sealed class ConverseClient : IClientProtocol
{
    private ConverseClient()
    {
    }

    /// <summary>The one instance.</summary>
    public static ConverseClient Instance { get; } = new();

    /// <inheritdoc/>
    public Protocol Protocol => Protocol.BedrockConverse;

    /// <inheritdoc/>
    public string StreamMediaType => "application/vnd.amazon.eventstream";

    /// <summary>Nothing: a stream of frames has no blank that all clients pass over.</summary>
    public ReadOnlySpan<byte> KeepAlive => default;

    /// <inheritdoc/>
    public ConversationRequest ReadRequest(ReadOnlyMemory<byte> body, RequestTarget target = default) => ConverseRequestReader.Read(body, target);

    /// <summary>Reads the body of CountTokens: <c>{"input":{"converse":{…}}}</c>.</summary>
    /// <exception cref="WireException">The body is not one of this protocol.</exception>
    public ConversationRequest ReadCountRequest(ReadOnlyMemory<byte> body, RequestTarget target = default)
    {
        var input = ConverseJson.Member(ConverseJson.Member(new JsonSlice(body), "input"u8), "converse"u8);
        if (!input.IsObject) throw WireException.Invalid("input.converse: an object with messages is required", "input");
        return ConverseRequestReader.Read(input.Bytes, target);
    }

    /// <inheritdoc/>
    public IAnswerSink OpenStream(TranslationContext exchange, IBufferWriter<byte> output) => new ConverseStreamWriter(exchange, output);

    /// <inheritdoc/>
    public void WriteAnswer(Answer answer, TranslationContext exchange, IBufferWriter<byte> output) => ConverseAnswerWriter.Write(answer, exchange, output);

    /// <inheritdoc/>
    public void WriteTokenCount(long count, IBufferWriter<byte> output) => ConverseJson.WriteTokenCount(count, output);

    /// <inheritdoc/>
    public void WriteError(WireError error, IBufferWriter<byte> output) => ConverseErrorNames.WriteBody(error, output);

    /// <inheritdoc/>
    public int StatusOf(WireError error) => ConverseErrorNames.StatusOf(error);

    /// <inheritdoc/>
    public KeyValuePair<string, string>? ErrorHeader(WireError error) => ConverseErrorNames.Header(error);
}
