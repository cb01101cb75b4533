namespace Dragoman.Gateway.Catalog;

/// <summary><c>models.catalog</c>: a list of models and prices that the owner keeps, taken in beside the one that ships.</summary>
public sealed record CatalogOptions
{
    /// <summary><c>file</c>: where it lies; null for none.</summary>
    public string? File { get; init; }

    /// <summary><c>url</c>: where it is fetched from; null for none. Nothing else is ever asked.</summary>
    public Uri? Url { get; init; }

    /// <summary><c>refresh</c>: how long it is taken as fresh. A file is looked at more often, because that costs nothing.</summary>
    public TimeSpan Refresh { get; init; } = TimeSpan.FromHours(24);

    /// <summary>Whether there is one.</summary>
    public bool IsConfigured => File is not null || Url is not null;
}
