using Dragoman.Wire.Conversation;

namespace Dragoman.Gateway.Models;

/// <summary>Puts together what the owner says of a model and what the catalogue knows; the owner's word counts more.</summary>
internal static class FactsMerging
{
    /// <summary>What is known of a model of an account.</summary>
    public static ModelFacts Of(ModelCatalogue catalogue, Language language, string name, string alias, ModelFacts? own)
    {
        var known = catalogue.Find(name) ?? catalogue.Find(alias) ?? new ModelFacts();
        if (own is null) return known;
        return known with
        {
            DisplayName = own.DisplayName ?? known.DisplayName,
            ContextWindow = own.ContextWindow ?? known.ContextWindow,
            MaxOutputTokens = own.MaxOutputTokens ?? known.MaxOutputTokens,
            Images = own.Images ?? known.Images,
            Tools = own.Tools ?? known.Tools,
            Reasoning = StyleOf(own, known, language),
            Efforts = own.Efforts.Count > 0 ? own.Efforts : known.Efforts,
        };
    }

    /// <summary>The owner lists words or a budget; what they are called depends on the language.</summary>
    private static ReasoningStyle StyleOf(ModelFacts own, ModelFacts known, Language language) => own.Reasoning switch
    {
        ReasoningStyle.Unknown => known.Reasoning,
        ReasoningStyle.Effort => language switch
        {
            Language.Gemini => ReasoningStyle.Level,
            Language.AnthropicMessages or Language.BedrockAnthropic => ReasoningStyle.Adaptive,
            _ => ReasoningStyle.Effort,
        },
        _ => own.Reasoning,
    };
}
