using System.Text;
using Dragoman.Gateway.Configuration;
using Microsoft.Net.Http.Headers;

namespace Dragoman.Server.Panel;

/// <summary>
/// The panel's page. It is static and holds nothing of this gateway, so whoever reaches the listener may load it; what it shows, it asks of <c>/api/v1</c>. Where the panel was not built, a page without
/// scripts says so.
/// </summary>
internal sealed class PanelPage(PanelFiles files, Func<GatewayConfig> config)
{
    /// <summary>Where the panel stands; its pages have addresses below.</summary>
    public const string Path = "/panel";

    private const string MissingPolicy = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

    private static readonly byte[] Missing = Encoding.UTF8.GetBytes("""
        <!doctype html>
        <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Dragoman</title>
        <style>body{font:16px/1.5 system-ui,sans-serif;max-width:40rem;margin:15vh auto;padding:0 1rem;color-scheme:light dark}code{font-family:ui-monospace,monospace}</style></head>
        <body><h1>Dragoman runs</h1>
        <p>The panel was not built into this program. To build it, install Node.js (20.19 or newer) and run <code>./dragoman serve</code> in the folder of the sources; or run <code>npm install &amp;&amp; npm run build</code> in
        <code>panel</code>, and build the gateway again.</p>
        <p>Everything that the panel does can be done by the command <code>dragoman</code> and by <code>/api/v1</code>.</p></body></html>
        """);

    /// <summary>Whether there is to be a panel: its owner can turn it off.</summary>
    public bool IsOn => !config().Management.DisableControlPanel;

    /// <summary>Whether a request is a person's, in a browser: it asks for a page rather than for anything else.</summary>
    public static bool IsWanted(HttpRequest request)
    {
        if (!MediaTypeHeaderValue.TryParseList(request.Headers.Accept, out var accepted)) return false;
        var (page, data) = (QualityOf("text/html"), QualityOf("application/json"));
        return page > 0 && page >= data;

        double QualityOf(string type) => accepted.Where(one => one.MediaType.Equals(type, StringComparison.OrdinalIgnoreCase)).Select(one => one.Quality ?? 1).DefaultIfEmpty(0).Max();
    }

    /// <summary>Answers with the page.</summary>
    public Task WriteAsync(HttpContext context)
    {
        PanelHeaders.WritePage(context.Response.Headers);
        if (files.Find(PanelFiles.Index) is { } index) return index.WriteAsync(context);
        var response = context.Response;
        response.Headers.ContentSecurityPolicy = MissingPolicy;
        response.Headers.CacheControl = "no-store";
        response.ContentType = "text/html; charset=utf-8";
        response.ContentLength = Missing.Length;
        return HttpMethods.IsHead(context.Request.Method) ? Task.CompletedTask : response.Body.WriteAsync(Missing, context.RequestAborted).AsTask();
    }
}
