using Dragoman.Protocols.AnthropicMessages;
using Dragoman.Protocols.AnthropicMessages.Client;
using Dragoman.Protocols.AnthropicMessages.Upstream;
using Dragoman.Protocols.BedrockAnthropic;
using Dragoman.Protocols.BedrockAnthropic.Client;
using Dragoman.Protocols.BedrockAnthropic.Upstream;
using Dragoman.Protocols.BedrockConverse;
using Dragoman.Protocols.BedrockConverse.Client;
using Dragoman.Protocols.BedrockConverse.Upstream;
using Dragoman.Protocols.CodeWhisperer;
using Dragoman.Protocols.CodeWhisperer.Upstream;
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

/// <summary>The protocols there are. To add one: a folder beside this one, a value of <see cref="Protocol"/>, and a line here (docs/reference/adding-a-protocol.md).</summary>
public static class ProtocolRegistry
{
    private static readonly Entry[] Known =
    [
        new(new ChatTraits()) { Client = static () => ChatClient.Instance, Upstream = static () => ChatUpstream.Instance },
        new(new CompletionsTraits()) { Client = static () => CompletionsClient.Instance },
        new(new ResponsesTraits()) { Client = static () => ResponsesClient.Instance, Upstream = static () => ResponsesUpstream.Instance },
        new(new AnthropicTraits()) { Client = static () => AnthropicClient.Instance, Upstream = static () => AnthropicUpstream.Instance },
        new(new GeminiTraits()) { Client = static () => GeminiClient.Instance, Upstream = static () => GeminiUpstream.Instance },
        new(new ConverseTraits()) { Client = static () => ConverseClient.Instance, Upstream = static () => ConverseUpstream.Instance },
        new(new BedrockAnthropicTraits()) { Client = static () => BedrockAnthropicClient.Instance, Upstream = static () => BedrockAnthropicUpstream.Instance },
        new(new CodeWhispererTraits()) { Upstream = static () => CodeWhispererUpstream.Instance },
    ];

    // By the protocol's number.
    private static readonly Entry[] ByProtocol = [.. Enum.GetValues<Protocol>().Select(protocol => Array.Find(Known, entry => entry.Traits.Protocol == protocol)!)];

    /// <summary>
    /// The names of the protocols, spelled the same in the management API, metrics, logs, flows, the command line and error texts (<see cref="ProtocolTraits.Name"/>).
    /// </summary>
    public static IReadOnlyList<string> Names { get; } = [.. ByProtocol.Select(static entry => entry.Traits.Name)];

    /// <summary>The protocol that is spoken where nobody says which.</summary>
    public static Protocol Default => Known[0].Traits.Protocol;

    /// <summary>What may be asked about a protocol.</summary>
    public static ProtocolTraits Traits(Protocol protocol) => ByProtocol[(int)protocol].Traits;

    /// <summary>The protocol of a name in records and addresses (<see cref="ProtocolTraits.Name"/>); null for a name of none.</summary>
    public static Protocol? FromName(string name)
    {
        foreach (var entry in Known)
            if (entry.Traits.Name == name) return entry.Traits.Protocol;
        return null;
    }

    /// <summary>Whether clients and upstreams both speak the protocol, so that an answer to a client can be read again.</summary>
    public static bool HasBothHalves(Protocol protocol) => ByProtocol[(int)protocol] is { Client: not null, Upstream: not null };

    /// <summary>The protocols that clients speak.</summary>
    public static IEnumerable<Protocol> OfClients => ByProtocol.Where(static entry => entry.Client is not null).Select(static entry => entry.Traits.Protocol);

    /// <summary>The client half of a protocol.</summary>
    public static IClientProtocol Client(Protocol protocol)
        => ByProtocol[(int)protocol].Client is { } half ? half() : throw new ArgumentOutOfRangeException(nameof(protocol), protocol, "Clients do not speak this protocol.");

    /// <summary>The upstream half of a protocol.</summary>
    public static IUpstreamProtocol Upstream(Protocol protocol)
        => ByProtocol[(int)protocol].Upstream is { } half ? half() : throw new ArgumentOutOfRangeException(nameof(protocol), protocol, "Upstreams do not speak this protocol.");

    /// <summary>A protocol with the halves that it has. They are made when they are first asked for, because they ask this registry themselves.</summary>
    private sealed record Entry(ProtocolTraits Traits)
    {
        public Func<IClientProtocol>? Client { get; init; }

        public Func<IUpstreamProtocol>? Upstream { get; init; }
    }
}
