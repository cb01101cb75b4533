namespace Dragoman.Server.DataFolders;

/// <summary>Writes the small files of the data folder, for their owner alone from the start (mode 0600).</summary>
internal static class PrivateFile
{
    /// <exception cref="IOException">It cannot be written.</exception>
    public static void Write(string file, string text)
    {
        // Made anew: one that is there keeps the mode it has.
        File.Delete(file);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using var writer = new StreamWriter(file, options);
        writer.Write(text);
    }
}
