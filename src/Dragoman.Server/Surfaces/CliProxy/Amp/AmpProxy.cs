using System.Text.Json.Nodes;
using Dragoman.Gateway.ClientKeys;
using Dragoman.Gateway.Configuration;
using Dragoman.Gateway.Forwarding.Transport;
using Dragoman.Server.Security;
using Dragoman.Server.Surfaces.Abstractions;
using Microsoft.AspNetCore.Http.Extensions;
using Yarp.ReverseProxy.Forwarder;

namespace Dragoman.Server.Surfaces.CliProxy.Amp;

/// <summary>
/// Passes calls of Amp's command line on to Amp itself: the address that the owner configured, with the owner's key in place of the client's. Threads, users and settings are there; the gateway looks at none of it.
/// </summary>
internal sealed class AmpProxy(IHttpForwarder forwarder, UpstreamTransport transport, AmpUpstream upstream, Func<GatewayConfig> config, ClientKeyStore keys)
{
    private static readonly ForwarderRequestConfig Patience = new() { ActivityTimeout = TimeSpan.FromMinutes(10) };

    /// <summary>Passes a call on.</summary>
    public async Task ForwardAsync(HttpContext context)
    {
        if (Refusal(context) is { } refusal)
        {
            await refusal.WriteAsync(context);
            return;
        }

        if (upstream.Find(context.Request) is not { } target)
        {
            await SurfaceAnswer.Json(503, new JsonObject { ["error"] = "amp upstream proxy not available" }).WriteAsync(context);
            return;
        }

        var fault = await forwarder.SendAsync(context, target.Address.ToString(), transport.For(target.Proxy), Patience, new AmpTransformer(target.Key, keys));
        if (fault != ForwarderError.None && !context.Response.HasStarted && !context.RequestAborted.IsCancellationRequested)
        {
            context.Response.Clear();
            await SurfaceAnswer.Json(502, new JsonObject { ["error"] = "amp_upstream_proxy_error", ["message"] = "Failed to reach Amp upstream" }).WriteAsync(context);
        }
    }

    private SurfaceAnswer? Refusal(HttpContext context)
    {
        // A page has no business there, so it is told nothing that would let it in.
        if (HttpMethods.IsOptions(context.Request.Method)) return SurfaceAnswer.Empty(403);
        return config().Amp.LocalOnly && !LocalCaller.Is(context) ? SurfaceAnswer.Json(403, new JsonObject { ["error"] = "Access denied: management routes restricted to localhost" }) : null;
    }

    /// <summary>Takes the client's credentials off, puts the owner's on, and takes CORS off the answer.</summary>
    private sealed class AmpTransformer(string? key, ClientKeyStore keys) : HttpTransformer
    {
        private const string LongContext = "context-1m-2025-08-07";

        public override async ValueTask TransformRequestAsync(HttpContext httpContext, HttpRequestMessage proxyRequest, string destinationPrefix, CancellationToken cancellationToken)
        {
            await base.TransformRequestAsync(httpContext, proxyRequest, destinationPrefix, cancellationToken);
            proxyRequest.RequestUri = RequestUtilities.MakeDestinationAddress(destinationPrefix, httpContext.Request.Path, Query(httpContext.Request));
            var headers = proxyRequest.Headers;
            headers.Host = null;
            foreach (var name in (ReadOnlySpan<string>)["Authorization", "X-Api-Key", "X-Goog-Api-Key", "Origin", "Referer"]) headers.Remove(name);
            if (headers.TryGetValues("Anthropic-Beta", out var betas))
            {
                var kept = betas.SelectMany(value => value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)).Where(beta => beta != LongContext).ToList();
                headers.Remove("Anthropic-Beta");
                if (kept.Count > 0) headers.TryAddWithoutValidation("Anthropic-Beta", string.Join(',', kept));
            }

            if (key is null) return;
            headers.TryAddWithoutValidation("X-Api-Key", key);
            headers.TryAddWithoutValidation("Authorization", $"Bearer {key}");
        }

        public override async ValueTask<bool> TransformResponseAsync(HttpContext httpContext, HttpResponseMessage? proxyResponse, CancellationToken cancellationToken)
        {
            var goesOn = await base.TransformResponseAsync(httpContext, proxyResponse, cancellationToken);
            foreach (var name in httpContext.Response.Headers.Keys.Where(name => name.StartsWith("Access-Control-", StringComparison.OrdinalIgnoreCase)).ToList()) httpContext.Response.Headers.Remove(name);
            return goesOn;
        }

        /// <summary>The query without a key of this gateway.</summary>
        private QueryString Query(HttpRequest request)
        {
            if (!request.Query.ContainsKey("key") && !request.Query.ContainsKey("auth_token")) return request.QueryString;
            var query = new QueryBuilder();
            foreach (var (name, values) in request.Query)
            {
                foreach (var value in values)
                    if (name is not ("key" or "auth_token") || keys.Find(value ?? "").Client is null) query.Add(name, value ?? "");
            }

            return query.ToQueryString();
        }
    }
}
