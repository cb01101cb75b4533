using Dragoman.Gateway.Configuration;
using Dragoman.Gateway.Persistence;
using Dragoman.Server.DataFolders;
using Dragoman.Server.Management.Audit;
using Dragoman.Storage.Secrets;

namespace Dragoman.Server.Management.Backup;

/// <summary><c>POST /api/v1/backup</c>: a consistent copy of everything that lasts, while traffic goes on. And the change of the key that wraps its secrets.</summary>
internal sealed class BackupRoutes(DataFolderOptions folder, IGatewayStore store, AuditTrail audit, Func<GatewayConfig> config, SecretProtector secrets) : IManagementRoutes
{
    private const string Gzip = "application/gzip";

    public void Map(IEndpointRouteBuilder api)
    {
        api.MapPost("/backup", async Task<FileStreamHttpResult> (bool? withoutFlows, HttpContext context, CancellationToken cancellationToken) =>
        {
            var file = Path.Combine(folder.Path ?? Path.GetTempPath(), $"{Guid.NewGuid():N}{DataLeftovers.Ending}");
            var report = await store.BackupAsync(file, new BackupOptions { WithoutFlows = withoutFlows == true }, null, cancellationToken);
            // The name goes at once: whatever becomes of the download, nothing stays behind.
            var stream = new FileStream(file, new FileStreamOptions { Options = FileOptions.DeleteOnClose | FileOptions.Asynchronous | FileOptions.SequentialScan });
            context.Response.Headers["x-dragoman-rows"] = report.Rows.ToString(System.Globalization.CultureInfo.InvariantCulture);
            context.Response.ContentLength = stream.Length;
            await audit.RecordAsync(context, "backup.make", "", AuditTrail.Done, $"{report.Rows} rows{(withoutFlows == true ? ", without flows" : "")}");
            return TypedResults.Stream(stream, Gzip, $"dragoman-{report.CreatedAt:yyyyMMdd'T'HHmmss'Z'}.backup");
        }).WithName("makeBackup").WithTags("Gateway").WithSummary("Streams a backup of everything that lasts.").Produces<Stream>(200, Gzip)
            .WithDescription("Secrets in it stay wrapped: without master.key or DRAGOMAN_MASTER_KEY they cannot be read, so keep that apart and safe. 'dragoman restore' reads it back.");
        api.MapPost("/settings/rotate-key", async Task<Results<Ok<KeyRotationView>, ManagementError>> (bool? keepOld, bool? sharedKeyFile, HttpContext context, CancellationToken cancellationToken) =>
        {
            if (KeyRotation.Objection(config().Store, secrets, sharedKeyFile == true) is { } objection) return ManagementError.Conflict(objection, "key_file_not_shared");
            // A key from the environment is changed there; what is wrapped with the older one is wrapped anew all the same.
            if (!secrets.FromEnvironment) secrets.Rotate();
            var wrapped = await store.ReprotectAsync(secrets, cancellationToken);
            if (keepOld != true) secrets.DropOld();
            await audit.RecordAsync(context, "settings.rotate-key", "master.key", AuditTrail.Done, $"{wrapped} secrets wrapped anew{(keepOld == true ? ", the old key is kept" : "")}");
            return TypedResults.Ok(new KeyRotationView(wrapped, keepOld != true));
        }).WithName("rotateMasterKey").WithTags("Settings").WithSummary("Makes a new key for the secrets at rest and wraps them all anew.")
            .WithDescription("`keepOld=true` keeps the old key in master.key. On PostgreSQL a key in a file is changed only with `sharedKeyFile=true`, which says that every node reads this very file (409 otherwise). Where the key comes from DRAGOMAN_MASTER_KEY, put the new one there and the old one into DRAGOMAN_MASTER_KEY_PREVIOUS first.");
    }
}

/// <summary>Whether the master key may be changed.</summary>
internal static class KeyRotation
{
    /// <summary>What speaks against it, for people; null when nothing does.</summary>
    /// <param name="store">Which store.</param>
    /// <param name="secrets">The keys.</param>
    /// <param name="sharedKeyFile">Whether somebody answers for it that every node reads this process's file.</param>
    public static string? Objection(Dragoman.Gateway.Configuration.StoreOptions store, Dragoman.Storage.Secrets.SecretProtector secrets, bool sharedKeyFile)
        => store.Postgres is null || secrets.FromEnvironment || sharedKeyFile
            ? null
            : "Other nodes may use this database, and a new key in this node's master.key would leave them unable to open its secrets. If every node reads this very file, or there is no other node, "
                + "say --shared-key-file: they take the new key up by themselves. If each has a copy of its own, set DRAGOMAN_MASTER_KEY (the key of master.key) and DRAGOMAN_MASTER_KEY_PREVIOUS (a new key) on all of them and restart each, "
                + "then change the two over and restart each again, then run this.";
}

/// <summary>What a rotation did.</summary>
/// <param name="Secrets">How many secrets were wrapped anew.</param>
/// <param name="OldDropped">Whether the old key is gone.</param>
internal sealed record KeyRotationView(int Secrets, bool OldDropped);
