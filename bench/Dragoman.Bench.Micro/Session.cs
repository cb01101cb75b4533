using Dragoman.Bench.Requests;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Registry;

namespace Dragoman.Bench.Micro;

/// <summary>The agent request as the gateway gets it, in a client's language.</summary>
internal sealed class Session(Wire client)
{
    public IClientProtocol Language { get; } = ProtocolRegistry.Client(client switch
    {
        Wire.Chat => Dragoman.Protocols.Protocol.OpenAiChat,
        Wire.Responses => Dragoman.Protocols.Protocol.OpenAiResponses,
        Wire.Messages => Dragoman.Protocols.Protocol.AnthropicMessages,
        _ => Dragoman.Protocols.Protocol.Gemini,
    });

    public ReadOnlyMemory<byte> Body { get; } = RequestBody.Agent(client, "bench-200x20", stream: false);

    public ConversationRequest Read() => Language.ReadRequest(Body, new RequestTarget { Model = "bench-200x20" });

    public static IUpstreamProtocol Upstream(Wire upstream) => ProtocolRegistry.Upstream(upstream switch
    {
        Wire.Chat => Dragoman.Protocols.Protocol.OpenAiChat,
        Wire.Responses => Dragoman.Protocols.Protocol.OpenAiResponses,
        Wire.Messages => Dragoman.Protocols.Protocol.AnthropicMessages,
        Wire.Gemini => Dragoman.Protocols.Protocol.Gemini,
        Wire.Converse => Dragoman.Protocols.Protocol.BedrockConverse,
        _ => Dragoman.Protocols.Protocol.BedrockAnthropic,
    });
}
