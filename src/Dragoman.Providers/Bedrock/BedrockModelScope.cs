using Dragoman.Gateway.Catalog;
using Dragoman.Protocols.BedrockConverse.Upstream;
using Dragoman.Providers.Abstractions;

namespace Dragoman.Providers.Bedrock;

/// <summary>Models on Bedrock: AWS's own ids, and the names of the vendors whose models everybody has there.</summary>
internal sealed class BedrockModelScope : ModelScope
{
    /// <summary>One for all accounts.</summary>
    public static BedrockModelScope Instance { get; } = new();

    /// <inheritdoc/>
    public override bool Fits(string model)
    {
        model = ConverseChoice.Bare(model);
        return HostedName.IsDotted(model) || CanonicalName.VendorOf(CanonicalName.Normalize(model)) is "anthropic" or "amazon";
    }

    /// <inheritdoc/>
    public override (string Name, bool Thinking) Spell(string model)
    {
        if (ClaudeName.Read(model) is not { } claude) return (model, false);
        var spelled = claude.ForBedrock();
        return (spelled.Equals(model, StringComparison.OrdinalIgnoreCase) ? model : spelled, claude.IsThinking);
    }

    /// <inheritdoc/>
    public override bool Shows(CatalogModel model) => model.Listed && model.Facts.Vendor is ("anthropic" or "amazon");
}
