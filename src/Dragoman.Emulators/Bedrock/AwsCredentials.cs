using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Dragoman.Emulators.Http;

namespace Dragoman.Emulators.Bedrock;

/// <summary>A bearer key, or a SigV4 signature; the signature itself is recomputed when the emulator knows the secret.</summary>
internal static partial class AwsCredentials
{
    public static void Check(Call call, EmulatorOptions options)
    {
        if (!options.RequireCredentials)
            return;
        var header = call.Header("authorization");
        if (string.IsNullOrEmpty(header))
            throw new Refusal(403, "Missing Authentication Token", type: "MissingAuthenticationTokenException");
        if (call.Bearer is { } bearer)
        {
            if (bearer.Length == 0 || bearer.StartsWith("invalid", StringComparison.Ordinal))
                throw new Refusal(403, "Authentication failed: Please make sure your API Key is valid.", type: "AccessDeniedException");
            return;
        }

        if (Form().Match(header) is not { Success: true } match)
            throw new Refusal(403, "Authorization header requires 'Credential' parameter. Authorization header requires 'Signature' parameter. Authorization header requires 'SignedHeaders' parameter.", type: "IncompleteSignatureException");
        var date = call.Header("x-amz-date");
        if (date is null || !date.StartsWith(match.Groups["date"].Value, StringComparison.Ordinal))
            throw new Refusal(403, "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP", type: "InvalidSignatureException");
        if (match.Groups["service"].Value != "bedrock")
            throw new Refusal(403, $"Credential should be scoped to correct service: 'bedrock'.", type: "InvalidSignatureException");
        if (match.Groups["key"].Value.StartsWith("invalid", StringComparison.OrdinalIgnoreCase))
            throw new Refusal(403, "The security token included in the request is invalid.", type: "UnrecognizedClientException");
        var signed = match.Groups["headers"].Value.Split(';');
        if (!signed.Contains("host") || !signed.Contains("x-amz-date"))
            throw new Refusal(403, "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.", type: "InvalidSignatureException");
        if (options.AwsSecretKey is { } secret && Sign(call, match, signed, date, secret) != match.Groups["signature"].Value)
            throw new Refusal(403, "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.", type: "InvalidSignatureException");
    }

    /// <summary>Whether a request is signed for a service with a key whose secret is known, and a header is a part of what is signed.</summary>
    public static bool IsSigned(Call call, string service, string key, string secret, string header)
    {
        if (Form().Match(call.Header("authorization") ?? "") is not { Success: true } match || call.Header("x-amz-date") is not { } date || !date.StartsWith(match.Groups["date"].Value, StringComparison.Ordinal)) return false;
        var signed = match.Groups["headers"].Value.Split(';');
        return match.Groups["service"].Value == service && match.Groups["key"].Value == key && signed.Contains("host") && signed.Contains("x-amz-date") && signed.Contains(header)
            && Sign(call, match, signed, date, secret) == match.Groups["signature"].Value;
    }

    private static string Sign(Call call, Match match, string[] signed, string date, string secret)
    {
        // Every service but S3 escapes the path once more.
        var path = string.Join('/', call.Path.Split('/').Select(Uri.EscapeDataString));
        var query = string.Join('&', call.Query.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => $"{Uri.EscapeDataString(pair.Key)}={Uri.EscapeDataString(pair.Value)}"));
        var headers = string.Concat(signed.Select(name => $"{name}:{call.Header(name)?.Trim()}\n"));
        var payload = Convert.ToHexStringLower(SHA256.HashData(call.Body));
        var canonical = $"{call.Method}\n{path}\n{query}\n{headers}\n{string.Join(';', signed)}\n{payload}";
        var scope = $"{match.Groups["date"].Value}/{match.Groups["region"].Value}/{match.Groups["service"].Value}/aws4_request";
        var text = $"AWS4-HMAC-SHA256\n{date}\n{scope}\n{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(canonical)))}";
        var key = Encoding.UTF8.GetBytes("AWS4" + secret);
        foreach (var part in scope.Split('/'))
            key = HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(part));
        return Convert.ToHexStringLower(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(text)));
    }

    [GeneratedRegex(@"^AWS4-HMAC-SHA256 Credential=(?<key>[^/]+)/(?<date>\d{8})/(?<region>[^/]+)/(?<service>[^/]+)/aws4_request, ?SignedHeaders=(?<headers>[^,]+), ?Signature=(?<signature>[0-9a-f]{64})$", RegexOptions.ExplicitCapture, 10_000)]
    private static partial Regex Form();
}
