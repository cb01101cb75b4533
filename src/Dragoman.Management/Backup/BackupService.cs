using System.Globalization;
using Dragoman.Gateway.Configuration;
using Dragoman.Gateway.Persistence;
using Dragoman.Management.Audit;
using Dragoman.Management.Hosting;
using Dragoman.Storage.Secrets;

namespace Dragoman.Management.Backup;

/// <summary>A consistent copy of everything that lasts, made while traffic goes on; and the change of the key that wraps its secrets.</summary>
public sealed class BackupService(ManagementPaths paths, IGatewayStore store, SecretProtector secrets, Func<GatewayConfig> config, AuditTrail audit)
{
    /// <summary>How the names of half-written files end.</summary>
    public const string TemporaryEnding = ".part";

    /// <summary>Makes a backup. Secrets in it stay wrapped.</summary>
    /// <param name="withoutFlows">Whether flows and their bodies are left out.</param>
    /// <param name="actor">Who makes it.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<ManagementResult<BackupFile>> MakeAsync(bool withoutFlows, Actor actor, CancellationToken cancellationToken) => StoreCalls.RunAsync<BackupFile>(async () =>
    {
        var file = Path.Combine(paths.Temporary, $"{Guid.NewGuid():N}{TemporaryEnding}");
        var report = await store.BackupAsync(file, new BackupOptions { WithoutFlows = withoutFlows }, null, cancellationToken);
        // The name goes at once: whatever becomes of the download, nothing stays behind.
        var content = new FileStream(file, new FileStreamOptions { Options = FileOptions.DeleteOnClose | FileOptions.Asynchronous | FileOptions.SequentialScan });
        await audit.RecordAsync(actor, "backup.make", "", AuditTrail.Done, $"{report.Rows} rows{(withoutFlows ? ", without flows" : "")}");
        return new BackupFile(content, string.Create(CultureInfo.InvariantCulture, $"dragoman-{report.CreatedAt:yyyyMMdd'T'HHmmss'Z'}.backup"), report.Rows);
    });

    /// <summary>Makes a new key for the secrets at rest and wraps them all anew.</summary>
    /// <param name="keepOld">Whether the old key stays in the key file.</param>
    /// <param name="isKeyFileShared">Whether somebody answers for it that every node on the store reads this process's key file.</param>
    /// <param name="actor">Who rotates it.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<ManagementResult<KeyRotationView>> RotateMasterKeyAsync(bool keepOld, bool isKeyFileShared, Actor actor, CancellationToken cancellationToken) => StoreCalls.RunAsync<KeyRotationView>(async () =>
    {
        if (KeyRotation.Objection(config().Store, secrets, isKeyFileShared) is { } objection) return ManagementError.Conflict(objection, "key_file_not_shared");
        // A key from the environment is changed there; what is wrapped with the older one is wrapped anew all the same.
        if (!secrets.FromEnvironment) secrets.Rotate();
        var wrapped = await store.ReprotectAsync(secrets, cancellationToken);
        if (!keepOld) secrets.DropOld();
        await audit.RecordAsync(actor, "settings.rotate-key", "master.key", AuditTrail.Done, $"{wrapped} secrets wrapped anew{(keepOld ? ", the old key is kept" : "")}");
        return new KeyRotationView(wrapped, !keepOld);
    });
}

/// <summary>A backup that was made.</summary>
/// <param name="Content">Its bytes; the caller closes it, and with that the file is gone.</param>
/// <param name="FileName">The name it is saved under.</param>
/// <param name="Rows">How many rows it has.</param>
public sealed record BackupFile(Stream Content, string FileName, long Rows);
