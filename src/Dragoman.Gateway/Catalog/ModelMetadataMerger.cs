using Dragoman.Protocols;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Registry;

namespace Dragoman.Gateway.Catalog;

/// <summary>Puts together what the owner says of a model and what the catalog knows; the owner's word counts more.</summary>
internal static class ModelMetadataMerger
{
    /// <summary>What is known of a model of an account.</summary>
    public static ModelMetadata Merge(ModelCatalog catalog, Protocol protocol, string name, string alias, ModelMetadata? own)
    {
        var known = catalog.Find(name) ?? catalog.Find(alias) ?? new ModelMetadata();
        if (own is null) return known;
        return known with
        {
            DisplayName = own.DisplayName ?? known.DisplayName,
            ContextWindow = own.ContextWindow ?? known.ContextWindow,
            MaxOutputTokens = own.MaxOutputTokens ?? known.MaxOutputTokens,
            Images = own.Images ?? known.Images,
            Tools = own.Tools ?? known.Tools,
            Reasoning = StyleOf(own, known, protocol),
            Efforts = own.Efforts.Count > 0 ? own.Efforts : known.Efforts,
        };
    }

    /// <summary>The owner lists words or a budget; what they are called depends on the protocol.</summary>
    private static ReasoningStyle StyleOf(ModelMetadata own, ModelMetadata known, Protocol protocol) => own.Reasoning switch
    {
        ReasoningStyle.Unknown => known.Reasoning,
        ReasoningStyle.Effort => ProtocolRegistry.Traits(protocol).EffortStyle,
        _ => own.Reasoning,
    };
}
