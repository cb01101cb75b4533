namespace Dragoman.Management.Hosting;

/// <summary>The files and folders that use cases work with.</summary>
/// <param name="ConfigFile">The configuration's file, which may not be there yet; null where the gateway runs on a text of its own.</param>
/// <param name="ConfigBackups">The folder of the configuration's former texts; null where none are kept.</param>
/// <param name="Temporary">The folder of files that are there only while a call lasts.</param>
public sealed record ManagementPaths(string? ConfigFile, string? ConfigBackups, string Temporary)
{
    /// <summary>The data folder; null for a gateway that keeps nothing.</summary>
    public string? Data { get; init; }

    /// <summary>The home folder of who runs the gateway, in which other programs keep their files.</summary>
    public string Home { get; init; } = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);

    /// <summary>The variables of the environment by which other programs are told to keep their files elsewhere.</summary>
    public Func<string, string?> Variable { get; init; } = Environment.GetEnvironmentVariable;

    /// <summary>The folder that a variable names, else one below the home folder.</summary>
    /// <param name="below">The folder below the home folder.</param>
    /// <param name="variables">The variables; the first that is set counts.</param>
    public string UserFolder(string below, params ReadOnlySpan<string> variables)
    {
        foreach (var variable in variables)
            if (Variable(variable) is { Length: > 0 } folder) return folder;
        return Path.Combine(Home, below);
    }
}
