using Dragoman.Protocols.AnthropicMessages.Client;
using Dragoman.Protocols.AnthropicMessages.Upstream;
using Dragoman.Protocols.BedrockAnthropic.Upstream;
using Dragoman.Protocols.BedrockConverse.Upstream;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Gemini.Client;
using Dragoman.Protocols.Gemini.Upstream;
using Dragoman.Protocols.OpenAiChat.Client;
using Dragoman.Protocols.OpenAiChat.Upstream;
using Dragoman.Protocols.OpenAiCompletions.Client;
using Dragoman.Protocols.OpenAiResponses.Client;
using Dragoman.Protocols.OpenAiResponses.Upstream;

namespace Dragoman.Protocols.Registry;

/// <summary>The languages there are. To add one: a folder beside this file, and a line here.</summary>
public static class ProtocolRegistry
{
    /// <summary>The client half of a language.</summary>
    public static IClientProtocol Client(Protocol language) => language switch
    {
        Protocol.OpenAiChat => ChatClient.Instance,
        Protocol.OpenAiCompletions => CompletionsClient.Instance,
        Protocol.OpenAiResponses => ResponsesClient.Instance,
        Protocol.AnthropicMessages => AnthropicClient.Instance,
        Protocol.Gemini => GeminiClient.Instance,
        _ => throw new ArgumentOutOfRangeException(nameof(language), language, "Clients do not speak this language."),
    };

    /// <summary>The upstream half of a language.</summary>
    public static IUpstreamProtocol Upstream(Protocol language) => language switch
    {
        Protocol.OpenAiChat => ChatUpstream.Instance,
        Protocol.OpenAiResponses => ResponsesUpstream.Instance,
        Protocol.AnthropicMessages => AnthropicUpstream.Instance,
        Protocol.BedrockAnthropic => BedrockAnthropicUpstream.Instance,
        Protocol.Gemini => GeminiUpstream.Instance,
        Protocol.BedrockConverse => ConverseUpstream.Instance,
        _ => throw new ArgumentOutOfRangeException(nameof(language), language, "Upstreams do not speak this language."),
    };
}
