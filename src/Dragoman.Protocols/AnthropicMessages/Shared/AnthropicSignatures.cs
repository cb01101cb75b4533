using Dragoman.Protocols.Conversation;

namespace Dragoman.Protocols.AnthropicMessages.Shared;

/// <summary>Whose signatures an exchange's upstream makes and reads.</summary>
internal static class AnthropicSignatures
{
    /// <summary>
    /// Whether reasoning that has no words goes to the client as an empty block that carries its signature. A client that did not ask for
    /// thinking does not expect such a block at the head of every answer; it gets none, and whoever keeps signatures puts this one back.
    /// </summary>
    public static bool CarriesSilentReasoning(TranslationContext exchange)
        => exchange.Model.EffectiveFamily == SignatureFamily.Claude || exchange.Request.Reasoning is { Mode: ReasoningMode.On or ReasoningMode.Adaptive };
}
