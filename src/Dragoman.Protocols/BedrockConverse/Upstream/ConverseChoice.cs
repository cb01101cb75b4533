using Dragoman.Protocols.Conversation;

namespace Dragoman.Protocols.BedrockConverse.Upstream;

/// <summary>
/// Which of Bedrock's two APIs a model is asked in. Claude is asked in Anthropic's own bodies over InvokeModel (nothing is lost on the way), all other
/// models over Converse; a name can choose with <c>converse/…</c> and <c>invoke/…</c>.
/// </summary>
public static class ConverseChoice
{
    private const string Converse = "converse/";
    private const string Invoke = "invoke/";

    /// <summary>Whether a name asks for Converse whatever the model, for InvokeModel (false), or says nothing (null).</summary>
    public static bool? StatedBy(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return name.StartsWith(Converse, StringComparison.Ordinal) ? true : name.StartsWith(Invoke, StringComparison.Ordinal) ? false : null;
    }

    /// <summary>A name without the prefix that chooses.</summary>
    public static string Bare(string name) => StatedBy(name) switch
    {
        true => name[Converse.Length..],
        false => name[Invoke.Length..],
        null => name,
    };

    /// <summary>The protocol of a model, for an account that leaves the choice to the model.</summary>
    /// <remarks>The ARN of an application inference profile does not tell its model; the family that routing knows does.</remarks>
    internal static Protocol Of(UpstreamModel model)
    {
        var isConverse = StatedBy(model.Id) ?? (model.Family != SignatureFamily.Claude && UpstreamModel.FamilyOf(model.Id) != SignatureFamily.Claude);
        return isConverse ? Protocol.BedrockConverse : Protocol.BedrockAnthropic;
    }
}
