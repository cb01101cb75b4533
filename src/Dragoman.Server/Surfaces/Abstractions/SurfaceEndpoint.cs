using Dragoman.Gateway.Persistence;
using Dragoman.Management;
using Dragoman.Server.Surfaces.Access;
using Microsoft.AspNetCore.Http.Features;

namespace Dragoman.Server.Surfaces.Abstractions;

/// <summary>
/// The way in that every call of a surface's route takes: who calls is checked before anything is read, bodies are bounded, and what cannot be read or stored is
/// told in the surface's own form.
/// </summary>
internal sealed class SurfaceEndpoint(ManagementAuthorization authorization)
{
    /// <summary>Handles the calls of a route.</summary>
    public RequestDelegate For(ISurface surface, SurfaceRoute route) => context => HandleAsync(surface, route, context);

    private async Task HandleAsync(ISurface surface, SurfaceRoute route, HttpContext context)
    {
        if (await RefusalAsync(surface, route, context) is { } refusal)
        {
            await WriteErrorAsync(surface, refusal, context);
            return;
        }

        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size) size.MaxRequestBodySize = route.MostBytes;
        SurfaceAnswer answer;
        try
        {
            answer = await route.Handler(new SurfaceCall(context));
        }
        catch (BadHttpRequestException ex) when (!context.Response.HasStarted)
        {
            answer = surface.ErrorOf(ex.StatusCode == StatusCodes.Status413PayloadTooLarge
                ? ManagementError.Invalid($"The body is larger than the {route.MostBytes >> 10} KiB that this route takes.", null, "request_too_large")
                : ManagementError.Invalid(ex.Message, null, "invalid_request"));
        }
        catch (StoreException ex) when (!context.Response.HasStarted)
        {
            answer = surface.ErrorOf(ManagementError.Unavailable(ex));
        }

        await answer.WriteAsync(context);
    }

    private async ValueTask<ManagementError?> RefusalAsync(ISurface surface, SurfaceRoute route, HttpContext context) => route.Access switch
    {
        SurfaceAccess.Management => await authorization.CheckAsync(context, surface.SecretHeaders, route.SecretQuery, route.AlwaysAsksSecret),
        _ => null,
    };

    private static Task WriteErrorAsync(ISurface surface, ManagementError error, HttpContext context)
    {
        if (error.RetryAfter is { } wait) context.Response.Headers.RetryAfter = ((long)Math.Ceiling(wait.TotalSeconds)).ToString(System.Globalization.CultureInfo.InvariantCulture);
        return surface.ErrorOf(error).WriteAsync(context);
    }
}
