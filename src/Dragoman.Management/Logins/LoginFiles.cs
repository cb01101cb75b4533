namespace Dragoman.Management.Logins;

/// <summary>Finds files by the places that providers name: <c>~</c> is the person's home folder, <c>*</c> any letters within one name. Nothing is opened.</summary>
public static class LoginFiles
{
    /// <summary>The files at a place, in the order of their names.</summary>
    public static IReadOnlyList<string> Find(string place, string home)
    {
        ArgumentNullException.ThrowIfNull(place);
        ArgumentNullException.ThrowIfNull(home);
        var path = Expand(place, home);
        if (!path.Contains('*', StringComparison.Ordinal)) return Exists(path) ? [path] : [];
        var root = Path.GetPathRoot(path) is { Length: > 0 } start ? start : ".";
        // The home folder's own name is no pattern.
        var fixedPart = place.StartsWith("~/", StringComparison.Ordinal) ? home : root;
        IEnumerable<string> found = [fixedPart];
        foreach (var segment in path[fixedPart.Length..].Split([Path.DirectorySeparatorChar, Path.AltDirectorySeparatorChar], StringSplitOptions.RemoveEmptyEntries))
            found = found.SelectMany(folder => Inside(folder, segment));
        return [.. found.Order(StringComparer.Ordinal)];
    }

    /// <summary>A path with the home folder in the place of <c>~/</c>.</summary>
    public static string Expand(string path, string home) => (path ?? throw new ArgumentNullException(nameof(path))).StartsWith("~/", StringComparison.Ordinal) ? Path.Combine(home, path[2..]) : path;

    private static IEnumerable<string> Inside(string folder, string segment)
    {
        if (!segment.Contains('*', StringComparison.Ordinal)) return Path.Combine(folder, segment) is var one && Exists(one) ? [one] : [];
        try
        {
            return Directory.Exists(folder)
                ? [.. Directory.EnumerateFileSystemEntries(folder, segment, new EnumerationOptions { IgnoreInaccessible = true, MatchType = MatchType.Simple, AttributesToSkip = FileAttributes.None })]
                : [];
        }
        catch (Exception ex) when (ex is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    // A link that leads nowhere is there too, and told of.
    private static bool Exists(string path) => Path.Exists(path) || new FileInfo(path).LinkTarget is not null;
}
