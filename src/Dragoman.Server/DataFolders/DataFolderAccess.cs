using Dragoman.Server.Lifetime;

namespace Dragoman.Server.DataFolders;

/// <summary>The way into a data folder: it is there (or made), it can be written to, and no other process works on it.</summary>
internal static class DataFolderAccess
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>Whether a folder holds an embedded store.</summary>
    public static bool HasStore(string folder) => File.Exists(Path.Combine(folder, "dragoman.db"));

    /// <summary>Takes the folder for this process.</summary>
    /// <param name="folder">The data folder.</param>
    /// <param name="create">Whether it is made (mode 0700) when it is not there.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="StartException">It is not there, cannot be used, or another process has it.</exception>
    public static async Task<DataFolderLock> LockAsync(string folder, bool create, CancellationToken cancellationToken)
    {
        try
        {
            if (create) Make(folder);
            else if (!Directory.Exists(folder)) throw new StartException($"There is no data folder '{folder}'. Say where it is with --data.");
            if (await DataFolderLock.TakeAsync(folder, cancellationToken) is { } taken)
            {
                // What a killed process left: the lock shows that it is gone.
                if (!taken.IsShared) InstanceFile.Delete(folder);
                return taken;
            }
        }
        catch (Exception ex) when (ex is IOException or UnauthorizedAccessException)
        {
            throw new StartException($"The data folder '{folder}' cannot be used: {ex.Message.TrimEnd('.')}. Give it to the user that runs this, or name another with --data.");
        }

        throw new StartException(InstanceFile.Read(folder) is { } running
            ? $"A gateway runs on the data folder '{folder}' already ({running.Address}, process {running.Process}). Stop it first, or name another folder with --data."
            : $"Another process works on the data folder '{folder}'. Wait until it has ended, or name another folder with --data.");
    }

    private static void Make(string folder)
    {
        if (Directory.Exists(folder)) return;
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(folder);
        else Directory.CreateDirectory(folder, OwnerOnly);
    }
}
