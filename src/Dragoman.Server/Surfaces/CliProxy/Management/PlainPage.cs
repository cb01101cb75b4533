using System.Net;
using Dragoman.Server.Surfaces.Abstractions;

namespace Dragoman.Server.Surfaces.CliProxy.Management;

/// <summary>A page of a heading and a few words, without scripts.</summary>
internal static class PlainPage
{
    private static readonly KeyValuePair<string, string>[] Headers =
    [
        new("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"), new("Cache-Control", "no-store"), new("X-Content-Type-Options", "nosniff"),
        new("Referrer-Policy", "no-referrer"),
    ];

    /// <summary>The page.</summary>
    public static SurfaceAnswer Answer(string title, string text) => SurfaceAnswer.Html(200, $$"""
        <!doctype html>
        <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{{WebUtility.HtmlEncode(title)}}</title>
        <style>body{font:16px/1.5 system-ui,sans-serif;max-width:40rem;margin:15vh auto;padding:0 1rem;color-scheme:light dark}</style></head>
        <body><h1>{{WebUtility.HtmlEncode(title)}}</h1><p>{{WebUtility.HtmlEncode(text)}}</p></body></html>
        """).With(Headers);
}
