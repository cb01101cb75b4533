namespace Dragoman.Gateway.Catalog;

/// <summary>What is known of the owner's list of models: when it was taken, and what stands against the newest one.</summary>
/// <param name="Configured">Whether there is one.</param>
/// <param name="TakenAt">When the one in force was taken; null when it is still the table that ships.</param>
/// <param name="Form">The form it is in.</param>
/// <param name="Models">How many models it names.</param>
/// <param name="Prices">How many prices it has.</param>
/// <param name="Problem">Why the last one was not taken; null when it was.</param>
public sealed record CatalogStatus(bool Configured, DateTimeOffset? TakenAt, string? Form, int Models, int Prices, string? Problem)
{
    /// <summary>No list is configured: the table that ships holds.</summary>
    public static CatalogStatus None { get; } = new(false, null, null, 0, 0, null);

    /// <summary>The file or the address (without its query, which may hold a key); null without one.</summary>
    public string? Location { get; init; }

    /// <summary>Whether it is a file.</summary>
    public bool IsFile { get; init; }

    /// <summary>When the one in force was changed last, as its file or its server says; null where nothing says it.</summary>
    public DateTimeOffset? Dated { get; init; }

    /// <summary>When it was last looked for, whether it was taken, unchanged or refused.</summary>
    public DateTimeOffset? CheckedAt { get; init; }
}
