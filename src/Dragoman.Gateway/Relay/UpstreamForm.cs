using System.IO.Compression;

namespace Dragoman.Gateway.Relay;

/// <summary>In which form an upstream answered; not every one keeps to what it was asked for.</summary>
internal static class UpstreamForm
{
    /// <summary>Whether the answer is a stream of events.</summary>
    public static bool IsEventStream(HttpResponseMessage response)
        => response.Content.Headers.ContentType?.MediaType is "text/event-stream" or "application/vnd.amazon.eventstream";

    /// <summary>Whether the answer is a web page: a proxy's, a login's, or another program's altogether.</summary>
    public static bool IsPage(HttpResponseMessage response)
        => response.Content.Headers.ContentType?.MediaType is "text/html" or "application/xhtml+xml";

    /// <summary>Nobody asked for a compressed answer, but some proxies send one all the same.</summary>
    public static async Task DecodeAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var encodings = response.Content.Headers.ContentEncoding;
        if (encodings.Count == 0) return;
        var content = response.Content;
        var body = await content.ReadAsStreamAsync(cancellationToken);
        foreach (var encoding in encodings.Reverse())
        {
            body = encoding.ToLowerInvariant() switch
            {
                "gzip" or "x-gzip" => new GZipStream(body, CompressionMode.Decompress),
                "br" => new BrotliStream(body, CompressionMode.Decompress),
                "deflate" => new ZLibStream(body, CompressionMode.Decompress),
                "identity" => body,
                _ => throw new InvalidDataException($"its answer is encoded as '{encoding}', which was not asked for."),
            };
        }

        var decoded = new StreamContent(body);
        decoded.Headers.ContentType = content.Headers.ContentType;
        response.Content = decoded;
    }
}
