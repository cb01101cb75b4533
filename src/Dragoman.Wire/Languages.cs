using Dragoman.Wire.AnthropicMessages;
using Dragoman.Wire.BedrockConverse;
using Dragoman.Wire.Conversation;
using Dragoman.Wire.Gemini;
using Dragoman.Wire.OpenAiChat;
using Dragoman.Wire.OpenAiCompletions;
using Dragoman.Wire.OpenAiResponses;

namespace Dragoman.Wire;

/// <summary>The languages there are. To add one: a folder beside this file, and a line here.</summary>
public static class Languages
{
    /// <summary>The client half of a language.</summary>
    public static IClientLanguage Client(Language language) => language switch
    {
        Language.OpenAiChat => OpenAiChatClient.Instance,
        Language.OpenAiCompletions => OpenAiCompletionsClient.Instance,
        Language.OpenAiResponses => OpenAiResponsesClient.Instance,
        Language.AnthropicMessages => AnthropicMessagesClient.Instance,
        Language.Gemini => GeminiClient.Instance,
        _ => throw new ArgumentOutOfRangeException(nameof(language), language, "Clients do not speak this language."),
    };

    /// <summary>The upstream half of a language.</summary>
    public static IUpstreamLanguage Upstream(Language language) => language switch
    {
        Language.OpenAiChat => OpenAiChatUpstream.Instance,
        Language.OpenAiResponses => OpenAiResponsesUpstream.Instance,
        Language.AnthropicMessages => AnthropicMessagesUpstream.Instance,
        Language.BedrockAnthropic => BedrockAnthropicUpstream.Instance,
        Language.Gemini => GeminiUpstream.Instance,
        Language.BedrockConverse => BedrockConverseUpstream.Instance,
        _ => throw new ArgumentOutOfRangeException(nameof(language), language, "Upstreams do not speak this language."),
    };
}
