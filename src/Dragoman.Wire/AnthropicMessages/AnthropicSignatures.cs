using Dragoman.Wire.Conversation;

namespace Dragoman.Wire.AnthropicMessages;

/// <summary>Whose signatures an exchange's upstream makes and reads.</summary>
internal static class AnthropicSignatures
{
    /// <summary>The family of the model that answers.</summary>
    public static SignatureFamily FamilyOf(UpstreamModel model)
        => model.Family == SignatureFamily.Unknown ? UpstreamModel.FamilyOf(model.Id) : model.Family;
}
