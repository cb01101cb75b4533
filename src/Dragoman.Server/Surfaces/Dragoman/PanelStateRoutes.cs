using System.Text.Json.Nodes;
using Dragoman.Management.Settings;

namespace Dragoman.Server.Surfaces.Dragoman;

/// <summary><c>/api/v1/panel/state</c>: what the panel's pages remember, kept in the gateway in place of the browser.</summary>
internal sealed class PanelStateRoutes(PanelState panel) : IManagementRoutes
{
    public void Map(IEndpointRouteBuilder api)
    {
        var group = api.MapGroup("/panel/state").WithTags("Panel");
        group.MapGet("", async Task<Results<Ok<PanelStateView>, ManagementErrorResult>> (HttpContext context, CancellationToken cancellationToken) =>
        {
            var read = await panel.GetAsync(cancellationToken);
            if (read.Succeeded) context.Response.Headers.ETag = $"\"{read.Value.Version}\"";
            return read.ToOk();
        }).WithName("getPanelState").WithSummary("What the panel's pages remember: saved views and preferences. Its ETag is the version.");

        group.MapPut("", async Task<Results<Ok<PanelStateView>, ManagementErrorResult>> (PanelStateBody body, HttpContext context, CancellationToken cancellationToken) =>
        {
            if (context.Request.Headers.IfMatch.ToString() is not { Length: > 0 } version)
                return ManagementErrorResult.Invalid("Send If-Match with the version that was read, so that no other page's change is lost; '*' replaces whatever is there.", "If-Match", "precondition_required");
            var saved = await panel.SetAsync(body.State, version, cancellationToken);
            if (!saved.Succeeded) return ManagementErrorResult.From(saved.Error, versionConflict: StatusCodes.Status412PreconditionFailed);
            context.Response.Headers.ETag = $"\"{saved.Value.Version}\"";
            return TypedResults.Ok(saved.Value);
        }).WithName("putPanelState").WithSummary("Replaces what the panel's pages remember: one JSON object, at most 256 kB, nothing secret.")
            .WithDescription("`If-Match` names the version that was read (`0` where nothing was kept yet), or is `*`; 412 when another page was faster.");
    }
}

/// <summary>What the panel's pages want remembered.</summary>
/// <param name="State">The object.</param>
internal sealed record PanelStateBody(JsonObject State);
