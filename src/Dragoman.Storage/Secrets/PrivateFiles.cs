namespace Dragoman.Storage.Secrets;

/// <summary>Files and folders that only their owner may read.</summary>
public static class PrivateFiles
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode FolderMode = OwnerOnly | UnixFileMode.UserExecute;

    /// <summary>Makes a folder of mode 0700. One that is there is its owner's business and left as it is.</summary>
    public static void CreateFolder(string folder)
    {
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(folder);
        else Directory.CreateDirectory(folder, FolderMode);
    }

    /// <summary>How to open a file so that it is of mode 0600 from the start where it is made.</summary>
    public static FileStreamOptions Options(FileMode mode, FileAccess access = FileAccess.ReadWrite, FileShare share = FileShare.ReadWrite)
    {
        var options = new FileStreamOptions { Mode = mode, Access = access, Share = share };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = OwnerOnly;
        return options;
    }

    /// <summary>Writes a small file of mode 0600, in place of one that is there.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    public static void WriteText(string file, string text)
    {
        // Made anew: one that is there keeps the mode it has.
        File.Delete(file);
        using var writer = new StreamWriter(file, Options(FileMode.CreateNew, FileAccess.Write, FileShare.Read));
        writer.Write(text);
    }

    /// <summary>Makes an empty file of mode 0600, or empties and narrows the one that is there.</summary>
    public static void Create(string file)
    {
        using var stream = OpenNew(file);
    }

    /// <summary>
    /// Makes sure a file is there with mode 0600. One that is there is not opened: closing any handle of a file takes away every POSIX lock this
    /// process holds on it, and SQLite in another process would believe nobody uses the database (and remove its log from under us).
    /// </summary>
    public static void Ensure(string file)
    {
        if (!File.Exists(file))
        {
            try
            {
                new FileStream(file, Options(FileMode.CreateNew)).Dispose();
            }
            catch (IOException) when (File.Exists(file))
            {
                // Another process was first.
            }
        }

        Narrow(file);
    }

    /// <summary>Opens a new (or emptied) file of mode 0600 for writing.</summary>
    public static FileStream OpenNew(string file)
    {
        var stream = new FileStream(file, Options(FileMode.Create));
        Narrow(file);
        return stream;
    }

    /// <summary>Replaces a file whole: written beside it, synced, renamed.</summary>
    public static void Replace(string file, ReadOnlySpan<byte> content)
    {
        var part = file + ".part";
        using (var stream = OpenNew(part))
        {
            stream.Write(content);
            stream.Flush(flushToDisk: true);
        }

        File.Move(part, file, overwrite: true);
    }

    /// <summary>Takes away what others may do with a file that is there, where that is ours to do (a mounted secret is not).</summary>
    public static void TryNarrow(string file)
    {
        try
        {
            Narrow(file);
        }
        catch (Exception ex) when (ex is IOException or UnauthorizedAccessException)
        {
            // Whoever mounted it read-only decided its mode.
        }
    }


    private static void Narrow(string file)
    {
        if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(file) & ~OwnerOnly) != UnixFileMode.None) File.SetUnixFileMode(file, OwnerOnly);
    }
}
