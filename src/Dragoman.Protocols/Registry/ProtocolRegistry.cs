using Dragoman.Protocols.AnthropicMessages;
using Dragoman.Protocols.AnthropicMessages.Client;
using Dragoman.Protocols.AnthropicMessages.Upstream;
using Dragoman.Protocols.BedrockAnthropic;
using Dragoman.Protocols.BedrockAnthropic.Upstream;
using Dragoman.Protocols.BedrockConverse;
using Dragoman.Protocols.BedrockConverse.Upstream;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Gemini;
using Dragoman.Protocols.Gemini.Client;
using Dragoman.Protocols.Gemini.Upstream;
using Dragoman.Protocols.OpenAiChat;
using Dragoman.Protocols.OpenAiChat.Client;
using Dragoman.Protocols.OpenAiChat.Upstream;
using Dragoman.Protocols.OpenAiCompletions;
using Dragoman.Protocols.OpenAiCompletions.Client;
using Dragoman.Protocols.OpenAiResponses;
using Dragoman.Protocols.OpenAiResponses.Client;
using Dragoman.Protocols.OpenAiResponses.Upstream;

namespace Dragoman.Protocols.Registry;

/// <summary>The protocols there are. To add one: a folder beside this one, and a line here for its traits and for each half it has.</summary>
public static class ProtocolRegistry
{
    private static readonly ProtocolTraits[] Known =
    [
        new ChatTraits(), new CompletionsTraits(), new ResponsesTraits(), new AnthropicTraits(), new GeminiTraits(), new ConverseTraits(), new BedrockAnthropicTraits(),
    ];

    // By the protocol's number.
    private static readonly ProtocolTraits[] ByProtocol = [.. Enum.GetValues<Protocol>().Select(protocol => Array.Find(Known, traits => traits.Protocol == protocol)!)];

    /// <summary>
    /// The names of the protocols, spelled the same in the management API, metrics, logs, flows, the command line and error texts (<see cref="ProtocolTraits.Name"/>).
    /// </summary>
    public static IReadOnlyList<string> Names { get; } = [.. ByProtocol.Select(static traits => traits.Name)];

    /// <summary>What may be asked about a protocol.</summary>
    public static ProtocolTraits Traits(Protocol protocol) => ByProtocol[(int)protocol];

    /// <summary>The protocol of a name in records and addresses (<see cref="ProtocolTraits.Name"/>); null for a name of none.</summary>
    public static Protocol? FromName(string name)
    {
        foreach (var traits in Known)
            if (traits.Name == name) return traits.Protocol;
        return null;
    }

    /// <summary>Whether clients and upstreams both speak the protocol, so that an answer to a client can be read again.</summary>
    public static bool HasBothHalves(Protocol protocol) => protocol is not (Protocol.OpenAiCompletions or Protocol.BedrockConverse or Protocol.BedrockAnthropic);

    /// <summary>The client half of a protocol.</summary>
    public static IClientProtocol Client(Protocol protocol) => protocol switch
    {
        Protocol.OpenAiChat => ChatClient.Instance,
        Protocol.OpenAiCompletions => CompletionsClient.Instance,
        Protocol.OpenAiResponses => ResponsesClient.Instance,
        Protocol.AnthropicMessages => AnthropicClient.Instance,
        Protocol.Gemini => GeminiClient.Instance,
        _ => throw new ArgumentOutOfRangeException(nameof(protocol), protocol, "Clients do not speak this protocol."),
    };

    /// <summary>The upstream half of a protocol.</summary>
    public static IUpstreamProtocol Upstream(Protocol protocol) => protocol switch
    {
        Protocol.OpenAiChat => ChatUpstream.Instance,
        Protocol.OpenAiResponses => ResponsesUpstream.Instance,
        Protocol.AnthropicMessages => AnthropicUpstream.Instance,
        Protocol.BedrockAnthropic => BedrockAnthropicUpstream.Instance,
        Protocol.Gemini => GeminiUpstream.Instance,
        Protocol.BedrockConverse => ConverseUpstream.Instance,
        _ => throw new ArgumentOutOfRangeException(nameof(protocol), protocol, "Upstreams do not speak this protocol."),
    };
}
