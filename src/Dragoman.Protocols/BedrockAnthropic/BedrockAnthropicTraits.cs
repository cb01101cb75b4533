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
    public override bool NamesModelInAddress => true;

    /// <inheritdoc/>
    public override string PathFor(string model, bool stream) => $"/model/{Uri.EscapeDataString(model)}/{(stream ? "invoke-with-response-stream" : "invoke")}";

    /// <inheritdoc/>
    public override bool StatesPromptSizeFirst => true;

    /// <summary>Never: the address names the client's model, and frames are written anew.</summary>
    public override bool CanPassThrough(in PassthroughBody body) => false;

    /// <inheritdoc/>
    public override ReasoningStyle EffortStyle => ReasoningStyle.Adaptive;

    /// <inheritdoc/>
    public override Protocol ProtocolFor(UpstreamModel model) => ConverseChoice.Of(model);

    /// <inheritdoc/>
    public override string ModelNameOf(string name) => ConverseChoice.Bare(name);
}
