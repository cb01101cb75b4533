using System.Text.Json;
using Dragoman.Storage.Secrets;

namespace Dragoman.Server.DataFolders;

/// <summary>
/// A note in the data folder of where the gateway that works on it can be reached, so that commands find it whatever its port. It goes with
/// the process; one that a killed process left behind is not believed, because the folder's lock went with that process.
/// </summary>
internal sealed class InstanceFile : IDisposable
{
    private const string Name = "running.json";
    private readonly string _file;

    private InstanceFile(string file) => _file = file;

    /// <summary>Leaves the note.</summary>
    /// <param name="dataFolder">The data folder; null for none.</param>
    /// <param name="address">Where the gateway is reached from this machine.</param>
    /// <param name="certificate">The SHA-256 of the certificate it shows there, in hexadecimal; null without TLS.</param>
    /// <param name="configFile">Its configuration's file, or null.</param>
    public static InstanceFile? Write(string? dataFolder, Uri address, string? certificate, string? configFile)
    {
        if (dataFolder is null) return null;
        var file = Path.Combine(dataFolder, Name);
        try
        {
            PrivateFiles.WriteText(file, JsonSerializer.Serialize(new Mark(address.ToString(), Environment.ProcessId, certificate, configFile is null ? null : Path.GetFullPath(configFile))));
            return new InstanceFile(file);
        }
        catch (Exception ex) when (ex is IOException or UnauthorizedAccessException)
        {
            // Commands then need --url; that is no reason not to run.
            return null;
        }
    }

    /// <summary>Where the gateway that runs on a data folder is; null when none does.</summary>
    public static Uri? Find(string dataFolder) => Read(dataFolder)?.Address;

    /// <summary>What the gateway that runs on a data folder says of itself; null when none does.</summary>
    public static RunningInstance? Read(string dataFolder)
    {
        try
        {
            if (JsonSerializer.Deserialize<Mark>(File.ReadAllText(Path.Combine(dataFolder, Name))) is not { } mark || !DataFolderLock.IsHeld(dataFolder)) return null;
            return new RunningInstance(new Uri(mark.Address), mark.Process, mark.Certificate, mark.ConfigFile);
        }
        catch (Exception ex) when (ex is IOException or UnauthorizedAccessException or JsonException or ArgumentException or InvalidOperationException or UriFormatException)
        {
            return null;
        }
    }

    /// <summary>Takes away the note of a process that is gone.</summary>
    public static void Delete(string dataFolder) => new InstanceFile(Path.Combine(dataFolder, Name)).Dispose();

    public void Dispose()
    {
        try
        {
            File.Delete(_file);
        }
        catch (Exception ex) when (ex is IOException or UnauthorizedAccessException)
        {
            // Without the folder's lock nobody believes it.
        }
    }

    private sealed record Mark(string Address, int Process, string? Certificate = null, string? ConfigFile = null);
}

/// <summary>A gateway that runs on a data folder.</summary>
/// <param name="Address">Where it is.</param>
/// <param name="Process">Its process id, as it sees it.</param>
/// <param name="Certificate">The SHA-256 of its certificate, in hexadecimal; null without TLS.</param>
/// <param name="ConfigFile">Its configuration's file, or null.</param>
internal sealed record RunningInstance(Uri Address, int Process, string? Certificate, string? ConfigFile);
