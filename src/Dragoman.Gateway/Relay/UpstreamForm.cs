using System.IO.Compression;

namespace Dragoman.Gateway.Relay;

/// <summary>In which form an upstream answered; not every one keeps to what it was asked for.</summary>
internal static class UpstreamForm
{
    /// <summary>The media type as the upstream spelled it, parameters and all; null when it said none, or one that no header may hold.</summary>
    public static string? MediaType(HttpResponseMessage response)
    {
        if (!response.Content.Headers.NonValidated.TryGetValues("Content-Type", out var values)) return null;
        var type = values.ToString();
        return type.Length > 0 && type.AsSpan().IndexOfAnyExceptInRange(' ', '~') < 0 ? type : null;
    }

    /// <summary>Whether the answer is a stream of events.</summary>
    public static bool IsEventStream(HttpResponseMessage response) => Is(response, "text/event-stream", "application/vnd.amazon.eventstream");

    /// <summary>Whether the answer is a web page: a proxy's, a login's, or another program's altogether.</summary>
    public static bool IsPage(HttpResponseMessage response) => Is(response, "text/html", "application/xhtml+xml");

    /// <summary>Nobody asked for a compressed answer, but some proxies send one all the same.</summary>
    public static Task DecodeAsync(HttpResponseMessage response, CancellationToken cancellationToken)
        => response.Content.Headers.NonValidated.Contains("Content-Encoding") ? DecodeThemAsync(response, cancellationToken) : Task.CompletedTask;

    private static bool Is(HttpResponseMessage response, string one, string other)
    {
        if (MediaType(response) is not { } spelled) return false;
        var type = spelled.AsSpan();
        if (type.IndexOf(';') is >= 0 and var parameters) type = type[..parameters];
        type = type.Trim();
        return type.SequenceEqual(one) || type.SequenceEqual(other);
    }

    private static async Task DecodeThemAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var encodings = response.Content.Headers.ContentEncoding;
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
