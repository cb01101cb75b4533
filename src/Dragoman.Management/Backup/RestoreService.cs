using System.Buffers;
using System.Globalization;
using Dragoman.Gateway.Configuration;
using Dragoman.Gateway.Persistence;
using Dragoman.Management.Audit;
using Dragoman.Management.Hosting;
using Dragoman.Storage.Secrets;

namespace Dragoman.Management.Backup;

/// <summary>Takes a backup in to be restored at the next start, and forgets it again.</summary>
public sealed class RestoreService(ManagementPaths paths, IGatewayStore store, WaitingRestore waiting, IGatewayProcess process, Func<GatewayConfig> config, AuditTrail audit, TimeProvider time)
{
    private const int MostName = 200;
    private const int CopySize = 1 << 16;

    /// <summary>What waits, and what came of the last.</summary>
    public RestoreView Get() => new(Objection() is null, Objection()?.Message, process.CanRestart, waiting.Waiting() is { } note ? WaitingRestoreView.From(note) : null, waiting.Outcome);

    /// <summary>Keeps a backup until the next start. It is read through first; one that waits already is replaced.</summary>
    /// <param name="content">The file's bytes.</param>
    /// <param name="name">What its owner calls it; null for no name.</param>
    /// <param name="actor">Who hands it over.</param>
    /// <param name="cancellationToken">Gives up; nothing is left behind.</param>
    public async Task<ManagementResult<RestoreView>> PutAsync(Stream content, string? name, Actor actor, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(content);
        ArgumentNullException.ThrowIfNull(actor);
        if (Objection() is { } objection) return objection;
        var part = Path.Combine(paths.Data!, $"{Guid.NewGuid():N}{BackupService.TemporaryEnding}");
        try
        {
            if (await SaveAsync(content, part, cancellationToken) is { } fault) return fault;
            var report = await store.InspectBackupAsync(part, cancellationToken);
            var called = name is { Length: > 0 } ? Path.GetFileName(name) : "a backup";
            waiting.Put(part, new WaitingRestoreNote(called.Length > MostName ? called[..MostName] : called, actor.Name, actor.Address, time.GetUtcNow(), report.Rows, report.Bytes, report.Engine, report.CreatedAt));
            await audit.RecordAsync(actor, "restore.prepare", called, AuditTrail.Done, string.Create(CultureInfo.InvariantCulture, $"{report.Rows} rows of {report.CreatedAt:O}"));
            return Get();
        }
        catch (StoreException ex) when (ex.Fault is StoreFault.Invalid or StoreFault.TooNew)
        {
            // The message names the file, which is ours and not the owner's.
            return ManagementError.Invalid(ex.Message.Replace(part, "The file", StringComparison.Ordinal), "body", "backup_unreadable");
        }
        catch (StoreException ex)
        {
            return ManagementError.Unavailable(ex);
        }
        finally
        {
            File.Delete(part);
        }
    }

    /// <summary>Forgets what waits.</summary>
    /// <param name="actor">Who does.</param>
    public async Task<ManagementError?> DiscardAsync(Actor actor)
    {
        if (waiting.Waiting() is not { } note) return ManagementError.NotFound("No backup waits to be restored.");
        waiting.Remove();
        await audit.RecordAsync(actor, "restore.discard", note.Name);
        return null;
    }

    /// <summary>Writes what comes to a file. A caller that goes away is the caller's matter; a disk that is full is ours to say.</summary>
    private static async Task<ManagementError?> SaveAsync(Stream content, string part, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(CopySize);
        try
        {
            await using var file = PrivateFiles.OpenNew(part);
            while (await content.ReadAsync(buffer, cancellationToken) is var read and > 0)
            {
                try
                {
                    await file.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
                }
                catch (IOException ex)
                {
                    return ManagementError.Conflict($"The data folder does not take the file: {ex.Message}", "no_room");
                }
            }

            file.Flush(flushToDisk: true);
            return null;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private ManagementError? Objection()
    {
        if (paths.Data is null) return ManagementError.Conflict("This gateway keeps nothing: it has no data folder.", "no_data_folder");
        return config().Store.Postgres is null
            ? null
            : ManagementError.Conflict("Other nodes may use this database, and what they hold in memory would be written over the restored.", "store_shared", "Stop all of them and run 'dragoman restore FILE'.");
    }
}

/// <summary>Restores: what waits, and what came of the last.</summary>
/// <param name="Possible">Whether a backup may be handed over.</param>
/// <param name="Objection">What speaks against it; null for nothing.</param>
/// <param name="CanRestart">Whether <c>POST /restart</c> works here; where it does not, whoever runs the gateway stops and starts it.</param>
/// <param name="Waiting">The backup that is restored at the next start; null for none.</param>
/// <param name="Last">What came of the one that was restored at this start; null for none.</param>
public sealed record RestoreView(bool Possible, string? Objection, bool CanRestart, WaitingRestoreView? Waiting, RestoreOutcome? Last);

/// <summary>A backup that waits for the next start.</summary>
/// <param name="Name">What its owner calls the file.</param>
/// <param name="At">When it was handed over.</param>
/// <param name="Rows">How many rows it has.</param>
/// <param name="Bytes">How large it is.</param>
/// <param name="Engine">The engine that made it: <c>sqlite</c> or <c>postgresql</c>.</param>
/// <param name="CreatedAt">When it was made.</param>
public sealed record WaitingRestoreView(string Name, DateTimeOffset At, long Rows, long Bytes, string Engine, DateTimeOffset CreatedAt)
{
    internal static WaitingRestoreView From(WaitingRestoreNote note) => new(note.Name, note.At, note.Rows, note.Bytes, note.Engine, note.CreatedAt);
}
