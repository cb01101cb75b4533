using Dragoman.Gateway.ClientKeys;
using Dragoman.Gateway.Requests;

namespace Dragoman.Server.Security;

/// <summary>The keys a request shows. Any carrier will do; a wrong one beside a right one does no harm.</summary>
internal static class PresentedCredentials
{
    private const string Aws = "AWS4-HMAC-SHA256 ";

    /// <summary>The headers besides <c>Authorization</c>: Anthropic's, Google's, and the one that OpenAI's clients for Azure send.</summary>
    private static readonly string[] Headers = ["x-api-key", "x-goog-api-key", "api-key"];

    /// <summary>The best standing of all that are shown, with whose key it is; null when none is shown.</summary>
    /// <param name="request">The request.</param>
    /// <param name="ring">The keys.</param>
    /// <param name="inAddress">Whether a key may stand in the address.</param>
    public static (ClientKeyStatus Status, ClientIdentity? Client)? Find(HttpRequest request, ClientKeyStore ring, bool inAddress = true)
    {
        var authorization = request.Headers.Authorization.ToString();
        if (authorization.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase)) authorization = authorization[7..];
        else if (authorization.StartsWith(Aws, StringComparison.Ordinal)) authorization = AccessKeyOf(authorization);
        (ClientKeyStatus Status, ClientIdentity? Client)? best = null;
        if (Try(authorization, ring, ref best)) return best;
        foreach (var name in Headers)
        {
            if (Try(request.Headers[name].ToString(), ring, ref best)) return best;
        }

        if (!inAddress || !request.QueryString.HasValue) return best;
        _ = Try(request.Query["key"].ToString(), ring, ref best) || Try(request.Query["auth_token"].ToString(), ring, ref best);
        return best;
    }

    /// <summary>The access key id of a signed AWS request (<c>AWS4-HMAC-SHA256 Credential=ID/date/region/service/aws4_request, …</c>): a client that can only sign has the gateway's key as its id, and anything as its secret.</summary>
    private static string AccessKeyOf(string authorization)
    {
        var at = authorization.IndexOf("Credential=", StringComparison.Ordinal);
        if (at < 0) return "";
        var scope = authorization[(at + "Credential=".Length)..];
        var end = scope.IndexOf('/', StringComparison.Ordinal);
        return end < 0 ? "" : scope[..end];
    }

    private static bool Try(string key, ClientKeyStore ring, ref (ClientKeyStatus Status, ClientIdentity? Client)? best)
    {
        key = key.Trim();
        if (key.Length == 0) return false;
        var found = ring.Find(key);
        if (best is null || found.Status == ClientKeyStatus.Good || (best.Value.Client is null && found.Client is not null)) best = found;
        return found.Status == ClientKeyStatus.Good;
    }
}
