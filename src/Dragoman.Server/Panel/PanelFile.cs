using System.Collections.Immutable;
using System.Security.Cryptography;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace Dragoman.Server.Panel;

/// <summary>A file of the panel.</summary>
internal sealed class PanelFile
{
    private readonly ImmutableArray<ContentForm> _forms;
    private readonly Func<string, Stream> _open;
    private readonly Lazy<string> _tag;

    /// <summary>Describes a file.</summary>
    /// <param name="path">Its path below the panel's folder.</param>
    /// <param name="forms">The compressed forms that it has, the best first.</param>
    /// <param name="open">Opens a path.</param>
    public PanelFile(string path, ImmutableArray<ContentForm> forms, Func<string, Stream> open)
    {
        (Path, _forms, _open) = (path, forms, open);
        _tag = new Lazy<string>(() =>
        {
            using var content = open(path);
            return Convert.ToHexStringLower(SHA256.HashData(content).AsSpan(0, 12));
        });
    }

    /// <summary>Its path below the panel's folder.</summary>
    public string Path { get; }

    /// <summary>Its media type.</summary>
    public string MediaType => System.IO.Path.GetExtension(Path).ToLowerInvariant() switch
    {
        ".html" => "text/html; charset=utf-8",
        ".js" or ".mjs" => "text/javascript; charset=utf-8",
        ".css" => "text/css; charset=utf-8",
        ".json" or ".map" => "application/json",
        ".webmanifest" => "application/manifest+json",
        ".svg" => "image/svg+xml",
        ".png" => "image/png",
        ".ico" => "image/x-icon",
        ".webp" => "image/webp",
        ".woff2" => "font/woff2",
        ".woff" => "font/woff",
        ".ttf" => "font/ttf",
        ".wasm" => "application/wasm",
        ".txt" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    };

    /// <summary>Answers with it, in the best form that the caller takes; 304 where the caller has it already.</summary>
    public async Task WriteAsync(HttpContext context)
    {
        var (request, response) = (context.Request, context.Response);
        var form = ContentForm.Choose(request.Headers.AcceptEncoding, _forms);
        var tag = $"\"{_tag.Value}{form.Mark}\"";
        response.Headers.ETag = tag;
        if (!_forms.IsEmpty) response.Headers.Append(HeaderNames.Vary, HeaderNames.AcceptEncoding);
        if (Has(request.Headers.IfNoneMatch, tag))
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        response.ContentType = MediaType;
        if (form.Coding.Length > 0) response.Headers.ContentEncoding = form.Coding;
        var content = _open(Path + form.Ending);
        await using (content)
        {
            response.ContentLength = content.Length;
            if (!HttpMethods.IsHead(request.Method)) await content.CopyToAsync(response.Body, context.RequestAborted);
        }
    }

    private static bool Has(StringValues known, string tag)
        => known.Count > 0 && EntityTagHeaderValue.TryParseList(known, out var tags) && tags.Any(one => one.Tag == "*" || one.Tag == tag);
}
