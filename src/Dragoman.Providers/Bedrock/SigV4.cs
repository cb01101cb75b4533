using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;

namespace Dragoman.Providers.Bedrock;

/// <summary>
/// AWS Signature Version 4 in the <c>Authorization</c> header. Ours, because the SDK's signer takes only the SDK's own requests.
/// </summary>
internal static class SigV4
{
    private const string Algorithm = "AWS4-HMAC-SHA256";

    /// <summary>Adds <c>X-Amz-Date</c>, the session token and the signature. Nothing that is signed may change afterwards.</summary>
    public static void Sign(HttpRequestMessage request, ReadOnlySpan<byte> body, AwsKeys keys, string region, string service, DateTimeOffset now)
    {
        var time = now.UtcDateTime.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);
        request.Headers.Remove("X-Amz-Date");
        request.Headers.Remove("X-Amz-Security-Token");
        request.Headers.TryAddWithoutValidation("X-Amz-Date", time);
        if (!string.IsNullOrEmpty(keys.SessionToken)) request.Headers.TryAddWithoutValidation("X-Amz-Security-Token", keys.SessionToken);
        var canonical = Canonical(request, body, out var signedHeaders);
        var scope = $"{time[..8]}/{region}/{service}/aws4_request";
        var toSign = $"{Algorithm}\n{time}\n{scope}\n{Hex(SHA256.HashData(Encoding.UTF8.GetBytes(canonical)))}";
        var signature = Hex(HMACSHA256.HashData(Key(keys.SecretAccessKey, time[..8], region, service), Encoding.UTF8.GetBytes(toSign)));
        request.Headers.Remove("Authorization");
        request.Headers.TryAddWithoutValidation("Authorization", $"{Algorithm} Credential={keys.AccessKeyId}/{scope}, SignedHeaders={signedHeaders}, Signature={signature}");
    }

    /// <summary>The canonical request: what is signed, spelled in the one way that both sides agree on.</summary>
    internal static string Canonical(HttpRequestMessage request, ReadOnlySpan<byte> body, out string signedHeaders)
    {
        var uri = request.RequestUri ?? throw new InvalidOperationException("A request without an address cannot be signed.");
        var headers = new SortedDictionary<string, string>(StringComparer.Ordinal) { ["host"] = request.Headers.Host ?? uri.Authority };
        Collect(headers, request.Headers);
        if (request.Content is not null) Collect(headers, request.Content.Headers);
        var text = new StringBuilder();
        text.Append(request.Method.Method).Append('\n').Append(Path(uri)).Append('\n').Append(Query(uri)).Append('\n');
        foreach (var (name, value) in headers) text.Append(name).Append(':').Append(value).Append('\n');
        signedHeaders = string.Join(';', headers.Keys);
        return text.Append('\n').Append(signedHeaders).Append('\n').Append(Hex(SHA256.HashData(body))).ToString();
    }

    /// <summary>The key of a day, a region and a service.</summary>
    internal static byte[] Key(string secret, string day, string region, string service)
    {
        var key = HMACSHA256.HashData(Encoding.UTF8.GetBytes("AWS4" + secret), Encoding.UTF8.GetBytes(day));
        key = HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(region));
        key = HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(service));
        return HMACSHA256.HashData(key, "aws4_request"u8);
    }

    /// <summary>Only headers that nothing on the way changes are signed.</summary>
    private static void Collect(SortedDictionary<string, string> signed, HttpHeaders headers)
    {
        foreach (var header in headers.NonValidated)
        {
            var name = header.Key.ToLowerInvariant();
            if (name is not ("accept" or "content-type" or "x-amz-date" or "x-amz-security-token" or "x-goog-cloud-target-resource")) continue;
            signed[name] = string.Join(',', header.Value.Select(value => value.Trim()));
        }
    }

    /// <summary>The path as sent, each segment encoded once more: all services but S3 want it so.</summary>
    private static string Path(Uri uri) => string.Join('/', uri.AbsolutePath.Split('/').Select(Uri.EscapeDataString));

    private static string Query(Uri uri)
    {
        if (uri.Query.Length < 2) return "";
        var pairs = uri.Query[1..].Split('&', StringSplitOptions.RemoveEmptyEntries).Select(pair =>
        {
            var equals = pair.IndexOf('=', StringComparison.Ordinal);
            return equals < 0 ? (Name: Again(pair), Value: "") : (Name: Again(pair[..equals]), Value: Again(pair[(equals + 1)..]));
        });
        return string.Join('&', pairs.OrderBy(pair => pair.Name, StringComparer.Ordinal).ThenBy(pair => pair.Value, StringComparer.Ordinal).Select(pair => $"{pair.Name}={pair.Value}"));
    }

    private static string Again(string escaped) => Uri.EscapeDataString(Uri.UnescapeDataString(escaped));

    private static string Hex(byte[] bytes) => Convert.ToHexStringLower(bytes);
}
