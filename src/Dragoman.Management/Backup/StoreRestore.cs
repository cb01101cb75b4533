using System.Globalization;
using Dragoman.Gateway.Persistence;

namespace Dragoman.Management.Backup;

/// <summary>Replaces what a store holds by a backup, while nobody else works with the store.</summary>
public static class StoreRestore
{
    /// <summary>Keeps what is there, without flows, in a backup of its own; replaces it; and writes that down in the restored store.</summary>
    /// <param name="store">The store.</param>
    /// <param name="folder">Where the backup of what is there is kept.</param>
    /// <param name="file">The backup that is restored.</param>
    /// <param name="name">What people call that backup.</param>
    /// <param name="actor">Who restores it.</param>
    /// <param name="time">The clock.</param>
    /// <param name="progress">Rows so far, or null.</param>
    /// <param name="cancellationToken">Gives up; the old content stays.</param>
    /// <exception cref="StoreException">The file is no whole backup, or the store does not take it.</exception>
    public static async Task<StoreRestored> RunAsync(IGatewayStore store, string folder, string file, string name, Actor actor, TimeProvider time, IProgress<long>? progress, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(store);
        ArgumentNullException.ThrowIfNull(actor);
        ArgumentNullException.ThrowIfNull(time);
        var former = FreeName(folder, "before-restore", time);
        await store.BackupAsync(former, new BackupOptions { WithoutFlows = true }, null, cancellationToken);
        var report = await store.RestoreAsync(file, progress, cancellationToken);
        var detail = string.Create(CultureInfo.InvariantCulture, $"{report.Rows} rows of {report.CreatedAt:O}");
        await store.Audit.AppendAsync([new AuditEntry(time.GetUtcNow(), actor.Name, actor.Address, "backup.restore", name, "done", detail)], cancellationToken);
        return new StoreRestored(report, former);
    }

    /// <summary>A name that is free: an earlier copy may be the very file that is restored.</summary>
    internal static string FreeName(string folder, string beginning, TimeProvider time)
    {
        var stem = Path.Combine(folder, $"{beginning}-{time.GetUtcNow().ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture)}");
        var name = $"{stem}.backup";
        for (var number = 2; File.Exists(name); number++) name = string.Create(CultureInfo.InvariantCulture, $"{stem}-{number}.backup");
        return name;
    }
}

/// <summary>What a restore did.</summary>
/// <param name="Report">What was restored.</param>
/// <param name="Former">The file in which what was there before is kept, without flows.</param>
public sealed record StoreRestored(BackupReport Report, string Former);
