namespace Dragoman.Management.Logins;

/// <summary>
/// Finds files by the places that providers name: <c>~</c> is the person's home folder, <c>*</c> any letters within one name, and <c>${NAME:-default}</c> at the start the folder (or file) that a variable of the
/// environment names, besides the default. Nothing is opened.
/// </summary>
public static class LoginFiles
{
    /// <summary>The files at a place, in the order of their names; those that a variable names first.</summary>
    /// <param name="place">The place.</param>
    /// <param name="home">The home folder.</param>
    /// <param name="environment">The environment; null where places name no variables.</param>
    public static IReadOnlyList<string> Find(string place, string home, Func<string, string?>? environment = null)
    {
        ArgumentNullException.ThrowIfNull(place);
        ArgumentNullException.ThrowIfNull(home);
        if (VariableOf(place) is not { } variable) return FindBelow(place, home);
        var found = new List<string>();
        // What a variable names is no pattern.
        if (environment?.Invoke(variable.Name) is { Length: > 0 } named && Path.IsPathRooted(Expand(named, home))) found.AddRange(Below(Expand(named, home), variable.Below));
        if (variable.Default.Length > 0) found.AddRange(FindBelow(variable.Default + variable.Below, home));
        return [.. found.Distinct(StringComparer.Ordinal)];
    }

    /// <summary>A path with the home folder in the place of <c>~</c>.</summary>
    public static string Expand(string path, string home)
    {
        ArgumentNullException.ThrowIfNull(path);
        return path == "~" ? home : path.StartsWith("~/", StringComparison.Ordinal) ? Path.Combine(home, path[2..]) : path;
    }

    /// <summary>A place as people are shown it: where no variable says something else; null for one that only a variable names.</summary>
    public static string? UsualOf(string place)
    {
        ArgumentNullException.ThrowIfNull(place);
        return VariableOf(place) is not { } variable ? place : variable.Default.Length > 0 ? variable.Default + variable.Below : null;
    }

    private static (string Name, string Default, string Below)? VariableOf(string place)
    {
        if (!place.StartsWith("${", StringComparison.Ordinal) || place.IndexOf('}', StringComparison.Ordinal) is not (> 2 and var end)) return null;
        var inside = place[2..end].Split(":-", 2);
        return (inside[0], inside.ElementAtOrDefault(1) ?? "", place[(end + 1)..]);
    }

    private static IReadOnlyList<string> FindBelow(string place, string home)
    {
        var path = Expand(place, home);
        var root = Path.GetPathRoot(path) is { Length: > 0 } start ? start : ".";
        // The home folder's own name is no pattern.
        var fixedPart = place.StartsWith("~/", StringComparison.Ordinal) ? home : root;
        return path.Contains('*', StringComparison.Ordinal) ? Below(fixedPart, path[fixedPart.Length..]) : Exists(path) ? [path] : [];
    }

    private static IReadOnlyList<string> Below(string folder, string rest)
    {
        IEnumerable<string> found = Exists(folder) ? [folder] : [];
        foreach (var segment in rest.Split([Path.DirectorySeparatorChar, Path.AltDirectorySeparatorChar], StringSplitOptions.RemoveEmptyEntries))
            found = found.SelectMany(inside => Inside(inside, segment));
        return [.. found.Order(StringComparer.Ordinal)];
    }

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
