using Dragoman.Gateway.Requests;
using Dragoman.Server.Listeners;

namespace Dragoman.Server.Surfaces.Abstractions;

/// <summary>Finds a route of a surface for what the gateway's own listeners have no route for.</summary>
internal static class SharedSurfaceRoutes
{
    private static readonly object NotAllowed = new();

    /// <summary>Adds the second look: behind routing, before anything that asks which route a request has.</summary>
    public static void UseSharedSurfaceRoutes(this WebApplication app)
    {
        var map = app.Services.GetRequiredService<SurfaceMap>();
        app.Use(next =>
        {
            // Routing of its own, whose table is made at the first request that comes here. It only chooses: endpoints run where all of them do.
            var second = new ApplicationBuilder(app.Services);
            second.UseRouting();
            second.Use(_ => context => FoundAsync(context, next));
            second.UseEndpoints(endpoints => endpoints.DataSources.Add(map.Shared));
            var look = second.Build();
            return context => context.GetEndpoint() is RouteEndpoint || ListenerSurface.Get(context) != Surface.Dragoman ? next(context) : LookAsync(context, look);
        });
    }

    private static Task LookAsync(HttpContext context, RequestDelegate look)
    {
        // What is no route is the framework's 405: the address is known, its method is not.
        if (context.GetEndpoint() is { } notAllowed)
        {
            context.Items[NotAllowed] = notAllowed;
            context.SetEndpoint(null);
        }

        return look(context);
    }

    private static Task FoundAsync(HttpContext context, RequestDelegate next)
    {
        if (context.Items.Remove(NotAllowed, out var first) && context.GetEndpoint() is not RouteEndpoint) context.SetEndpoint((Endpoint?)first);
        return next(context);
    }
}
