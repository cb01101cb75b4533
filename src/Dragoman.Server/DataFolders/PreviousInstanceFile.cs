using Dragoman.Storage.Secrets;

namespace Dragoman.Server.DataFolders;

/// <summary>
/// A note in the data folder of the ids that processes on it have in the store. The next start learns from it whose open reservations are nobody's:
/// it need not wait for their term. An id stays in the note until what it left open was settled, however many starts are cut short before.
/// </summary>
internal static class PreviousInstanceFile
{
    private const string Name = "instance";
    private const int MostKept = 64;

    /// <summary>Adds this process's id to the note and gives back those of processes that are gone.</summary>
    public static IReadOnlyList<string> Begin(string? dataFolder, string instance)
    {
        if (dataFolder is null) return [];
        try
        {
            var before = Read(dataFolder);
            Write(dataFolder, [.. before.TakeLast(MostKept), instance]);
            // Another host of this process has reservations of its own; other processes are kept off by the folder's lock.
            return InstanceFile.Find(dataFolder) is null ? before : [];
        }
        catch (Exception ex) when (ex is IOException or UnauthorizedAccessException)
        {
            // Then orphans wait for their term.
            return [];
        }
    }

    /// <summary>What those before left open is settled: their ids are of no more use.</summary>
    public static void Complete(string? dataFolder, IReadOnlyList<string> before)
    {
        if (dataFolder is null || before.Count == 0) return;
        try
        {
            Write(dataFolder, [.. Read(dataFolder).Except(before, StringComparer.Ordinal)]);
        }
        catch (Exception ex) when (ex is IOException or UnauthorizedAccessException)
        {
            // They are settled once more at the next start, which changes nothing.
        }
    }

    private static string[] Read(string dataFolder)
    {
        var file = Path.Combine(dataFolder, Name);
        return File.Exists(file) ? File.ReadAllText(file).Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) : [];
    }

    private static void Write(string dataFolder, IReadOnlyList<string> ids) => PrivateFiles.WriteText(Path.Combine(dataFolder, Name), string.Join('\n', ids));
}
