namespace Dragoman.Cli.Options;

/// <summary>Where the gateway keeps what lasts, and finds its configuration.</summary>
internal static class DataFolder
{
    /// <summary><c>--data</c>, else <c>DRAGOMAN_DATA</c>, else <c>~/.dragoman</c>.</summary>
    public static string Resolve(string? option)
        => Path.GetFullPath(option
            ?? (Environment.GetEnvironmentVariable("DRAGOMAN_DATA") is { Length: > 0 } data ? data : null)
            ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".dragoman"));

    /// <summary><c>--config</c>, else <c>config.yaml</c> in the data folder or here, else null.</summary>
    public static string? ConfigFile(string? option, string dataFolder)
    {
        if (option is not null) return Path.GetFullPath(option);
        var inData = Path.Combine(dataFolder, "config.yaml");
        if (File.Exists(inData)) return inData;
        return File.Exists("config.yaml") ? Path.GetFullPath("config.yaml") : null;
    }
}
