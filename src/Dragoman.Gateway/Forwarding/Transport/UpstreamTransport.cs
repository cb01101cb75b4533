using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using Dragoman.Gateway.Accounts;

namespace Dragoman.Gateway.Forwarding.Transport;

/// <summary>The connection pools to upstreams: one for each proxy setting, shared by all accounts that use it.</summary>
public sealed class UpstreamTransport : IDisposable
{
    private readonly ConcurrentDictionary<string, HttpMessageInvoker> _pools = new(StringComparer.Ordinal);
    private readonly Func<string, HttpMessageHandler> _handlers;

    /// <summary>Real connections.</summary>
    public UpstreamTransport()
        : this(CreateHandler)
    {
    }

    /// <summary>Connections of another sort, by proxy setting: simulated upstreams.</summary>
    internal UpstreamTransport(Func<string, HttpMessageHandler> handlers) => _handlers = handlers;

    /// <summary>The gateway's own <c>proxy-url</c>, or null. Applies to accounts that name none.</summary>
    public string? DefaultProxyUrl { get; set; }

    /// <summary>The name of the source whose spans are propagated to upstreams; null propagates none.</summary>
    public string? TracedSource { get; set; }

    /// <summary>What tells an upstream of the span that asks it (<c>traceparent</c>, <c>tracestate</c>); empty where that is not propagated.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> TraceContext
    {
        get
        {
            if (TracedSource is not { } source || Activity.Current is not { Id: { } id } span || span.Source.Name != source) return [];
            return span.TraceStateString is { Length: > 0 } state ? [new("traceparent", id), new("tracestate", state)] : [new("traceparent", id)];
        }
    }

    /// <summary>Sends a request and gives the answer as soon as its headers are there.</summary>
    public Task<HttpResponseMessage> SendAsync(Account account, HttpRequestMessage request, CancellationToken cancellationToken)
    {
        foreach (var (name, value) in TraceContext) request.Headers.TryAddWithoutValidation(name, value);
        return PoolOf(account.ProxyUrl ?? DefaultProxyUrl).SendAsync(request, cancellationToken);
    }

    /// <summary>The connections that go the gateway's own way, for what it asks on its own behalf.</summary>
    public HttpMessageInvoker Own() => PoolOf(DefaultProxyUrl);

    /// <summary>The connections that go by a proxy, as an account would name it; null for the gateway's own way.</summary>
    public HttpMessageInvoker For(string? proxyUrl) => PoolOf(proxyUrl ?? DefaultProxyUrl);

    /// <summary>Sends what goes by a proxy of this name through a handler instead of over the network.</summary>
    /// <param name="proxyUrl">The name, which no proxy's address has.</param>
    /// <param name="handler">The handler; it stays the caller's.</param>
    /// <returns>Ends it.</returns>
    public IDisposable Attach(string proxyUrl, HttpMessageHandler handler)
    {
        ArgumentNullException.ThrowIfNull(proxyUrl);
        _pools[proxyUrl] = new HttpMessageInvoker(handler, disposeHandler: false);
        return new Attachment(_pools, proxyUrl);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var pool in _pools.Values) pool.Dispose();
        _pools.Clear();
    }

    private sealed class Attachment(ConcurrentDictionary<string, HttpMessageInvoker> pools, string name) : IDisposable
    {
        public void Dispose()
        {
            if (pools.TryRemove(name, out var pool)) pool.Dispose();
        }
    }

    private HttpMessageInvoker PoolOf(string? proxyUrl)
        => _pools.GetOrAdd(proxyUrl ?? "", static (proxy, handlers) => new HttpMessageInvoker(handlers(proxy), disposeHandler: true), _handlers);

    private static SocketsHttpHandler CreateHandler(string proxyUrl)
    {
        var handler = new SocketsHttpHandler
        {
            // The answer goes to the client as it came: nothing is followed, decoded, remembered or traced on the way.
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.None,
            UseCookies = false,
            ActivityHeadersPropagator = null,
            EnableMultipleHttp2Connections = true,
            PooledConnectionIdleTimeout = TimeSpan.FromSeconds(90),
            PooledConnectionLifetime = TimeSpan.FromMinutes(10),
            ConnectTimeout = TimeSpan.FromSeconds(15),
            KeepAlivePingDelay = TimeSpan.FromSeconds(30),
            KeepAlivePingTimeout = TimeSpan.FromSeconds(20),
            MaxResponseHeadersLength = 64,
            // An answer whose client has left is still read to its end for so long, to save the connection; an upstream that goes on is cut off.
            ResponseDrainTimeout = TimeSpan.FromMilliseconds(200),
        };
        if (string.Equals(proxyUrl, "direct", StringComparison.OrdinalIgnoreCase)) handler.UseProxy = false;
        else if (proxyUrl.Length > 0) handler.Proxy = ProxyOf(proxyUrl);
        return handler;
    }

    private static WebProxy ProxyOf(string proxyUrl)
    {
        var uri = new Uri(proxyUrl);
        var proxy = new WebProxy(new UriBuilder(uri) { UserName = "", Password = "" }.Uri);
        if (uri.UserInfo.Length > 0)
        {
            var parts = uri.UserInfo.Split(':', 2);
            proxy.Credentials = new NetworkCredential(Uri.UnescapeDataString(parts[0]), parts.Length > 1 ? Uri.UnescapeDataString(parts[1]) : "");
        }

        return proxy;
    }
}
