using Dragoman.Gateway.Catalog;

namespace Dragoman.Providers.Abstractions;

/// <summary>The models of one vendor: names by which the catalog knows whose they are.</summary>
/// <param name="vendor">The vendor, as the catalog names it.</param>
/// <param name="takesDottedNames">Whether a name that looks like Bedrock's (<c>us.anthropic.claude-…</c>) is taken all the same; the vendor's own models may have a dot in front.</param>
public class VendorModelScope(string vendor, bool takesDottedNames = false) : ModelScope
{
    /// <inheritdoc/>
    public override bool Fits(string model)
    {
        ArgumentNullException.ThrowIfNull(model);
        return CanonicalName.VendorOf(CanonicalName.Normalize(model)) == vendor && !model.Contains('/', StringComparison.Ordinal) && (takesDottedNames || !HostedName.IsDotted(model));
    }

    /// <inheritdoc/>
    public override bool Shows(CatalogModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        return model.Listed && model.Facts.Vendor == vendor;
    }
}
