using Dragoman.Gateway.Requests;
using Dragoman.Server.Http;
using Dragoman.Server.Listeners;
using Microsoft.Net.Http.Headers;

namespace Dragoman.Server.Panel;

/// <summary>The panel on the gateway's own listeners: at <c>/</c> for browsers, and below <c>/panel</c>, where every address that is no file is a page of it.</summary>
internal static class PanelModule
{
    private const string Assets = "assets/";
    private static readonly string[] GetOrHead = ["GET", "HEAD"];

    /// <summary>Registers it.</summary>
    public static IServiceCollection AddPanel(this IServiceCollection services) => services.AddSingleton(_ => PanelFiles.Embedded()).AddSingleton<PanelPage>().AddSingleton<PanelAddress>();

    /// <summary>Maps it.</summary>
    public static void MapPanel(this WebApplication app)
    {
        var (files, page) = (app.Services.GetRequiredService<PanelFiles>(), app.Services.GetRequiredService<PanelPage>());
        // Before what all listeners answer there.
        app.MapMethods("/", GetOrHead, context => RootAsync(context, page)).OnSurface(Surface.Dragoman).WithOrder(-1);
        app.MapMethods(PanelPage.Path + "/{**path}", GetOrHead, context => PanelAsync(context, files, page)).OnSurface(Surface.Dragoman);
    }

    private static Task RootAsync(HttpContext context, PanelPage page)
    {
        context.Response.Headers.Append(HeaderNames.Vary, HeaderNames.Accept);
        return page.IsOn && PanelPage.IsWanted(context.Request) ? page.WriteAsync(context) : Greeting.WriteAsync(context);
    }

    private static Task PanelAsync(HttpContext context, PanelFiles files, PanelPage page)
    {
        var path = context.Request.RouteValues["path"] as string ?? "";
        if (!page.IsOn) return NotFound(context);
        if (path != PanelFiles.Index && files.Find(path) is { } file)
        {
            if (path.StartsWith(Assets, StringComparison.Ordinal)) PanelHeaders.WriteAsset(context.Response.Headers);
            else PanelHeaders.WriteFile(context.Response.Headers);
            return file.WriteAsync(context);
        }

        // A file that is not there is no page; but the name of a model in a page's address may look like one.
        var isFile = path.StartsWith(Assets, StringComparison.Ordinal) || (Path.HasExtension(path) && path != PanelFiles.Index && !PanelPage.IsWanted(context.Request));
        return isFile ? NotFound(context) : page.WriteAsync(context);
    }

    /// <summary>What the pipeline makes a proper answer of.</summary>
    private static Task NotFound(HttpContext context)
    {
        context.Response.StatusCode = StatusCodes.Status404NotFound;
        return Task.CompletedTask;
    }
}
