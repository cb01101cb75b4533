namespace Dragoman.Server.Surfaces.Kiro;

/// <summary>The gateway's address as a caller reaches it.</summary>
internal static class KiroAddress
{
    /// <summary>By the request's own host; behind a proxy that ends TLS, with the scheme that it names.</summary>
    public static Uri Of(HttpContext context)
    {
        var request = context.Request;
        var scheme = request.Headers["X-Forwarded-Proto"] == "https" ? "https" : request.Scheme;
        return Uri.TryCreate($"{scheme}://{request.Host.Value}", UriKind.Absolute, out var address) ? address : new Uri($"http://127.0.0.1:{context.Connection.LocalPort}");
    }
}
