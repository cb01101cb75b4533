namespace Dragoman.Gateway.Catalog;

/// <summary>What a list of models says: facts, and prices where it has them.</summary>
/// <param name="Form">The form it was written in: <c>dragoman</c>, <c>models.dev</c>, <c>litellm</c> or <c>openrouter</c>.</param>
/// <param name="Models">The models.</param>
/// <param name="Prices">The prices; the first of two for the same model counts.</param>
public sealed record CatalogData(string Form, IReadOnlyList<CatalogModel> Models, IReadOnlyList<ModelPrice> Prices);

/// <summary>A list of models cannot be used.</summary>
public sealed class CatalogException : Exception
{
    /// <summary>A fault without words.</summary>
    public CatalogException()
    {
    }

    /// <summary>A fault, told to the owner.</summary>
    public CatalogException(string message)
        : base(message)
    {
    }

    /// <summary>A fault with what caused it.</summary>
    public CatalogException(string message, Exception inner)
        : base(message, inner)
    {
    }
}
