using Dragoman.Gateway.Metering;

namespace Dragoman.Gateway.Models.Catalogue;

/// <summary>What a list of models says: facts, and prices where it has them.</summary>
/// <param name="Form">The form it was written in: <c>dragoman</c>, <c>models.dev</c> or <c>litellm</c>.</param>
/// <param name="Models">The models.</param>
/// <param name="Prices">The prices; the first of two for the same model counts.</param>
public sealed record CatalogueData(string Form, IReadOnlyList<CatalogueModel> Models, IReadOnlyList<ModelPrice> Prices);

/// <summary>A list of models cannot be used.</summary>
public sealed class CatalogueException : Exception
{
    /// <summary>A fault without words.</summary>
    public CatalogueException()
    {
    }

    /// <summary>A fault, told to the owner.</summary>
    public CatalogueException(string message)
        : base(message)
    {
    }

    /// <summary>A fault with what caused it.</summary>
    public CatalogueException(string message, Exception inner)
        : base(message, inner)
    {
    }
}
