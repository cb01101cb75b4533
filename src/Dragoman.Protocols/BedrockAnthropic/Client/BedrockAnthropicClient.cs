using System.Buffers;
using Dragoman.Protocols.AnthropicMessages.Client;
using Dragoman.Protocols.BedrockConverse.Shared;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Json;

namespace Dragoman.Protocols.BedrockAnthropic.Client;

/// <summary>
/// Anthropic's bodies on InvokeModel as clients speak them: Claude Code in its Bedrock mode, Anthropic's SDK for Bedrock. The body of a Messages request without model and stream, which stand in the address;
/// whole answers are Messages' own, streams stand in AWS's frames, and errors are AWS's.
/// </summary>
public sealed class BedrockAnthropicClient : IClientProtocol
{
    private BedrockAnthropicClient()
    {
    }

    /// <summary>The one instance.</summary>
    public static BedrockAnthropicClient Instance { get; } = new();

    /// <inheritdoc/>
    public Protocol Protocol => Protocol.BedrockAnthropic;

    /// <inheritdoc/>
    public string StreamMediaType => "application/vnd.amazon.eventstream";

    /// <summary>Nothing: a stream of frames has no blank that all clients pass over.</summary>
    public ReadOnlySpan<byte> KeepAlive => default;

    /// <inheritdoc/>
    public ConversationRequest ReadRequest(ReadOnlyMemory<byte> body, RequestTarget target = default) => WithoutVersion(AnthropicClient.Instance.ReadRequest(body, target));

    /// <summary>Reads the body of CountTokens: <c>{"input":{"invokeModel":{"body":"base64"}}}</c>.</summary>
    /// <exception cref="WireException">The body is not one of this protocol.</exception>
    public ConversationRequest ReadCountRequest(ReadOnlyMemory<byte> body, RequestTarget target = default)
    {
        var inner = ConverseJson.Member(ConverseJson.Member(ConverseJson.Member(new JsonSlice(body), "input"u8), "invokeModel"u8), "body"u8);
        var text = ConverseJson.Text(inner).ToUtf8();
        var bytes = new byte[System.Buffers.Text.Base64.GetMaxDecodedFromUtf8Length(text.Length)];
        if (text.IsEmpty || System.Buffers.Text.Base64.DecodeFromUtf8(text.Span, bytes, out _, out var written) != OperationStatus.Done) throw WireException.Invalid("input.invokeModel.body: a body in base64 is required", "input");
        Utf8TokenReader.Check(bytes.AsSpan(0, written));
        return WithoutVersion(AnthropicRequestReader.Read(bytes.AsMemory(0, written), target, counting: true));
    }

    /// <inheritdoc/>
    public IAnswerSink OpenStream(TranslationContext exchange, IBufferWriter<byte> output) => new BedrockAnthropicStreamWriter(exchange, output);

    /// <inheritdoc/>
    public void WriteAnswer(Answer answer, TranslationContext exchange, IBufferWriter<byte> output) => AnthropicClient.Instance.WriteAnswer(answer, exchange, output);

    /// <inheritdoc/>
    public void WriteTokenCount(long count, IBufferWriter<byte> output) => ConverseJson.WriteTokenCount(count, output);

    /// <inheritdoc/>
    public void WriteError(WireError error, IBufferWriter<byte> output) => ConverseErrorNames.WriteBody(error, output);

    /// <inheritdoc/>
    public int StatusOf(WireError error) => ConverseErrorNames.StatusOf(error);

    /// <inheritdoc/>
    public KeyValuePair<string, string>? ErrorHeader(WireError error) => ConverseErrorNames.Header(error);

    /// <summary>The version of the body says nothing to an upstream but Bedrock, whose writer states it itself.</summary>
    private static ConversationRequest WithoutVersion(ConversationRequest request)
    {
        request.Extras.RemoveAll(static extra => extra.Name == "anthropic_version");
        return request;
    }
}
