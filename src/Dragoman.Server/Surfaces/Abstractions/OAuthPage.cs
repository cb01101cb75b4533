using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using Dragoman.Management.Logins;

namespace Dragoman.Server.Surfaces.Abstractions;

/// <summary>
/// What a browser shows that comes back to a surface after signing in. Where it worked, the page that opened the window is told so (<c>{"type":"oauth-success"}</c>, which holds no secret) and the window
/// closes after three seconds, as the pages of these systems expect; nothing but that script runs.
/// </summary>
internal static class OAuthPage
{
    private const string Script = "if (window.opener) window.opener.postMessage({ type: 'oauth-success' }, '*'); setTimeout(function () { window.close(); }, 3000);";

    private static readonly string Policy = $"default-src 'none'; script-src 'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(Script)))}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    /// <summary>The page.</summary>
    public static SurfaceAnswer For(CallbackPage page)
    {
        var (title, text) = (HtmlEncoder.Default.Encode(page.Title), HtmlEncoder.Default.Encode(page.Text));
        var script = page.Succeeded ? $"<script>{Script}</script>\n" : "";
        return SurfaceAnswer.Html(
            page.Succeeded ? 200 : 400,
            $"<!doctype html>\n<html lang=\"en\">\n<head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\"><title>{title}</title></head>\n<body>\n<h1>{title}</h1>\n<p>{text}</p>\n{script}</body>\n</html>\n",
            [new("Content-Security-Policy", Policy), new("X-Content-Type-Options", "nosniff"), new("Cache-Control", "no-store"), new("Referrer-Policy", "no-referrer")]);
    }
}
