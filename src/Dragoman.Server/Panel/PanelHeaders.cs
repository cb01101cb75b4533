namespace Dragoman.Server.Panel;

/// <summary>The headers of the panel's answers: what the page may do, and how long a browser keeps it.</summary>
internal static class PanelHeaders
{
    /// <summary>
    /// The page loads what this gateway serves and nothing else, runs nothing that stands in its text, and makes no markup of text: what an upstream or a client put into a name stays a name. The front end
    /// keeps to it without exception, so there is none here. The one policy of trusted types is what a worker cannot be started without: it lets only files of the panel pass.
    /// </summary>
    private const string Policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; worker-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'; "
        + "frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types dragoman-worker";

    private const string NoFeatures = "accelerometer=(), autoplay=(), camera=(), display-capture=(), encrypted-media=(), fullscreen=(), geolocation=(), gyroscope=(), hid=(), magnetometer=(), microphone=(), midi=(), payment=(), "
        + "picture-in-picture=(), publickey-credentials-get=(), screen-wake-lock=(), serial=(), usb=(), xr-spatial-tracking=(), clipboard-write=(self)";

    /// <summary>For the page.</summary>
    public static void WritePage(IHeaderDictionary headers)
    {
        WriteShared(headers);
        headers.ContentSecurityPolicy = Policy;
        headers.CacheControl = "no-cache";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Permissions-Policy"] = NoFeatures;
        headers["X-Frame-Options"] = "DENY";
    }

    /// <summary>For a file whose name changes with its content.</summary>
    public static void WriteAsset(IHeaderDictionary headers)
    {
        WriteShared(headers);
        // A worker or an image that is opened by itself may do no more than one that the page loads.
        headers.ContentSecurityPolicy = Policy;
        headers.CacheControl = "public, max-age=31536000, immutable";
    }

    /// <summary>For a file that keeps its name.</summary>
    public static void WriteFile(IHeaderDictionary headers)
    {
        WriteAsset(headers);
        headers.CacheControl = "no-cache";
    }

    private static void WriteShared(IHeaderDictionary headers)
    {
        headers.XContentTypeOptions = "nosniff";
        // The gateway itself sees which of its pages asks; nobody else learns the address of one.
        headers["Referrer-Policy"] = "same-origin";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
    }
}
