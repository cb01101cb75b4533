namespace Dragoman.Server.DataFolders;

/// <summary>The folder for what lasts.</summary>
/// <param name="Path">The folder; null for a store that goes with the process.</param>
internal sealed record DataFolderOptions(string? Path)
{
    /// <summary>Where something stands in it; null without a folder.</summary>
    public string? PathOf(string name) => Path is { } folder ? System.IO.Path.Combine(folder, name) : null;
}
