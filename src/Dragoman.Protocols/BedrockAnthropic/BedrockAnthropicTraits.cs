using Dragoman.Protocols.BedrockConverse.Upstream;
using Dragoman.Protocols.Conversation;

namespace Dragoman.Protocols.BedrockAnthropic;

/// <summary>What the rest of the gateway may ask about Anthropic's bodies on Bedrock's InvokeModel.</summary>
internal sealed class BedrockAnthropicTraits : ProtocolTraits
{
    /// <inheritdoc/>
    public override Protocol Protocol => Protocol.BedrockAnthropic;

    /// <inheritdoc/>
    public override string Name => "bedrock-anthropic";

    /// <inheritdoc/>
    public override Protocol BodyProtocol => Protocol.AnthropicMessages;

    /// <inheritdoc/>
    public override ReasoningStyle EffortStyle => ReasoningStyle.Adaptive;

    /// <inheritdoc/>
    public override Protocol ProtocolFor(UpstreamModel model) => ConverseChoice.Of(model);

    /// <inheritdoc/>
    public override string ModelNameOf(string name) => ConverseChoice.Bare(name);
}
