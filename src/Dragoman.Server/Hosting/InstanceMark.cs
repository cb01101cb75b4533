namespace Dragoman.Server.Hosting;

/// <summary>
/// A note in the data folder of the id this process has in the store. The next start learns from it whose open reservations are nobody's:
/// it need not wait for their term.
/// </summary>
internal static class InstanceMark
{
    private const string Name = "instance";

    /// <summary>
    /// Puts down this process's id and gives back that of the one before, which is gone: this process has the folder's lock. Null when there is none.
    /// </summary>
    public static string? Exchange(string? dataFolder, string instance)
    {
        if (dataFolder is null) return null;
        var file = Path.Combine(dataFolder, Name);
        try
        {
            // Another host of this process has reservations of its own.
            var before = RunningMark.Find(dataFolder) is null && File.Exists(file) ? File.ReadAllText(file).Trim() : null;
            OwnersNote.Write(file, instance);
            return string.IsNullOrEmpty(before) ? null : before;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            // Then orphans wait for their term.
            return null;
        }
    }
}
