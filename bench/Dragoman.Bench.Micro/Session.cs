using Dragoman.Bench.Requests;
using Dragoman.Wire;
using Dragoman.Wire.Conversation;

namespace Dragoman.Bench.Micro;

/// <summary>The agent request as the gateway gets it, in a client's language.</summary>
internal sealed class Session(Wire client)
{
    public IClientLanguage Language { get; } = Languages.Client(client switch
    {
        Wire.Chat => Dragoman.Wire.Conversation.Language.OpenAiChat,
        Wire.Responses => Dragoman.Wire.Conversation.Language.OpenAiResponses,
        Wire.Messages => Dragoman.Wire.Conversation.Language.AnthropicMessages,
        _ => Dragoman.Wire.Conversation.Language.Gemini,
    });

    public ReadOnlyMemory<byte> Body { get; } = RequestBody.Agent(client, "bench-200x20", stream: false);

    public ConversationRequest Read() => Language.ReadRequest(Body, new RequestTarget { Model = "bench-200x20" });

    public static IUpstreamLanguage Upstream(Wire upstream) => Languages.Upstream(upstream switch
    {
        Wire.Chat => Dragoman.Wire.Conversation.Language.OpenAiChat,
        Wire.Responses => Dragoman.Wire.Conversation.Language.OpenAiResponses,
        Wire.Messages => Dragoman.Wire.Conversation.Language.AnthropicMessages,
        Wire.Gemini => Dragoman.Wire.Conversation.Language.Gemini,
        Wire.Converse => Dragoman.Wire.Conversation.Language.BedrockConverse,
        _ => Dragoman.Wire.Conversation.Language.BedrockAnthropic,
    });
}
