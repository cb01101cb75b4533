using Dragoman.Gateway.Catalog;

namespace Dragoman.Management.Models;

/// <summary>Where what is known of models comes from, and how old it is.</summary>
/// <param name="Source">Where the list in force was taken from: <c>built-in</c>, <c>file</c> or <c>address</c>.</param>
/// <param name="Location">The configured file or address (without its query); null without one.</param>
/// <param name="BuiltIn">The day on which the newest part of the table that ships was read at its source.</param>
/// <param name="Dated">When the list was changed last, as its file or its server says; null where nothing says it.</param>
/// <param name="TakenAt">When the list in force was taken.</param>
/// <param name="CheckedAt">When it was last looked for, whether it was taken, unchanged or refused.</param>
/// <param name="Form">The form it is in: <c>dragoman</c>, <c>models.dev</c> or <c>litellm</c>.</param>
/// <param name="Models">How many models it names.</param>
/// <param name="Prices">How many prices it has.</param>
/// <param name="Error">Why the last one was not taken; null when it was.</param>
public sealed record CatalogView(
    string Source, string? Location, DateOnly BuiltIn, DateTimeOffset? Dated, DateTimeOffset? TakenAt, DateTimeOffset? CheckedAt, string? Form, int Models, int Prices, string? Error)
{
    /// <summary>The table that ships, where no gateway runs that could have taken another.</summary>
    public static CatalogView Shipped { get; } = From(CatalogStatus.None);

    internal static CatalogView From(CatalogStatus status) => new(
        status.TakenAt is null ? "built-in" : status.IsFile ? "file" : "address",
        status.Location, ModelCatalog.BuiltInDate, status.Dated, status.TakenAt, status.CheckedAt, status.Form, status.Models, status.Prices, status.Problem);
}
