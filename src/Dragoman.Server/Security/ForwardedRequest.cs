using System.Collections.Frozen;

namespace Dragoman.Server.Security;

/// <summary>
/// Tells whether a request was passed on by a proxy, by the headers that proxies, load balancers and content networks add. Its peer is then
/// the proxy, and says nothing of where the caller is. What the headers claim is never believed.
/// </summary>
internal static class ForwardedRequest
{
    private static readonly FrozenSet<string> Names = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase,
        "Forwarded", "Via", "X-Via", "X-Host", "CDN-Loop", "Client-IP", "ClientIP", "Surrogate-Capability", "X-ProxyUser-Ip", "X-BlueCoat-Via", "X-Proxy-Id", "X-Sucuri-ClientIP", "X-AppEngine-User-IP",
        "X-Originating-IP", "X-Remote-IP", "X-Remote-Addr", "Remote-Addr", "X-Nf-Client-Connection-Ip", "X-Envoy-External-Address", "X-Scheme", "Front-End-Https", "Tailscale-User-Login", "X-ARR-ClientCert");

    private static readonly string[] Beginnings = ["X-Forwarded", "X-Original-", "X-Envoy-", "X-Azure-", "X-Vercel-", "CF-", "Fly-", "Fastly-", "Akamai-", "CloudFront-", "X-Goog-IAP-", "X-Amz-Cf-"];

    private static readonly string[] Ends = ["-Forwarded-For", "Client-IP", "ClientIP", "Connecting-IP", "Connecting-IPv6", "Real-IP", "Forwarded-Host", "Forwarded-Proto"];

    /// <summary>Whether there is such a header, whatever it says.</summary>
    public static bool Is(IHeaderDictionary headers)
    {
        foreach (var (name, _) in headers)
        {
            if (Names.Contains(name) || Array.Exists(Beginnings, start => name.StartsWith(start, StringComparison.OrdinalIgnoreCase)) || Array.Exists(Ends, end => name.EndsWith(end, StringComparison.OrdinalIgnoreCase))) return true;
        }

        return false;
    }
}
