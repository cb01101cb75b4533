using System.Globalization;
using Dragoman.Management.Backup;
using Dragoman.Server.Surfaces.Access;

namespace Dragoman.Server.Surfaces.Dragoman;

/// <summary><c>POST /api/v1/backup</c>: a consistent copy of everything that lasts, while traffic goes on. And the change of the key that wraps its secrets.</summary>
internal sealed class BackupRoutes(BackupService backups) : IManagementRoutes
{
    private const string Gzip = "application/gzip";

    public void Map(IEndpointRouteBuilder api)
    {
        api.MapPost("/backup", async Task<Results<FileStreamHttpResult, ManagementErrorResult>> (bool? withoutFlows, HttpContext context, CancellationToken cancellationToken) =>
        {
            var made = await backups.MakeAsync(withoutFlows == true, HttpActor.From(context), cancellationToken);
            if (!made.Succeeded) return ManagementErrorResult.From(made.Error);
            var backup = made.Value;
            context.Response.Headers["x-dragoman-rows"] = backup.Rows.ToString(CultureInfo.InvariantCulture);
            context.Response.ContentLength = backup.Content.Length;
            return TypedResults.Stream(backup.Content, Gzip, backup.FileName);
        }).WithName("makeBackup").WithTags("Gateway").WithSummary("Streams a backup of everything that lasts.").Produces<Stream>(200, Gzip)
            .WithDescription("Secrets in it stay wrapped: without master.key or DRAGOMAN_MASTER_KEY they cannot be read, so keep that apart and safe. 'dragoman restore' reads it back.");
        api.MapPost("/settings/rotate-key", Task<Results<Ok<KeyRotationView>, ManagementErrorResult>> (bool? keepOld, bool? sharedKeyFile, HttpContext context, CancellationToken cancellationToken)
            => backups.RotateMasterKeyAsync(keepOld == true, sharedKeyFile == true, HttpActor.From(context), cancellationToken).ToOkAsync())
            .WithName("rotateMasterKey").WithTags("Settings").WithSummary("Makes a new key for the secrets at rest and wraps them all anew.")
            .WithDescription("`keepOld=true` keeps the old key in master.key. On PostgreSQL a key in a file is changed only with `sharedKeyFile=true`, which says that every node reads this very file (409 otherwise). Where the key comes from DRAGOMAN_MASTER_KEY, put the new one there and the old one into DRAGOMAN_MASTER_KEY_PREVIOUS first.");
    }
}
