using Dragoman.Gateway.Catalog;

namespace Dragoman.Providers.Abstractions;

/// <summary>No models at all: nothing goes by such an account unless its owner configures a model for it.</summary>
internal sealed class NoModels : ModelScope
{
    private NoModels()
    {
    }

    /// <summary>The scope.</summary>
    public static NoModels Instance { get; } = new();

    /// <inheritdoc/>
    public override bool Fits(string model) => false;

    /// <inheritdoc/>
    public override bool Shows(CatalogModel model) => false;
}
