namespace Dragoman.Management.Clients;

/// <summary>Where clients keep their files: below the home folder, or where their own variables say.</summary>
/// <param name="Home">The home folder.</param>
/// <param name="Variable">Reads an environment variable.</param>
internal sealed record ClientPaths(string Home, Func<string, string?> Variable)
{
    /// <summary>The user's own; <paramref name="home"/> in place of the home folder makes the variables count for nothing.</summary>
    public static ClientPaths From(string? home) => home is null
        ? new ClientPaths(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), Environment.GetEnvironmentVariable)
        : new ClientPaths(Path.GetFullPath(home), static _ => null);

    /// <summary>The folder that a variable names, else the one below the home folder.</summary>
    public string Folder(string variable, params string[] below)
    {
        if (Variable(variable) is not { Length: > 0 } named) return Path.Combine([Home, .. below]);
        return Path.GetFullPath(named.StartsWith("~/", StringComparison.Ordinal) ? Path.Combine(Home, named[2..]) : named);
    }
}
