using System.Text.Encodings.Web;
using Dragoman.Management.Logins;

namespace Dragoman.Server.Surfaces.Logins;

/// <summary>What a browser shows that comes back from a vendor: plain HTML that loads nothing and runs nothing.</summary>
/// <param name="page">What it says.</param>
internal sealed class CallbackPageResult(CallbackPage page) : IResult
{
    public Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.StatusCode = page.Succeeded ? 200 : 400;
        response.ContentType = "text/html; charset=utf-8";
        response.Headers.ContentSecurityPolicy = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
        response.Headers.XContentTypeOptions = "nosniff";
        response.Headers.CacheControl = "no-store";
        // The address has the code in it.
        response.Headers["Referrer-Policy"] = "no-referrer";
        response.Headers["Cross-Origin-Opener-Policy"] = "same-origin";
        var (title, text) = (HtmlEncoder.Default.Encode(page.Title), HtmlEncoder.Default.Encode(page.Text));
        var next = page.Next is { } address && (address.Scheme == Uri.UriSchemeHttps || address.Scheme == Uri.UriSchemeHttp)
            ? $"<p><a href=\"{HtmlEncoder.Default.Encode(address.AbsoluteUri)}\" rel=\"noreferrer\">{HtmlEncoder.Default.Encode(address.Host)}</a></p>\n" : "";
        return response.WriteAsync(
            $"<!doctype html>\n<html lang=\"en\">\n<head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\"><title>{title}</title></head>\n<body>\n<h1>{title}</h1>\n<p>{text}</p>\n{next}</body>\n</html>\n",
            httpContext.RequestAborted);
    }
}
