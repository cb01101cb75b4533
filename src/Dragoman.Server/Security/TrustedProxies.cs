using Dragoman.Gateway.Configuration;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.Extensions.Options;
using IPNetwork = System.Net.IPNetwork;

namespace Dragoman.Server.Security;

/// <summary>
/// Takes the caller's address and scheme from <c>X-Forwarded-For</c> and <c>X-Forwarded-Proto</c> where the socket's peer is one of <c>trusted-proxies</c>, by the framework's own reader. What was
/// passed on stays marked as such (<see cref="ForwardedRequest"/>): no caller becomes a program of this machine by it.
/// </summary>
internal sealed class TrustedProxies(Func<GatewayConfig> config, ILoggerFactory loggers)
{
    private const string ForwardedForItem = "dragoman.forwarded-for";

    private Reader? _reader;

    /// <summary>The header <c>X-Forwarded-For</c> as the request brought it, several joined; empty for none.</summary>
    public static string ForwardedFor(HttpContext context)
        => context.Items.TryGetValue(ForwardedForItem, out var kept) && kept is string text ? text : Join(context.Request.Headers);

    /// <summary>Reads the headers of a request, where its peer is believed.</summary>
    public void Apply(HttpContext context)
    {
        var networks = config().TrustedProxies;
        if (networks.Count == 0) return;
        var reader = _reader;
        // A changed configuration is another list.
        if (reader is null || !ReferenceEquals(reader.Networks, networks)) _reader = reader = new Reader(networks, loggers);
        // The reader takes away what it believes.
        if (Join(context.Request.Headers) is { Length: > 0 } stood) context.Items[ForwardedForItem] = stood;
        reader.Headers.ApplyForwarders(context);
    }

    private static string Join(IHeaderDictionary headers) => string.Join(", ", headers["X-Forwarded-For"].AsEnumerable()).Trim();

    private sealed class Reader
    {
        public Reader(IReadOnlyList<IPNetwork> networks, ILoggerFactory loggers)
        {
            Networks = networks;
            var options = new ForwardedHeadersOptions { ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto, ForwardLimit = null };
            options.KnownProxies.Clear();
            options.KnownIPNetworks.Clear();
            foreach (var network in networks) options.KnownIPNetworks.Add(network);
            Headers = new ForwardedHeadersMiddleware(static _ => Task.CompletedTask, loggers, Options.Create(options));
        }

        public IReadOnlyList<IPNetwork> Networks { get; }

        public ForwardedHeadersMiddleware Headers { get; }
    }
}
