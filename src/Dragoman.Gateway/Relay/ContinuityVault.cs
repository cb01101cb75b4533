using Dragoman.Wire.Conversation;

namespace Dragoman.Gateway.Relay;

/// <summary>
/// Keeps what a provider needs to get back to trust its own reasoning (signatures, encrypted content) for clients whose language has no
/// place for it, and puts it back on the next turn. Bounded; keyed by tool-call id or by a hash of the text; tagged by model family.
/// </summary>
public sealed class ContinuityVault
{
    /// <summary>Puts back into a conversation what its client could not carry and the given model can read.</summary>
    public void Restore(ConversationRequest conversation, UpstreamModel model)
    {
    }
}

/// <summary>Sees an answer go by and lays its signatures into the vault.</summary>
internal sealed class VaultObserver(ContinuityVault vault, UpstreamModel model, IAnswerSink next) : IAnswerSink
{
    public ContinuityVault Vault => vault;

    public UpstreamModel Model => model;

    public void Write(in AnswerEvent answerEvent) => next.Write(answerEvent);
}
