using Dragoman.Management.Backup;
using Dragoman.Management.Hosting;
using Dragoman.Server.Surfaces.Access;

namespace Dragoman.Server.Surfaces.Dragoman;

/// <summary><c>/api/v1/restore</c>: a backup is handed over and restored at the next start. And <c>POST /api/v1/restart</c>.</summary>
internal sealed class RestoreRoutes(RestoreService restores, RestartService restarts) : IManagementRoutes
{
    /// <summary>Larger ones are restored by the command, from where they are.</summary>
    private const long MostBackup = 4L << 30;

    public void Map(IEndpointRouteBuilder api)
    {
        var group = api.MapGroup("/restore").WithTags("Gateway");
        group.MapGet("", () => TypedResults.Ok(restores.Get()))
            .WithName("getRestore").WithSummary("The backup that is restored at the next start, and what came of the last.");
        group.MapPut("", Task<Results<Ok<RestoreView>, ManagementErrorResult>> (string? name, HttpContext context, CancellationToken cancellationToken)
            => restores.PutAsync(context.Request.Body, name, HttpActor.From(context), cancellationToken).ToOkAsync())
            .WithMetadata(new ManagementRoute(MostBackup)).Accepts<Stream>("application/gzip", "application/octet-stream")
            .WithName("putRestore").WithSummary("Takes a backup in, which replaces everything in the store at the next start.")
            .WithDescription("It is read through first; a file that is no whole backup, or a newer program's, is refused (400). What the store holds at the next start is kept, without flows, as before-restore-….backup in the data folder. Not on PostgreSQL (409 `store_shared`): stop all nodes and run `dragoman restore`. Up to 4 GiB.");
        group.MapDelete("", Task<Results<NoContent, ManagementErrorResult>> (HttpContext context) => restores.DiscardAsync(HttpActor.From(context)).ToNoContentAsync())
            .WithName("discardRestore").WithSummary("Forgets the backup that waits.");
        api.MapPost("/restart", async Task<Results<Accepted, ManagementErrorResult>> (HttpContext context)
            => await restarts.RestartAsync(HttpActor.From(context)) is { } error ? ManagementErrorResult.From(error) : TypedResults.Accepted((string?)null))
            .WithName("restart").WithTags("Gateway").WithSummary("Stops the gateway and starts it again.")
            .WithDescription("Open requests finish within the configured time; new ones are refused until it is back. 409 `cannot_restart` where the gateway runs inside another program.");
    }
}
