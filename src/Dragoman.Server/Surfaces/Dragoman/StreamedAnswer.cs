namespace Dragoman.Server.Surfaces.Dragoman;

/// <summary>An answer that is written as it is made. Browsers take it as what it says it is, and run nothing in it.</summary>
/// <param name="contentType">Its media type.</param>
/// <param name="fileName">The name it is saved under, or null.</param>
/// <param name="write">Writes it.</param>
internal sealed class StreamedAnswer(string contentType, string? fileName, Func<Stream, CancellationToken, Task> write) : IResult
{
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.ContentType = contentType;
        response.Headers.XContentTypeOptions = "nosniff";
        response.Headers.ContentSecurityPolicy = "sandbox";
        response.Headers.CacheControl = "no-store";
        if (fileName is not null) response.Headers.ContentDisposition = $"attachment; filename=\"{fileName}\"";
        await write(response.Body, httpContext.RequestAborted);
    }
}
