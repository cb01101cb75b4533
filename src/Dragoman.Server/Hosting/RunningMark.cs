using System.Diagnostics;
using System.Text.Json;

namespace Dragoman.Server.Hosting;

/// <summary>
/// A note in the data folder of where the gateway that works on it can be reached, so that commands find it whatever its port. It goes with
/// the process; one that a killed process left behind is known by its process id and not believed.
/// </summary>
internal sealed class RunningMark : IDisposable
{
    private const string Name = "running.json";
    private readonly string _file;

    private RunningMark(string file) => _file = file;

    public static RunningMark? Leave(string? dataFolder, Uri address)
    {
        if (dataFolder is null) return null;
        var file = Path.Combine(dataFolder, Name);
        try
        {
            OwnersNote.Write(file, JsonSerializer.Serialize(new Mark(address.ToString(), Environment.ProcessId)));
            return new RunningMark(file);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            // Commands then need --url; that is no reason not to run.
            return null;
        }
    }

    /// <summary>Where the gateway that runs on a data folder is; null when none does.</summary>
    public static Uri? Find(string dataFolder)
    {
        try
        {
            if (JsonSerializer.Deserialize<Mark>(File.ReadAllText(Path.Combine(dataFolder, Name))) is not { } mark) return null;
            using var process = Process.GetProcessById(mark.Process);
            return process.HasExited ? null : new Uri(mark.Address);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or JsonException or ArgumentException or InvalidOperationException or UriFormatException)
        {
            return null;
        }
    }

    public void Dispose()
    {
        try
        {
            File.Delete(_file);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            // Find() sees that the process is gone.
        }
    }

    private sealed record Mark(string Address, int Process);
}
