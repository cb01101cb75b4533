using Dragoman.Management.Emulators;
using Dragoman.Server.Surfaces.Access;

namespace Dragoman.Server.Surfaces.Dragoman;

/// <summary><c>/api/v1/emulators</c>: emulated upstreams beside the real accounts, on and off.</summary>
internal sealed class EmulatorRoutes(EmulatorService emulators) : IManagementRoutes
{
    public void Map(IEndpointRouteBuilder api)
    {
        var group = api.MapGroup("/emulators").WithTags("Gateway");
        group.MapGet("", () => TypedResults.Ok(emulators.Get()))
            .WithName("getEmulators").WithSummary("Whether emulated upstreams run in this process, and their accounts and models.");
        group.MapPost("/start", Task<Results<Ok<EmulatorsView>, ManagementErrorResult>> (HttpContext context, CancellationToken cancellationToken)
            => emulators.StartAsync(HttpActor.From(context), cancellationToken).ToOkAsync())
            .WithName("startEmulators").WithSummary("Starts emulated upstreams and connects accounts at them.")
            .WithDescription("Their models are called `emulated-…`, so that no request reaches them that does not ask for them. Nothing leaves this machine. What they answer is recorded, and counted at the prices of the models they play. They are this process's, and off after a restart.");
        group.MapPost("/stop", Task<Results<Ok<EmulatorsView>, ManagementErrorResult>> (HttpContext context, CancellationToken cancellationToken)
            => emulators.StopAsync(HttpActor.From(context), cancellationToken).ToOkAsync())
            .WithName("stopEmulators").WithSummary("Takes the accounts away and ends the emulated upstreams.");
    }
}
