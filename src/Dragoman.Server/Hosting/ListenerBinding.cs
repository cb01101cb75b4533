using System.Net;
using System.Net.Sockets;
using Dragoman.Gateway.Configuration;
using Dragoman.Server.Lifetime;

namespace Dragoman.Server.Hosting;

/// <summary>Finds the addresses of the listeners, and says in one line why one of them cannot be opened.</summary>
internal static class ListenerBinding
{
    /// <summary>The address of each listener.</summary>
    /// <exception cref="StartException">A host has none.</exception>
    public static IReadOnlyList<ResolvedListener> Resolve(GatewayConfig config) => [.. config.Listeners.Select(listener => new ResolvedListener(listener, AddressOf(listener)))];

    /// <summary>Where a listener is opened; null for <c>localhost</c>, which is both loopback addresses.</summary>
    /// <exception cref="StartException">The host does not exist.</exception>
    public static IPAddress? AddressOf(ListenerOptions listener)
    {
        if (listener.Port is < 0 or > 65_535) throw new StartException($"{listener.Port} is no port. Ports go from 1 to 65535; 0 takes any free one.");
        if (listener.Host.Length == 0 || listener.Host == "*") return IPAddress.IPv6Any;
        if (IPAddress.TryParse(listener.Host.Trim('[', ']'), out var address)) return address;
        // Both loopback addresses cannot be given the same port that nobody knows yet.
        if (listener.IsLoopback) return listener.Port == 0 ? IPAddress.Loopback : null;
        try
        {
            return Dns.GetHostAddresses(listener.Host) is [var first, ..] ? first : throw Unknown(listener);
        }
        catch (Exception ex) when (ex is SocketException or ArgumentException)
        {
            throw Unknown(listener);
        }
    }

    /// <summary>Why the listeners could not be opened, and what to do.</summary>
    public static string Describe(Exception fault, IReadOnlyList<ResolvedListener> listeners)
    {
        var code = fault as SocketException ?? fault.InnerException as SocketException ?? fault.InnerException?.InnerException as SocketException;
        var where = string.Join(", ", listeners.Select(listener => $"{(listener.Options.Host.Length == 0 ? "*" : listener.Options.Host)}:{listener.Options.Port}"));
        return code?.SocketErrorCode switch
        {
            SocketError.AddressNotAvailable => $"The address {where} is not one of this machine's. Bind 127.0.0.1, one of its own addresses, or * (with client keys).",
            SocketError.AccessDenied => $"The port of {where} may not be opened by this user: those below 1024 are the administrator's. Choose a higher one with --port.",
            SocketError.AddressFamilyNotSupported => $"The address {where} is of a kind that this machine does not have. Bind 127.0.0.1.",
            _ => $"{fault.Message.TrimEnd('.')}. Choose another with --port, or stop what uses it.",
        };
    }

    private static StartException Unknown(ListenerOptions listener) => new($"There is no host '{listener.Host}' to listen on. Write an address of this machine, like 127.0.0.1, or localhost.");
}

/// <summary>A listener and its address.</summary>
/// <param name="Options">As configured.</param>
/// <param name="Address">Where it is opened; null for both loopback addresses.</param>
internal sealed record ResolvedListener(ListenerOptions Options, IPAddress? Address);
