namespace Dragoman.Protocols.Conversation;

/// <summary>How a model wants to be told to reason.</summary>
public enum ReasoningStyle
{
    /// <summary>Not known: the protocol's writer judges by the model's name.</summary>
    Unknown,

    /// <summary>The model does not reason on request; a wish for it is reported lost.</summary>
    None,

    /// <summary>By an effort word.</summary>
    Effort,

    /// <summary>By a budget of tokens.</summary>
    Budget,

    /// <summary>By Anthropic's <c>adaptive</c> with an effort.</summary>
    Adaptive,

    /// <summary>By Gemini's <c>thinkingLevel</c>.</summary>
    Level,
}

/// <summary>The model a request goes to, and what is known of it that matters to a writer.</summary>
/// <param name="Id">The upstream's own id of the model.</param>
public sealed record UpstreamModel(string Id)
{
    /// <summary>The most tokens an answer may have, or null when not known.</summary>
    public int? MaxOutputTokens { get; init; }

    /// <summary>How the model wants to be told to reason.</summary>
    public ReasoningStyle Reasoning { get; init; }

    /// <summary>Whose signatures the model reads, where that was said.</summary>
    public SignatureFamily Family { get; init; }

    /// <summary>Whose signatures the model reads; where nothing was said, as its name tells.</summary>
    public SignatureFamily EffectiveFamily => Family != SignatureFamily.Unknown ? Family : FamilyOf(Id);

    /// <summary>The family that a model's name tells, wherever it is hosted.</summary>
    public static SignatureFamily FamilyOf(string model)
    {
        if (model.Contains("claude", StringComparison.OrdinalIgnoreCase)) return SignatureFamily.Claude;
        if (model.Contains("gemini", StringComparison.OrdinalIgnoreCase)) return SignatureFamily.Gemini;
        if (model.Contains("gpt-", StringComparison.OrdinalIgnoreCase) || model.Contains("codex", StringComparison.OrdinalIgnoreCase)) return SignatureFamily.OpenAi;
        var name = ModelName.WithoutPath(model);
        return name.Length > 1 && name[0] is 'o' && char.IsAsciiDigit(name[1]) ? SignatureFamily.OpenAi : SignatureFamily.Other;
    }
}
