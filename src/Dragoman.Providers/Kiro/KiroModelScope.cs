using Dragoman.Gateway.Catalog;
using Dragoman.Protocols.CodeWhisperer.Shared;
using Dragoman.Providers.Abstractions;

namespace Dragoman.Providers.Kiro;

/// <summary>Claude's models and whatever else a list of the service has named. Which of them a plan has, only its own list says.</summary>
internal sealed class KiroModelScope(KiroCatalog catalog) : ModelScope
{
    /// <inheritdoc/>
    public override bool Fits(string model)
    {
        ArgumentNullException.ThrowIfNull(model);
        if (model.Contains('/', StringComparison.Ordinal) || HostedName.IsDotted(model)) return false;
        return catalog.Has(model) || CanonicalName.VendorOf(CanonicalName.Normalize(model)) == "anthropic";
    }

    /// <inheritdoc/>
    public override bool Shows(CatalogModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        return model.Listed && catalog.Has(CodeWhispererModelName.Normalize(model.Id));
    }
}
