using Dragoman.Protocols.Json;

namespace Dragoman.Protocols.Conversation;

/// <summary>How the next token is drawn. A null means the upstream's default.</summary>
public sealed class Sampling
{
    /// <summary>Randomness; 0 to 2 in OpenAI's and Gemini's protocols, 0 to 1 in Anthropic's.</summary>
    public double? Temperature { get; set; }

    /// <summary>Nucleus: the probability mass that is drawn from.</summary>
    public double? TopP { get; set; }

    /// <summary>Only the K likeliest tokens are drawn from.</summary>
    public int? TopK { get; set; }

    /// <summary>Penalty on tokens by how often they came already.</summary>
    public double? FrequencyPenalty { get; set; }

    /// <summary>Penalty on tokens that came already.</summary>
    public double? PresencePenalty { get; set; }

    /// <summary>A seed for repeatable drawing.</summary>
    public long? Seed { get; set; }

    /// <summary>How many answers are wanted; null or 1 is one.</summary>
    public int? Candidates { get; set; }

    /// <summary>Whether log probabilities are wanted.</summary>
    public bool? LogProbs { get; set; }

    /// <summary>How many likeliest tokens to list at each place.</summary>
    public int? TopLogProbs { get; set; }

    /// <summary>OpenAI's <c>logit_bias</c> object, as it stood; else empty.</summary>
    public JsonSlice LogitBias { get; set; }
}
