using System.Buffers;
using Dragoman.Protocols;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Registry;

namespace Dragoman.Server.Api.Bedrock;

/// <summary>A CountTokens call, whose body holds a request of either form: <c>input.converse</c>, or <c>input.invokeModel</c> with Anthropic's body in base64 (API_runtime_CountTokens).</summary>
internal sealed class BedrockCountForm : IClientProtocol
{
    private static readonly IClientProtocol Converse = ProtocolRegistry.Client(Protocol.BedrockConverse);

    private BedrockCountForm()
    {
    }

    public static BedrockCountForm Instance { get; } = new();

    public Protocol Protocol => Protocol.BedrockConverse;

    public ConversationRequest ReadRequest(ReadOnlyMemory<byte> body, RequestTarget target = default) => ReadCountRequest(body, target);

    public ConversationRequest ReadCountRequest(ReadOnlyMemory<byte> body, RequestTarget target = default)
        => body.Span.IndexOf("\"invokeModel\""u8) >= 0 ? ProtocolRegistry.Client(Protocol.BedrockAnthropic).ReadCountRequest(body, target) : Converse.ReadCountRequest(body, target);

    public IAnswerSink OpenStream(TranslationContext exchange, IBufferWriter<byte> output) => Converse.OpenStream(exchange, output);

    public void WriteAnswer(Answer answer, TranslationContext exchange, IBufferWriter<byte> output) => Converse.WriteAnswer(answer, exchange, output);

    public void WriteTokenCount(long count, IBufferWriter<byte> output) => Converse.WriteTokenCount(count, output);

    public void WriteError(WireError error, IBufferWriter<byte> output) => Converse.WriteError(error, output);

    public int StatusOf(WireError error) => Converse.StatusOf(error);

    public KeyValuePair<string, string>? ErrorHeader(WireError error) => Converse.ErrorHeader(error);
}
