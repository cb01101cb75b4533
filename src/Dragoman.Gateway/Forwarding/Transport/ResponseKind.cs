using System.IO.Compression;

namespace Dragoman.Gateway.Forwarding.Transport;

/// <summary>In which form an upstream answered; not every one keeps to what it was asked for.</summary>
internal static class ResponseKind
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

    /// <summary>
    /// Refuses a web page: a proxy's, a login's, or another program's altogether. No answer of any protocol begins as a page does; the label says
    /// nothing, since some hosts send JSON and events as <c>text/html</c>.
    /// </summary>
    /// <exception cref="InvalidDataException">It is a web page.</exception>
    public static void RefusePage(ReadOnlySpan<byte> body)
    {
        if (body.TrimStart(Blank) is [(byte)'<', ..]) throw new InvalidDataException("a web page instead of an answer. Check its base-url.");
    }

    /// <summary>Nobody asked for a compressed answer, but some proxies send one all the same.</summary>
    public static Task DecodeAsync(HttpResponseMessage response, CancellationToken cancellationToken)
        => response.Content.Headers.NonValidated.Contains("Content-Encoding") ? DecodeThemAsync(response, cancellationToken) : Task.CompletedTask;

    /// <summary>What may stand before a body: a byte order mark and white space.</summary>
    private static ReadOnlySpan<byte> Blank => [0xEF, 0xBB, 0xBF, (byte)' ', (byte)'\t', (byte)'\r', (byte)'\n'];

    private static bool Is(HttpResponseMessage response, string one, string other)
    {
        if (MediaType(response) is not { } spelled) return false;
        var type = spelled.AsSpan();
        if (type.IndexOf(';') is >= 0 and var parameters) type = type[..parameters];
        type = type.Trim();
        return type.Equals(one, StringComparison.OrdinalIgnoreCase) || type.Equals(other, StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>
    /// What a body is by its own first bytes, whatever its label says: JSON where it begins with a bracket; null while only white space has come.
    /// </summary>
    public static bool? IsJson(ReadOnlySpan<byte> body)
    {
        ReadOnlySpan<byte> mark = [0xEF, 0xBB, 0xBF];
        if (body.StartsWith(mark)) body = body[3..];
        return body.IndexOfAnyExcept(" \t\r\n"u8) is >= 0 and var first ? body[first] is (byte)'{' or (byte)'[' : null;
    }

    /// <summary>Whether a whole body is a stream of server-sent events, whatever its label says.</summary>
    public static bool IsEvents(ReadOnlySpan<byte> body)
    {
        body = body.TrimStart(Blank);
        return body.StartsWith("data:"u8) || body.StartsWith("event:"u8) || body.StartsWith("id:"u8) || body.StartsWith("retry:"u8) || body.StartsWith(":"u8);
    }

    /// <summary>The label under which JSON goes to the client: the upstream's own where it says JSON.</summary>
    public static string JsonType(HttpResponseMessage response)
        => MediaType(response) is { } type && type.Contains("json", StringComparison.OrdinalIgnoreCase) ? type : "application/json";

    /// <summary>The label under which events go to the client, in the spelling that programs compare it with.</summary>
    public static string EventsType(HttpResponseMessage response)
        => MediaType(response) is { } type && type.StartsWith("text/event-stream", StringComparison.Ordinal) ? type : "text/event-stream";

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
