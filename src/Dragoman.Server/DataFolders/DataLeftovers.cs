using Dragoman.Management.Backup;

namespace Dragoman.Server.DataFolders;

/// <summary>Removes what a killed process left half-written.</summary>
internal static class DataLeftovers
{
    /// <summary>How the names of half-written files end.</summary>
    public const string Ending = BackupService.TemporaryEnding;

    /// <summary>Younger ones may belong to a process that is still writing.</summary>
    public static readonly TimeSpan Age = TimeSpan.FromMinutes(10);

    /// <summary>Removes half-written files of a folder whose names begin so, and that nobody has written to for a while.</summary>
    public static void Remove(string folder, string beginning, TimeProvider time)
    {
        if (!Directory.Exists(folder)) return;
        foreach (var file in Directory.EnumerateFiles(folder, $"{beginning}*{Ending}"))
        {
            try
            {
                if (time.GetUtcNow().UtcDateTime - File.GetLastWriteTimeUtc(file) > Age) File.Delete(file);
            }
            catch (Exception ex) when (ex is IOException or UnauthorizedAccessException)
            {
                // It costs room, no more.
            }
        }
    }
}
