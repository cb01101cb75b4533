using Dragoman.Protocols.Conversation;

namespace Dragoman.Protocols.CodeWhisperer;

/// <summary>What the rest of the gateway may ask about CodeWhisperer's protocol.</summary>
internal sealed class CodeWhispererTraits : ProtocolTraits
{
    /// <inheritdoc/>
    public override Protocol Protocol => Protocol.CodeWhisperer;

    /// <inheritdoc/>
    public override string Name => "codewhisperer";

    /// <inheritdoc/>
    public override bool ReportsUsageAtEnd => true;
}
