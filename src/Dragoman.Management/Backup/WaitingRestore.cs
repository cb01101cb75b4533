using System.Text.Json;
using Dragoman.Gateway.Persistence;
using Dragoman.Management.Hosting;
using Dragoman.Storage.Secrets;
using Microsoft.Extensions.Logging;

namespace Dragoman.Management.Backup;

/// <summary>
/// A backup that was handed over and is restored at the next start, before anything has read the store: what a running gateway holds in memory would be written over the
/// restored. It waits as <c>restore-waiting.backup</c> in the data folder, whole and read through once.
/// </summary>
public sealed partial class WaitingRestore(ManagementPaths paths, IGatewayStore store, TimeProvider time, ILogger log)
{
    private const string FileName = "restore-waiting.backup";
    private const string NoteName = "restore-waiting.json";

    private static readonly JsonSerializerOptions NoteJson = new(JsonSerializerDefaults.Web);

    private readonly Lock _gate = new();

    /// <summary>Where it waits; null for a gateway without a data folder.</summary>
    internal string? File => paths.Data is { } data ? Path.Combine(data, FileName) : null;

    private string? NoteFile => paths.Data is { } data ? Path.Combine(data, NoteName) : null;

    /// <summary>What came of the one that was restored at this start; null where none was.</summary>
    public RestoreOutcome? Outcome { get; private set; }

    /// <summary>What waits; null for nothing.</summary>
    internal WaitingRestoreNote? Waiting()
    {
        if (File is null || !System.IO.File.Exists(File)) return null;
        try
        {
            return JsonSerializer.Deserialize<WaitingRestoreNote>(System.IO.File.ReadAllBytes(NoteFile!), NoteJson);
        }
        catch (Exception ex) when (ex is IOException or UnauthorizedAccessException or JsonException)
        {
            return null;
        }
    }

    /// <summary>Lets a file wait that was read through.</summary>
    internal void Put(string part, WaitingRestoreNote note)
    {
        lock (_gate)
        {
            // The note first: without its file it is nothing.
            PrivateFiles.Replace(NoteFile!, JsonSerializer.SerializeToUtf8Bytes(note, NoteJson));
            System.IO.File.Move(part, File!, overwrite: true);
        }
    }

    /// <summary>Forgets what waits.</summary>
    internal void Remove()
    {
        if (File is not { } file) return;
        lock (_gate)
        {
            System.IO.File.Delete(file);
            System.IO.File.Delete(NoteFile!);
        }
    }

    /// <summary>Restores what waits. What cannot be restored is set aside, and the gateway starts with what it has.</summary>
    /// <param name="cancellationToken">Gives up; it goes on waiting.</param>
    public async Task ApplyAsync(CancellationToken cancellationToken)
    {
        if (File is not { } file || Waiting() is not { } note) return;
        try
        {
            var restored = await StoreRestore.RunAsync(store, paths.Data!, file, note.Name, new Actor(note.Actor, note.Address), time, null, cancellationToken);
            Remove();
            Outcome = new RestoreOutcome(time.GetUtcNow(), true, note.Name, restored.Report.Rows, restored.Report.CreatedAt, Path.GetFileName(restored.Former), null);
            LogRestored(restored.Report.Rows, note.Name, restored.Former);
        }
        catch (StoreException ex)
        {
            var aside = StoreRestore.FreeName(paths.Data!, "restore-failed", time);
            System.IO.File.Move(file, aside);
            Remove();
            Outcome = new RestoreOutcome(time.GetUtcNow(), false, note.Name, note.Rows, note.CreatedAt, Path.GetFileName(aside), ex.Message);
            LogFailed(ex.Message, aside);
        }
    }

    [LoggerMessage(94, LogLevel.Information, "Restored {Rows} rows of {Name}. What was there before (without flows): {Former}")]
    private partial void LogRestored(long rows, string name, string former);

    [LoggerMessage(95, LogLevel.Error, "The backup that waited could not be restored, and the store is as it was: {Message} The file was set aside: {Aside}")]
    private partial void LogFailed(string message, string aside);
}

/// <summary>What is known of a backup that waits.</summary>
/// <param name="Name">What its owner calls the file.</param>
/// <param name="Actor">Who handed it over.</param>
/// <param name="Address">From which address.</param>
/// <param name="At">When.</param>
/// <param name="Rows">How many rows it has.</param>
/// <param name="Bytes">How large it is.</param>
/// <param name="Engine">The engine that made it.</param>
/// <param name="CreatedAt">When it was made.</param>
internal sealed record WaitingRestoreNote(string Name, string Actor, string Address, DateTimeOffset At, long Rows, long Bytes, string Engine, DateTimeOffset CreatedAt);

/// <summary>What came of a restore at the start.</summary>
/// <param name="At">When.</param>
/// <param name="Succeeded">Whether it was restored; if not, the store is as it was.</param>
/// <param name="Name">What its owner calls the file.</param>
/// <param name="Rows">How many rows it has.</param>
/// <param name="CreatedAt">When the backup was made.</param>
/// <param name="Kept">The file in the data folder that holds what was there before (without flows); after a failure the backup itself.</param>
/// <param name="Problem">Why it was not restored; null when it was.</param>
public sealed record RestoreOutcome(DateTimeOffset At, bool Succeeded, string Name, long Rows, DateTimeOffset CreatedAt, string Kept, string? Problem);
