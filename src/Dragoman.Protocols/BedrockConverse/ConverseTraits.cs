using Dragoman.Protocols.BedrockConverse.Upstream;
using Dragoman.Protocols.Conversation;

namespace Dragoman.Protocols.BedrockConverse;

/// <summary>What the rest of the gateway may ask about Bedrock's Converse.</summary>
internal sealed class ConverseTraits : ProtocolTraits
{
    /// <inheritdoc/>
    public override Protocol Protocol => Protocol.BedrockConverse;

    /// <inheritdoc/>
    public override string Name => "bedrock-converse";

    /// <inheritdoc/>
    public override bool NamesModelInAddress => true;

    /// <inheritdoc/>
    public override string PathFor(string model, bool stream) => $"/model/{Uri.EscapeDataString(model)}/{(stream ? "converse-stream" : "converse")}";

    /// <summary>Never: the address names the client's model, and frames are written anew.</summary>
    public override bool CanPassThrough(in PassthroughBody body) => false;

    /// <inheritdoc/>
    public override Protocol ProtocolFor(UpstreamModel model) => ConverseChoice.StatedBy(model.Id) == false ? Protocol.BedrockAnthropic : Protocol;

    /// <inheritdoc/>
    public override string ModelNameOf(string name) => ConverseChoice.Bare(name);
}
