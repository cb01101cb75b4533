using Dragoman.Management.Imports;
using Dragoman.Server.Surfaces.Access;

namespace Dragoman.Server.Surfaces.Dragoman;

/// <summary><c>/api/v1/imports</c>: what other systems have is taken over.</summary>
internal sealed class SystemImportRoutes(SystemImportService imports) : IManagementRoutes
{
    private const long MostBytes = 32 << 20;

    public void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("/imports", () => TypedResults.Ok(new ImportableSystemListView(imports.Systems)))
            .WithName("listImports").WithTags("Imports").WithSummary("The systems whose data can be taken over, and which of their files are read.");

        api.MapPost("/imports/{system}", Task<Results<Ok<SystemImportView>, ManagementErrorResult>> (string system, SystemImportBody body, HttpContext context, CancellationToken cancellationToken)
            => imports.RunAsync(system, body.Files, body.Apply, body.Acknowledged, new Uri($"{context.Request.Scheme}://{context.Request.Host}"), HttpActor.From(context), cancellationToken).ToOkAsync())
            .WithMetadata(new ManagementRoute(MostBytes))
            .WithName("importSystem").WithTags("Imports").WithSummary("Takes over what another system has, or shows what would be done.")
            .WithDescription("Settings and keys go into the configuration's file, logins into the store. What is here already stays; the same files can be imported again. Without `apply` nothing is changed and the answer is the plan: a finding for everything that the files have.");
    }
}

/// <summary>The systems.</summary>
/// <param name="Systems">One for each.</param>
internal sealed record ImportableSystemListView(IReadOnlyList<ImportableSystem> Systems);

/// <summary>The files of a system.</summary>
/// <param name="Files">The files.</param>
/// <param name="Apply">Whether it is done; else it is the plan that is shown.</param>
/// <param name="Acknowledged">Whether the positions of vendors that forbid use by other programs were read.</param>
internal sealed record SystemImportBody(IReadOnlyList<ImportFile> Files, bool Apply = false, bool Acknowledged = false);
