namespace Dragoman.Management.Clients;

/// <summary>What is to become of one file, and how that is shown.</summary>
/// <param name="File">The file as it is.</param>
/// <param name="After">What it is to hold; null for no file.</param>
/// <param name="Mode">The mode it is to have, or null for the one it has.</param>
/// <param name="Secrets">Words that are not to be shown.</param>
internal sealed record FileChange(ClientConfigFile File, byte[]? After, UnixFileMode? Mode, IReadOnlyList<string> Secrets)
{
    /// <summary>Folders that were made for the file, innermost first; they go with it where they are empty.</summary>
    public IReadOnlyList<string> Folders { get; init; } = [];

    /// <summary>Settings that were changed by somebody since and are left as they are.</summary>
    public IReadOnlyList<string> Left { get; init; } = [];

    /// <summary>Whether there is anything to do.</summary>
    public bool IsNeeded => File.Content is null != After is null || (After is not null && !File.Content.AsSpan().SequenceEqual(After));

    /// <summary>The difference, with keys masked.</summary>
    public string Diff()
    {
        var diff = UnifiedDiff.Create(File.Path, ClientConfigFile.Text(File.Path, File.Content), ClientConfigFile.Text(File.Path, After));
        foreach (var secret in Secrets.Where(secret => secret.Length > 0).OrderByDescending(secret => secret.Length)) diff = diff.Replace(secret, Mask(secret), StringComparison.Ordinal);
        return diff;
    }

    /// <summary>Does it, unless the file has changed since it was looked at.</summary>
    public void Apply()
    {
        if (ClientConfigFile.Read(File.Path).Hash != File.Hash) throw new ClientFileException($"'{File.Path}' was changed just now by somebody else; try again.");
        if (After is not null)
        {
            ClientConfigFile.Write(File.Path, After, Mode);
            return;
        }

        System.IO.File.Delete(File.Path);
        foreach (var folder in Folders)
        {
            if (!Directory.Exists(folder) || Directory.EnumerateFileSystemEntries(folder).Any()) break;
            Directory.Delete(folder);
        }
    }

    private static string Mask(string secret) => secret.Length >= 16 ? $"{secret[..4]}…{secret[^4..]}" : "…";
}
