using System.Net;
using Dragoman.Gateway.Requests;
using Dragoman.Gateway.Settings;

namespace Dragoman.Gateway.Configuration;

/// <summary>Reads <c>host</c>, <c>port</c> and <c>listeners</c>, and tells where the gateway would be open to others without client keys (its start refuses that, unless the store has keys).</summary>
internal sealed class ListenerConfigBinder(SettingsReader root)
{
    /// <summary>The surfaces, by the words of the file.</summary>
    internal static readonly (string Word, Surface Value)[] Surfaces =
    [
        ("dragoman", Surface.Dragoman), ("cliproxy", Surface.CliProxy), ("kiro", Surface.Kiro),
        ("codex", Surface.Codex), ("antigravity", Surface.Antigravity), ("bedrock", Surface.Bedrock),
    ];

    /// <summary>The listeners: that of <c>host</c> and <c>port</c> where one of them is written or nothing else is, then the list.</summary>
    public IReadOnlyList<ListenerOptions> Read(bool hasKeys)
    {
        var listeners = new List<ListenerOptions>();
        var main = root.Has("host") | root.Has("port");
        var host = ReadHost(root, "host");
        var port = root.Integer("port", GatewayConfig.DefaultPort, 0, 65_535);
        // An empty host is CLIProxyAPI's word for every interface; only a missing one is loopback.
        var first = new ListenerOptions(host ?? (root.Has("host") ? "" : "127.0.0.1"), port, Surface.Dragoman);
        var list = root.Sections("listeners").ToList();
        if (main || list.Count == 0) Add(listeners, first, root, "host", hasKeys);
        foreach (var section in list)
        {
            var surface = section.GetEnum("surface", Surface.Dragoman, Surfaces);
            var key = section.Has("address") && !section.Has("host") ? "address" : "host";
            var listener = ReadAddress(section, key, surface);
            section.Finish();
            if (listener is not null) Add(listeners, listener, section, key, hasKeys);
        }

        return listeners.Count > 0 ? listeners : [ListenerOptions.Default];
    }

    /// <summary>The proxies that are believed: networks, or single addresses.</summary>
    public static IReadOnlyList<IPNetwork> ReadTrustedProxies(SettingsReader root)
    {
        var networks = new List<IPNetwork>();
        foreach (var (text, node, at) in root.GetStrings("trusted-proxies"))
        {
            if (IPAddress.TryParse(text, out var address)) networks.Add(new IPNetwork(address, address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetwork ? 32 : 128));
            else if (!IPNetwork.TryParse(text, out var network)) root.Error(node, at, $"'{text}' is not a network.", "Write a network like 10.0.0.0/8 (no bits behind its length), or one address.");
            else
            {
                networks.Add(network);
                if (network.PrefixLength == 0) root.Problems.Warn(at, node.Line, node.Column, "Every caller is believed to be a proxy: anybody may claim any address.", "Name the addresses of your proxies only.");
            }
        }

        return networks;
    }

    private static ListenerOptions? ReadAddress(SettingsReader section, string key, Surface surface)
    {
        var host = ReadHost(section, key);
        int? portOfAddress = null;
        if (host is not null && IPEndPoint.TryParse(host, out var endpoint) && endpoint.Port > 0)
            (host, portOfAddress) = (endpoint.Address.ToString(), endpoint.Port);
        else if (host is not null && host.Count(letter => letter == ':') == 1 && int.TryParse(host.AsSpan(host.IndexOf(':') + 1), out var number) && number is > 0 and <= 65_535)
            (host, portOfAddress) = (host[..host.IndexOf(':')], number);
        var port = section.OptionalInteger("port", 0, 65_535) ?? portOfAddress ?? ListenerOptions.DefaultPortOf(surface);
        return new ListenerOptions(host ?? (section.Has(key) ? "" : "127.0.0.1"), port, surface);
    }

    private static string? ReadHost(SettingsReader section, string key)
    {
        if (section.Text(key) is not { Length: > 0 } host) return null;
        if (host is "*" or "+") return "";
        var bare = host.Trim('[', ']');
        if (!host.Contains("://", StringComparison.Ordinal) && (IPEndPoint.TryParse(host, out _) || Uri.CheckHostName(bare.Split(':')[0]) != UriHostNameType.Unknown || IPAddress.TryParse(bare, out _)))
            return host;
        section.ErrorAt(key, $"'{host}' is not an address.", "Write an IP address like 127.0.0.1, or localhost.");
        return "127.0.0.1";
    }

    private static void Add(List<ListenerOptions> listeners, ListenerOptions listener, SettingsReader section, string key, bool hasKeys)
    {
        var clash = listeners.Find(other => other.Port == listener.Port && listener.Port != 0
            && (string.Equals(other.Host, listener.Host, StringComparison.OrdinalIgnoreCase) || other.Host.Length == 0 || listener.Host.Length == 0));
        if (clash is not null)
        {
            section.ErrorAt("port", $"Port {listener.Port} is opened twice.", "Give each listener a port of its own.");
            return;
        }

        if (!listener.IsLoopback && !hasKeys)
        {
            var where = listener.Host.Length == 0 ? "every interface" : listener.Host;
            section.WarnAt(key, $"The gateway would listen on {where} without client keys of this file: whoever reaches it could spend your accounts. It starts only if the store has keys.",
                $"Add api-keys: with at least one key, make one with 'dragoman keys create', or set {key}: 127.0.0.1");
        }

        listeners.Add(listener);
    }
}
